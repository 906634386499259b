# shellcheck shell=bash
# The private PostgreSQL and Kafka of a run, started together. Expects process.sh, postgres.sh and
# kafka.sh; `run_service NAME COMMAND...` starts a process (bin/up also watches over it).

# start_postgres PORT [SETTING=VALUE...]
start_postgres() {
    init_postgres
    postgres_command "$@"
    rotate_log postgres
    run_service postgres "${postgres_argv[@]}"
}
# start_kafka COUNT PORT CONTROLLER_PORT
start_kafka() {
    local node
    format_kafka "$@"
    for ((node = 1; node <= $1; node++)); do
        rotate_log "kafka-$node"
        kafka_command "$node"
        run_service "kafka-$node" "${kafka_argv[@]}"
    done
}

# wait_for_service NAME SECONDS COMMAND...: until the command succeeds; the log when it does not.
wait_for_service() {
    local name=$1 seconds=$2 deadline=$((SECONDS + $2))
    shift 2
    until "$@"; do
        if ! process_alive "$name"; then
            tail -n 20 "$process_log_dir/$name.log" >&2 || true
            die "$name ended while starting, see $process_log_dir/$name.log"
        elif ((SECONDS >= deadline)); then
            tail -n 20 "$process_log_dir/$name.log" >&2 || true
            die "$name was not ready within $seconds s, see $process_log_dir/$name.log"
        fi
        sleep 0.05
    done
}
# wait_for_postgres PORT
wait_for_postgres() { wait_for_service postgres 60 postgres_answers "$1"; }
# wait_for_kafka COUNT
wait_for_kafka() {
    local node
    for ((node = 1; node <= $1; node++)); do
        wait_for_service "kafka-$node" 60 kafka_started "kafka-$node"
    done
}

#!/usr/bin/env bash
# The private PostgreSQL and Kafka: data survives a stop and a kill -9, and a checkout that
# PostgreSQL's user may not enter is no obstacle.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../../support/house.sh"

cat >"$scratch/specs.sh" <<'END'
not() { ! "$@"; } # a plain `! command` would not end the script
sql() { "$(postgres_bin)/psql" -XAtq -v ON_ERROR_STOP=1 -c "$1" "$(postgres_url "$port" postgres)"; }
run_postgres() {
    run_service() { start_process "$@"; }
    start_postgres "$port" >"$CARAFE_STATE/said"
    wait_for_postgres "$port"
}
keeps_its_data() {
    run_postgres
    sql 'CREATE TABLE kept AS SELECT 42 AS answer'
    stop_process postgres INT 20
    run_postgres
    [[ $(sql 'SELECT answer FROM kept') == 42 ]]
    stop_process postgres INT 20
    remove_postgres
    [[ ! -e $postgres_data ]]
}
wants_its_password() {
    run_postgres
    not "$(postgres_bin)/psql" -XAtqw -c 'SELECT 1' "postgresql://carafe@127.0.0.1:$port/postgres"
    [[ $(stat -c %a "$postgres_secret") == 600 ]]
    stop_process postgres INT 20
    remove_postgres
}
starts_again_after_kill_9() {
    run_postgres
    sql 'CREATE TABLE kept AS SELECT 42 AS answer'
    stop_process postgres KILL 20
    wait_until 10 eval '! port_taken "$port"'
    run_postgres
    [[ $(sql 'SELECT answer FROM kept') == 42 ]]
    stop_process postgres INT 20
    remove_postgres
}
begins_anew_when_initdb_was_interrupted() {
    find_postgres_user
    make_postgres_dir
    "${postgres_as[@]}" touch "$postgres_data/half_done"
    run_postgres
    [[ ! -e $postgres_data/half_done ]]
    stop_process postgres INT 20
    remove_postgres
}
works_in_a_folder_its_user_may_not_enter() {
    local outside
    chmod 700 "$CARAFE_STATE"
    run_postgres
    if (($(id -u) == 0)); then
        grep -q 'cannot enter' "$CARAFE_STATE/said"
        outside=$(readlink "$postgres_data")
        [[ $outside == /var/lib/carafe/* && $(stat -c '%a %U' "$CARAFE_STATE") == '700 root' ]]
    fi
    sql 'SELECT 1'
    stop_process postgres INT 20
    remove_postgres
    [[ -z ${outside:-} || ! -e $outside ]]
}
a_broker_keeps_its_records_over_kill_9() {
    local admin=(kafka_java org.apache.kafka.tools.TopicCommand --bootstrap-server "127.0.0.1:$port")
    run_service() { start_process "$@"; }
    mkdir -p "$process_log_dir"
    start_kafka 1 "$port" "$port2"
    wait_for_kafka 1
    "${admin[@]}" --create --topic kept --partitions 3
    stop_process kafka-1 KILL 10
    start_kafka 1 "$port" "$port2"
    wait_for_kafka 1
    [[ $("${admin[@]}" --list) == *kept* ]]
    stop_process kafka-1 TERM 20
    not bash -euc 'source "$0"; format_kafka 2 1 2' "$CARAFE_STATE/../libraries" 2>"$CARAFE_STATE/said"
    grep -q 'use --brokers 1, or --reset' "$CARAFE_STATE/said"
}
END
spec() {
    export CARAFE_STATE_DIR=$scratch/state
    rm -rf "$CARAFE_STATE_DIR"
    mkdir "$CARAFE_STATE_DIR"
    chmod 755 "$scratch" "$CARAFE_STATE_DIR"
    echo "for library in common ports process postgres kafka servers; do source $root/bin/lib/\$library.sh; done" >"$scratch/libraries"
    cat >"$scratch/run.sh" <<END
source "$scratch/libraries"
at_exit remove_postgres
at_exit clean_leftovers
mapfile -t ports < <(free_ports 2)
port=\${ports[0]} port2=\${ports[1]}
source "$scratch/specs.sh"
$1
END
    bash "$scratch/run.sh"
}
while read -r name; do
    it "${name//_/ }" spec "$name"
done < <(sed -n '/^run_postgres/d; s/^\([a-z_0-9]*\)() {$/\1/p' "$scratch/specs.sh")

# shellcheck shell=bash
# Running the specs of a build against private servers on free ports, whose data lives and dies with
# the run. Expects ports.sh, process.sh, postgres.sh, kafka.sh and servers.sh.

suite_services=()
run_service() {
    suite_services=("$1" "${suite_services[@]}")
    start_process "$@"
}

# The data need not survive anything, and every commit of every spec would wait for the disk.
suite_postgres_settings=(fsync=off full_page_writes=off synchronous_commit=off)

# Over TCP, as specs put proxies in between that fail.
suite_postgres_url=postgres_url

# Starts what DATABASE_URL and KAFKA_BROKERS do not name and exports both.
start_suite_servers() {
    local ports postgres_port kafka_port controller_port
    mapfile -t ports < <(free_ports 3)
    postgres_port=${ports[0]} kafka_port=${ports[1]} controller_port=${ports[2]}
    at_exit stop_suite_servers
    if [[ -z ${DATABASE_URL:-} ]]; then
        start_postgres "$postgres_port" "${suite_postgres_settings[@]}"
    fi
    [[ -n ${KAFKA_BROKERS:-} ]] || start_kafka 1 "$kafka_port" "$controller_port"
    if [[ -z ${DATABASE_URL:-} ]]; then
        wait_for_postgres "$postgres_port"
        "$(postgres_bin)/psql" -q -c 'CREATE DATABASE carafe_test' "$(postgres_url "$postgres_port" postgres)"
        DATABASE_URL=$("$suite_postgres_url" "$postgres_port" carafe_test)
    fi
    if [[ -z ${KAFKA_BROKERS:-} ]]; then
        wait_for_kafka 1
        KAFKA_BROKERS=$(kafka_bootstrap 1 "$kafka_port")
    fi
    export DATABASE_URL KAFKA_BROKERS
    say "PostgreSQL and Kafka for the specs: ready"
}
stop_suite_servers() {
    local name
    for name in "${suite_services[@]}"; do
        # Its data is deleted next: no need for an orderly end.
        stop_process "$name" "$([[ $name == postgres ]] && echo QUIT || echo KILL)" 20
    done
    suite_services=()
    remove_postgres
    rm -rf "$kafka_data"
}

# sanitizer_options PRESET: the first finding ends its process, and with it the spec.
sanitizer_options() {
    export ASAN_OPTIONS=halt_on_error=1:detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1
    export LSAN_OPTIONS=suppressions=$CARAFE_ROOT/spec/support/lsan.supp:print_suppressions=0
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$CARAFE_ROOT/spec/support/tsan.supp
    suite_wrapper=()
    # gcc 12's ThreadSanitizer cannot live with as much address space randomisation as new kernels do.
    [[ $1 != tsan ]] || suite_wrapper=(setarch --addr-no-randomize)
}
suite_wrapper=()

suite_pid=
stop_suite() {
    [[ -n $suite_pid ]] || return 0
    kill -TERM "$suite_pid" 2>/dev/null || true
    wait "$suite_pid" 2>/dev/null || true
}
at_exit stop_suite

# run_ctest PRESET ARGUMENTS...: the specs of a build; prints ctest's own summary. One more at a time
# than there are processors, as most of what a spec does is to wait.
run_ctest() {
    local preset=$1 status=0
    shift
    "${suite_wrapper[@]}" ctest --test-dir "$CARAFE_ROOT/build/$preset" --parallel "${CARAFE_JOBS:-$(($(nproc) + 1))}" --output-on-failure \
        --no-tests=error --output-log "$process_log_dir/ctest.log" "$@" </dev/null {lock_fd}>&- &
    suite_pid=$!
    wait "$suite_pid" || status=$?
    suite_pid=
    return "$status"
}

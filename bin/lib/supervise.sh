# shellcheck shell=bash
# Keeps services running: one that dies is started again, soon at first and then less often.
# Expects process.sh.

services=()                 # names, in the order they were started
declare -A service_command  # name -> command line, quoted for eval
declare -A service_signal   # name -> signal that stops it (default TERM)
declare -A service_deadline # name -> seconds it may take to stop (default 10)
declare -A service_waiter   # name -> the child of ours that ends with its status
declare -A service_started  # name -> SECONDS of its last start
declare -A service_failures # name -> deaths in a row, each within a minute of its start
declare -A service_due      # name -> milliseconds of the clock when it is to be started again

now_ms() { printf '%s' "$((${EPOCHREALTIME/[.,]/} / 1000))"; }

# run_service NAME COMMAND...: starts it and watches over it from now on.
run_service() {
    local name=$1
    services+=("$name")
    service_failures[$name]=0
    service_command[$name]=$(printf '%q ' "${@:2}")
    start_service "$name"
}

start_service() {
    local argv
    eval "argv=(${service_command[$1]})"
    start_process "$1" "${argv[@]}"
    service_waiter[$1]=$waiter_pid
    service_started[$1]=$SECONDS
    service_due[$1]=
}

# "exit 3" or "signal KILL".
describe_status() {
    if (($1 > 128)); then printf 'signal %s' "$(kill -l "$(($1 - 128))")"; else printf 'exit %s' "$1"; fi
}

# A service was found dead: clears up after it and says when it comes back. 0.2 s after the first
# death, twice as long after each further one, 10 s at most.
bury_service() {
    local name=$1 status=0 delay pid
    wait "${service_waiter[$name]}" 2>/dev/null || status=$?
    read -r pid _ <"$process_dir/$name.pid" && kill_session "$pid"
    ((SECONDS - service_started[$name] < 60)) || service_failures[$name]=0
    delay=$((200 << (service_failures[$name] < 6 ? service_failures[$name] : 6)))
    ((delay <= 10000)) || delay=10000
    # Who ended in good order was asked to: that is a restart, no failure.
    if ((status == 0)); then delay=200; else service_failures[$name]=$((service_failures[$name] + 1)); fi
    service_due[$name]=$(($(now_ms) + delay))
    say "$(date +%T) $name died ($(describe_status "$status")); starting it again in $(printf '%d.%d' $((delay / 1000)) $((delay % 1000 / 100))) s, see $process_log_dir/$name.log"
}

# One look at all services. A file tmp/run/NAME.hold keeps a dead one down, for rehearsals of an
# outage.
supervise_once() {
    local name
    for name in "${services[@]}"; do
        if [[ -n ${service_due[$name]} ]]; then
            if (($(now_ms) >= service_due[$name])) && [[ ! -e $process_dir/$name.hold ]]; then
                start_service "$name"
                say "$(date +%T) $name started again (pid $(process_pid "$name" || true))"
            fi
        elif ! process_alive "$name"; then
            bury_service "$name"
        fi
    done
}

# supervise [PID]: for ever, or until the given child of ours ends; then returns its exit status.
supervise() {
    local awaited=${1:-} status=0
    while [[ -z $awaited ]] || kill -0 "$awaited" 2>/dev/null; do
        supervise_once
        # wait returns the moment a trapped signal arrives, sleep alone would not.
        sleep 0.2 &
        wait $! || true
    done
    wait "$awaited" || status=$?
    return "$status"
}

# Stops all services, the last started first; those of one kind (kafka-1, kafka-2, ...) together.
stop_services() {
    local index name kind=''
    for ((index = ${#services[@]} - 1; index >= 0; index--)); do
        name=${services[index]}
        if [[ ${name%-*} != "$kind" ]]; then
            kind=${name%-*}
            ask_to_stop "$kind"
        fi
        stop_process "$name" "${service_signal[$name]:-TERM}" "${service_deadline[$name]:-10}"
    done
    services=()
}
# ask_to_stop KIND: signals all services of a kind, and waits for none.
ask_to_stop() {
    local name pid stopping=()
    for name in "${services[@]}"; do
        if [[ ${name%-*} == "$1" ]] && pid=$(process_pid "$name"); then
            stopping+=("$name")
            send_stop "$pid" "${service_signal[$name]:-TERM}"
        fi
    done
    ((${#stopping[@]} == 0)) || say "Stopping ${stopping[*]}"
}

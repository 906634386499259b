# shellcheck shell=bash
# Processes we start: each in a session of its own (Ctrl-C in the terminal must not reach them all
# at once) and with a pid file that also holds the start time, so that a recycled pid is never
# taken for ours.

process_dir=$CARAFE_STATE/run
process_log_dir=$CARAFE_STATE/log

# process_stat PID: sets stat_fields to the fields of /proc/PID/stat from the state on (the name
# before it may hold spaces and brackets): 0 state, 3 session, 19 start in clock ticks since boot.
process_stat() {
    local stat=''
    # Not $(<file): where the file is gone that ends a whole script under set -e. A name may hold a
    # newline, so read goes on to the end of the file, which it reports as a failure.
    { read -r -d '' stat <"/proc/$1/stat"; } 2>/dev/null || true
    read -ra stat_fields <<<"${stat##*) }"
    # A process that ends while we read leaves nothing.
    ((${#stat_fields[@]} > 19))
}

# process_pid NAME: prints the pid from its pid file, if that very process is alive (a zombie is not).
process_pid() {
    local pid started boot
    { read -r pid started boot <"$process_dir/$1.pid"; } 2>/dev/null || return 1
    [[ $boot == "$(</proc/sys/kernel/random/boot_id)" ]] || return 1
    process_stat "$pid" || return 1
    [[ ${stat_fields[19]} == "$started" && ${stat_fields[0]} != Z ]] || return 1
    printf '%s' "$pid"
}
process_alive() { process_pid "$1" >/dev/null; }

# Keeps one older log, so that logs stay bounded over many starts.
rotate_log() {
    if [[ -s $process_log_dir/$1.log ]]; then
        mv -f "$process_log_dir/$1.log" "$process_log_dir/$1.log.1"
    fi
}

# start_process NAME COMMAND...: in the background, output appended to the log. Sets waiter_pid: a
# child of ours that ends with the process and with its status (128 + n for signal n). It stands
# between so that bash announces a violent death in the log instead of on the user's terminal.
start_process() {
    local name=$1 deadline=$((SECONDS + 5))
    mkdir -p "$process_dir" "$process_log_dir"
    rm -f "$process_dir/$name.pid"
    (
        trap - EXIT INT TERM HUP
        set +e
        [[ -z ${lock_fd:-} ]] || exec {lock_fd}>&-
        become_process "$@" &
        wait $!
    ) >>"$process_log_dir/$name.log" 2>&1 </dev/null &
    waiter_pid=$!
    until process_alive "$name" || ! kill -0 "$waiter_pid" 2>/dev/null || ((SECONDS > deadline)); do
        sleep 0.01
    done
}
# The pid file is written before the program begins: bin/up may be killed at any instant.
become_process() {
    process_stat "$BASHPID"
    echo "$BASHPID ${stat_fields[19]} $(</proc/sys/kernel/random/boot_id)" >"$process_dir/$1.pid"
    shift
    exec setsid "$@"
}

# The other processes of a session, those that its leader left behind.
session_members() {
    local folder
    for folder in /proc/[0-9]*; do
        process_stat "${folder#/proc/}" || continue
        [[ ${stat_fields[3]} != "$1" || ${stat_fields[0]} == Z ]] || printf '%s\n' "${folder#/proc/}"
    done
}

# wait_until SECONDS COMMAND...: asks every 50 ms whether the command succeeds.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.05
    done
}
process_gone() { ! process_alive "$1"; }

# send_stop PID SIGNAL: once per process, as a second signal may tell it to drop everything.
declare -A stop_sent
send_stop() {
    [[ -z ${stop_sent[$1]:-} ]] || return 0
    stop_sent[$1]=$2
    kill "-$2" "$1" 2>/dev/null || true
    # A stopped process (SIGSTOP) would never see the signal.
    kill -CONT "$1" 2>/dev/null || true
}

# stop_process NAME SIGNAL SECONDS: signal, wait, and after SECONDS kill -9; says so when it comes
# to that. Fine to call for what is not running.
stop_process() {
    local name=$1 signal=$2 seconds=$3 pid
    if pid=$(process_pid "$name"); then
        send_stop "$pid" "$signal"
        if ! wait_until "$seconds" process_gone "$name"; then
            warn "$name (pid $pid) did not stop within $seconds s of SIG$signal: killed"
            kill -KILL "$pid" 2>/dev/null || true
            wait_until 5 process_gone "$name" || warn "$name (pid $pid) survives SIGKILL"
        fi
        kill_session "$pid"
    fi
    rm -f "$process_dir/$name.pid"
}

# kill_session PID: what the dead leader of a session of ours left behind.
kill_session() {
    local member
    for member in $(session_members "$1"); do
        kill -KILL "$member" 2>/dev/null || true
    done
}

# Stops what an earlier run left behind because it was killed. A leader that is dead too may have
# left members of its session; they are ours if their folder is, since the pid may be recycled.
clean_leftovers() {
    local file name pid rest member signal
    # The servers last, as their clients end better while they are there.
    for file in "$process_dir"/[!kp]*.pid "$process_dir"/k*.pid "$process_dir"/p*.pid; do
        [[ -e $file ]] || continue
        name=${file##*/}
        name=${name%.pid}
        if process_alive "$name"; then
            say "Stopping $name (pid $(process_pid "$name")), left over from a run that was killed"
            # To PostgreSQL TERM means: wait until all clients have left.
            if [[ $name == postgres ]]; then signal=INT; else signal=TERM; fi
            stop_process "$name" "$signal" 10
        elif read -r pid rest <"$file" && [[ -n $pid && ! -e /proc/$pid ]]; then
            for member in $(session_members "$pid"); do
                if [[ $(readlink "/proc/$member/cwd") == "$CARAFE_ROOT"* ]]; then
                    say "Stopping pid $member, left over from $name"
                    kill -KILL "$member" 2>/dev/null || true
                fi
            done
        fi
        rm -f "$file"
    done
}

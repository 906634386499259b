# shellcheck shell=bash
# Sourced first by every script of bin/: where things are, how we talk, and how a long step is shown.
set -euo pipefail

CARAFE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# Some CI runners start without HOME; the cache and Maven need one.
export HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
# What is built once for the machine, outside every checkout.
CARAFE_CACHE=${CARAFE_CACHE_DIR:-$HOME/.cache/carafe}
# What this checkout runs on: data, logs, pid files, secrets.
CARAFE_STATE=${CARAFE_STATE_DIR:-$CARAFE_ROOT/tmp}

kafka_version=4.3.1
# shellcheck disable=SC2034 # used by the scripts that source this file
kafka_home=$CARAFE_CACHE/kafka-$kafka_version

say() { printf '%s\n' "$*"; }
warn() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
    warn "$1"
    exit "${2:-1}"
}
# For a command line that makes no sense.
usage_error() {
    warn "$1"
    printf 'Try: bin/%s --help\n' "${0##*/}" >&2
    exit 2
}
# The value of an option: option_value --brokers "$@" prints $2 or explains.
need_value() {
    [[ $# -ge 2 && -n $2 ]] || usage_error "$1 needs a value"
}
need_count() {
    need_value "$@"
    [[ $2 =~ ^[0-9]+$ && ${#2} -le 6 ]] || usage_error "$1 needs a whole number, not '$2'"
}

# --- what happens at the end ------------------------------------------------------------------
exit_hooks=()
# at_exit COMMAND: runs when the script ends for any reason but kill -9; the last one added first.
at_exit() { exit_hooks=("$1" "${exit_hooks[@]}"); }
run_exit_hooks() {
    local status=$? hook
    trap - EXIT
    # A second Ctrl-C must not cut the clean-up short.
    trap '' INT TERM HUP
    for hook in "${exit_hooks[@]}"; do
        "$hook" || warn "$hook failed while cleaning up"
    done
    exit "$status"
}
trap run_exit_hooks EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# --- long steps -------------------------------------------------------------------------------
step_pid=
stop_step() {
    [[ -n $step_pid ]] || return 0
    kill -TERM -- "-$step_pid" 2>/dev/null || true
    wait "$step_pid" 2>/dev/null || true
    step_pid=
}
at_exit stop_step

# Shows that something still happens, with the last line the step wrote, until $step_pid ends.
show_progress() {
    local title=$1 log=$2 started=$SECONDS frames='-+|+' tick=0 last
    while kill -0 "$step_pid" 2>/dev/null; do
        # wait -n instead of a bare sleep: it returns the moment a signal arrives.
        sleep 0.2 &
        wait $! || true
        tick=$((tick + 1))
        if [[ -t 1 ]]; then
            last=$(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c1-60)
            printf '\r\033[K%s %s (%d s) %s' "${frames:tick % 4:1}" "$title" $((SECONDS - started)) "$last"
        elif ((tick % 75 == 0)); then
            last=$(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c1-100)
            say "  $title: $((SECONDS - started)) s, $last"
        fi
    done
    [[ ! -t 1 ]] || printf '\r\033[K'
}

# run_step TITLE LOG COMMAND...: runs the command (or function) with its output in LOG and shows
# progress; on failure shows the end of the log and returns the command's status.
run_step() {
    local title=$1 log=$2 started=$SECONDS status=0
    shift 2
    mkdir -p "$(dirname "$log")"
    [[ -t 1 ]] || say "$title ..."
    # A process group of its own, so that stopping the step stops the compilers under it too.
    set -m
    (
        trap - EXIT INT TERM HUP
        set +m
        "$@"
    ) >"$log" 2>&1 </dev/null &
    step_pid=$!
    set +m
    show_progress "$title" "$log"
    wait "$step_pid" || status=$?
    step_pid=
    if ((status != 0)); then
        warn "$title failed (exit $status); the end of $log:"
        tail -n 40 "$log" >&2
        return "$status"
    fi
    say "$title: done in $((SECONDS - started)) s"
}

# --- other programs ---------------------------------------------------------------------------
child_pid=
stop_child() {
    [[ -n $child_pid ]] || return 0
    kill -TERM "$child_pid" 2>/dev/null || true
    wait "$child_pid" 2>/dev/null || true
    child_pid=
}
at_exit stop_child

# run_child COMMAND...: a program or function that may take long, such that a signal to us stops it.
# (bash would not look at the signal before a foreground command ends, nor hand it on.)
run_child() {
    local status=0
    (
        exit_hooks=(stop_child stop_step)
        child_pid='' step_pid=''
        trap run_exit_hooks EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM
        trap 'exit 129' HUP
        [[ $(type -t "$1") == function ]] || exec "$@"
        set -e
        "$@"
    ) <&0 &
    child_pid=$!
    wait "$child_pid" || status=$?
    child_pid=
    return "$status"
}

# --- locks ------------------------------------------------------------------------------------
# take_lock FILE MESSAGE [SECONDS]: holds FILE until the script ends. After SECONDS (0) it gives up
# with MESSAGE and the holder's pid. Steps inherit the lock: a build that outlives our kill -9 keeps
# the next one out of its folder until it is done. Services must close $lock_fd.
lock_fd=
take_lock() {
    local file=$1 message=$2 seconds=${3:-0} holder
    mkdir -p "$(dirname "$file")"
    exec {lock_fd}<>"$file"
    if ! flock -w "$seconds" "$lock_fd"; then
        holder=$(head -n 1 "$file" 2>/dev/null || true)
        [[ ! -e /proc/${holder:-none} ]] || die "$message (pid $holder)"
        say "Waiting for a step that a killed run (pid $holder) left working ..."
        flock -w 900 "$lock_fd" || die "it is still at work; see who holds $file"
    fi
    printf '%s\n' "$$" >"$file"
}

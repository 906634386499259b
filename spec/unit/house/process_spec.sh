#!/usr/bin/env bash
# Processes that bin/up starts are found again, stopped for certain, and never confused with others.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../../support/house.sh"

# with_library COMMAND...: in a script that has the library loaded, as bin/up has.
cat >"$scratch/with_library" <<END
source "$root/bin/lib/common.sh"
source "$root/bin/lib/process.sh"
source "$root/bin/lib/supervise.sh"
at_exit stop_services
"\$@"
END
export CARAFE_STATE_DIR=$scratch/state

cat >"$scratch/specs.sh" <<'END'
# `! command` would not end the script; and a process is gone too while nobody has asked for its status.
not() { ! "$@"; }
gone() { not process_stat "$1" || [[ ${stat_fields[0]} == Z ]]; }
stops_in_reverse_order() {
    run_service first sleep 100
    run_service second sleep 100
    [[ $(stop_services) == $'Stopping second\nStopping first' ]]
    not process_alive first
    not process_alive second
}
stops_a_kind_together_and_signals_each_once() {
    local name
    for name in worker-1 worker-2; do
        run_service "$name" bash -c 'trap "echo x >>\"\$0\"" TERM; touch "$0"; until [[ -s $0 ]]; do sleep 0.05; done
            [[ $0 != *-1 ]] || for _ in {1..30}; do sleep 0.05; done' "$CARAFE_STATE/$name"
        wait_until 5 test -e "$CARAFE_STATE/$name"
    done
    [[ $(stop_services) == 'Stopping worker-1 worker-2' ]]
    [[ $(<"$CARAFE_STATE/worker-1") == x && $(<"$CARAFE_STATE/worker-2") == x ]]
}
kills_what_ignores_the_signal() {
    local pid
    start_process stubborn bash -c 'trap "" TERM; touch "$0"; while :; do sleep 0.1; done' "$CARAFE_STATE/deaf"
    wait_until 5 test -e "$CARAFE_STATE/deaf"
    pid=$(process_pid stubborn)
    [[ $(stop_process stubborn TERM 1 2>&1) == *'did not stop within 1 s of SIGTERM: killed'* ]]
    gone "$pid"
}
stops_a_stopped_process() {
    start_process frozen sleep 100
    kill -STOP "$(process_pid frozen)"
    [[ -z $(stop_process frozen TERM 2 2>&1) ]]
}
stops_children_of_a_killed_leader() {
    local child
    start_process leader bash -c 'sleep 100 & echo $! >'"$CARAFE_STATE/child"'; wait'
    wait_until 5 test -s "$CARAFE_STATE/child"
    child=$(<"$CARAFE_STATE/child")
    stop_process leader KILL 2
    wait_until 2 gone "$child"
}
leaves_a_recycled_pid_alone() {
    sleep 100 &
    local stranger=$!
    mkdir -p "$process_dir"
    echo "$stranger 12345 $(</proc/sys/kernel/random/boot_id)" >"$process_dir/web-1.pid"
    clean_leftovers
    kill -0 "$stranger"
    [[ ! -e $process_dir/web-1.pid ]]
    kill "$stranger"
}
finds_what_a_killed_run_left() {
    local pid
    start_process web-1 sleep 100
    pid=$(process_pid web-1)
    [[ $(clean_leftovers) == *"Stopping web-1 (pid $pid), left over"* ]]
    gone "$pid"
}
starts_again_what_dies() {
    local before after
    run_service web-1 sleep 100
    before=$(process_pid web-1)
    kill -KILL "$before"
    wait_until 2 process_gone web-1
    supervise_once >"$CARAFE_STATE/said"
    grep -q 'web-1 died (signal KILL); starting it again in 0.2 s' "$CARAFE_STATE/said"
    wait_until 5 eval 'supervise_once; process_alive web-1'
    after=$(process_pid web-1)
    [[ $after != "$before" ]]
}
waits_longer_after_each_death() {
    run_service web-1 false
    wait_until 5 eval 'supervise_once >>"$CARAFE_STATE/said"; grep -q "again in 0.8 s" "$CARAFE_STATE/said"'
    grep -q 'died (exit 1)' "$CARAFE_STATE/said"
    grep -q 'again in 0.2 s' "$CARAFE_STATE/said"
    grep -q 'again in 0.4 s' "$CARAFE_STATE/said"
}
keeps_down_what_is_held() {
    run_service web-1 sleep 100
    touch "$process_dir/web-1.hold"
    kill -KILL "$(process_pid web-1)"
    wait_until 2 process_gone web-1
    not wait_until 1 eval 'supervise_once >/dev/null; process_alive web-1'
    rm "$process_dir/web-1.hold"
    wait_until 2 eval 'supervise_once >/dev/null; process_alive web-1'
}
END
spec() {
    mkdir -p "$CARAFE_STATE_DIR"
    cat "$scratch/with_library" <(echo) >"$scratch/run.sh"
    sed -i "s#^at_exit#source $scratch/specs.sh\nat_exit#" "$scratch/run.sh"
    bash "$scratch/run.sh" "$1"
    rm -rf "$CARAFE_STATE_DIR"
}
while read -r name; do
    it "${name//_/ }" spec "$name"
done < <(sed -n 's/^\([a-z_]*\)() {$/\1/p' "$scratch/specs.sh")

# A step below a child below us, as the build of a stage of bin/ci.
stops_what_a_child_runs() {
    local step
    cat >"$scratch/nested.sh" <<END
source "$root/bin/lib/common.sh"
stage() { run_step "a step" "$scratch/step.log" bash -c 'echo \$\$ >$scratch/step; exec sleep 100'; }
run_child stage
END
    bash "$scratch/nested.sh" &
    for _ in {1..250}; do [[ ! -s $scratch/step ]] || break; sleep 0.02; done
    step=$(<"$scratch/step")
    kill -TERM $!
    expect_status 143 wait $!
    expect_status 1 kill -0 "$step"
}
it "a signal stops what a child runs" stops_what_a_child_runs

lock_holder() {
    bash -c 'source "$1/bin/lib/common.sh"; take_lock "$2" held; sleep 100' _ "$root" "$scratch/lock" &
    local holder=$!
    for _ in {1..100}; do [[ ! -s $scratch/lock ]] || break; sleep 0.02; done
    # shellcheck disable=SC2016 # expanded by the inner shell
    expect_text "busy (pid $holder)" bash -c 'source "$1/bin/lib/common.sh"; take_lock "$2" busy' _ "$root" "$scratch/lock"
    kill -KILL "$holder"
}
it "a taken lock names its holder" lock_holder

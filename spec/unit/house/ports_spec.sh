#!/usr/bin/env bash
# A port that is taken is named with its variable and, where it may be known, who listens on it.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../../support/house.sh"

listen() {
    node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => console.log(s.address().port))' >"$scratch/port" &
    listener=$!
    for _ in {1..250}; do [[ ! -s $scratch/port ]] || break; sleep 0.02; done
    port=$(<"$scratch/port")
}
claim() {
    bash -c 'source "$0/bin/lib/common.sh"; source "$0/bin/lib/ports.sh"
        while (($#)); do claim_port "$1" "$2" "$3"; shift 3; done; check_ports' "$root" "$@"
}
listen
names_the_listener() {
    expect_status 1 claim "$port" PORT web
    expect_text "port $port (web) is taken by node (pid $listener): stop it, or set PORT to a free port" claim "$port" PORT web
}
names_all_at_once() {
    expect_text "is taken by" claim "$port" PORT web "$port" OPS_PORT ops
    expect_text "wanted by both web and ops: set OPS_PORT" claim "$port" PORT web "$port" OPS_PORT ops
}
accepts_free_ports() {
    local free
    free=$(bash -c 'source "$0/bin/lib/common.sh"; source "$0/bin/lib/ports.sh"; free_ports 1' "$root")
    claim "$free" PORT web
}
it "a taken port is named with its variable and who listens" names_the_listener
it "all problems are named at once" names_all_at_once
it "free ports are accepted" accepts_free_ports
it "what is no port number is refused" expect_status 2 claim 70000 PORT web
kill "$listener"

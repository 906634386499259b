#!/usr/bin/env bash
# The gateway in front of stand-ins: which server a request goes to, what is sent twice and what is
# not, which headers leave the house, and what the access log tells.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../../support/house.sh"

export CARAFE_STATE_DIR=$scratch/state
mkdir -p "$scratch/state"
chmod 755 "$scratch" "$scratch/state"
in_house() {
    bash -c 'source "$0/bin/lib/common.sh"; source "$0/bin/lib/ports.sh"; source "$0/bin/lib/process.sh"
        source "$0/bin/lib/gateway.sh"; exit_hooks=(); "$@"' "$root" "$@"
}
# Two webs, two realtimes, the gateway: five ports in a row would be luck, so pairs are looked for.
pair() {
    local port
    while :; do
        port=$(in_house free_ports 1)
        ! in_house port_taken $((port + 1)) || continue
        printf '%s' "$port" && return
    done
}
web=$(pair)
realtime=$(pair)
gateway=$(in_house free_ports 1)
seen=$scratch/seen
pids=()
leave() {
    kill "$1" 2>/dev/null || return 0
    wait "$1" 2>/dev/null || true
}
stop_all() {
    local status=$? pid
    for pid in "${pids[@]}"; do leave "$pid"; done
    (exit "$status")
    finish_spec
}
trap stop_all EXIT

wait_for() { for _ in {1..250}; do ! "$@" 2>/dev/null || return 0; sleep 0.02; done; return 1; }
listens() { (: <"/dev/tcp/127.0.0.1/$1"); }
# upstream PORT MODE: sets upstream_pid.
upstream() {
    node "$root/spec/support/upstream.mjs" "$1" "$seen" "$2" &
    upstream_pid=$!
    pids+=("$upstream_pid")
    wait_for listens "$1"
}
url=http://127.0.0.1:$gateway
ask() { curl -sS -o "$scratch/body" -D "$scratch/head" -w '%{http_code}' --max-time 10 "$@"; }

in_house write_gateway_config 2 "$web" 2 "$realtime" "$gateway"
nginx -p "$scratch/state/nginx" -c "$scratch/state/nginx/nginx.conf" -e stderr 2>"$scratch/nginx.log" &
pids+=($!)
wait_for listens "$gateway"

passes_over_a_server_that_is_away() {
    local status
    : >"$seen"
    for _ in {1..20}; do
        status=$(ask -X POST -d '{}' "$url/api/orders")
        [[ $status == 200 ]]
    done
    (($(wc -l <"$seen") == 20))
}
sends_a_post_once() {
    : >"$seen"
    [[ $(ask -X POST -d '{}' "$url/api/orders") == 503 ]]
    (($(wc -l <"$seen") == 1)) || { cat "$seen"; return 1; }
    grep -qi '^content-type: application/problem+json' "$scratch/head"
    grep -qi '^retry-after: 1' "$scratch/head"
    grep -qi '^x-request-id: ' "$scratch/head"
}
sends_a_get_to_the_next() {
    : >"$seen"
    [[ $(ask "$url/api/orders") == 503 ]]
    (($(wc -l <"$seen") == 2)) || { cat "$seen"; return 1; }
}
keeps_a_session_on_its_node() {
    : >"$seen"
    for _ in {1..5}; do
        ask "$url/socket.io/?EIO=4&sid=2.abc" >/dev/null
        ask "$url/socket.io/?EIO=4&sid=1.abc" >/dev/null
    done
    (($(grep -c "^$realtime .*sid=1" "$seen") == 5)) && (($(grep -c "^$((realtime + 1)) .*sid=2" "$seen") == 5))
}
keeps_a_client_on_a_node() {
    : >"$seen"
    for _ in {1..6}; do ask "$url/socket.io/?EIO=4" >/dev/null; done
    (($(cut -d' ' -f1 "$seen" | sort -u | wc -l) == 1))
}
believes_no_client_about_its_address() {
    : >"$seen"
    ask -H 'X-Forwarded-For: 9.9.9.9' -H 'X-Request-Id: mine-1' "$url/api/products" >/dev/null
    grep -q ' 127.0.0.1 mine-1$' "$seen"
    ask -H 'X-Request-Id: not "mine"' "$url/api/products" >/dev/null
    expect_status 1 grep -q 'not "mine"' "$seen"
}
sets_the_headers_of_a_page() {
    [[ $(ask "$url/some/page") == 200 ]]
    grep -qi "^content-security-policy: default-src 'self'; style-src 'self' 'unsafe-inline';" "$scratch/head"
    grep -qi "connect-src 'self' ws://127.0.0.1:$gateway" "$scratch/head"
    grep -qi '^x-content-type-options: nosniff' "$scratch/head"
    grep -qi '^x-frame-options: DENY' "$scratch/head"
    grep -qi '^cache-control: no-cache' "$scratch/head"
    [[ $(ask "$url/assets/gone-1234.js") == 404 ]]
}
sets_the_headers_of_an_answer() {
    [[ $(ask "$url/api/orders/1") == 200 ]]
    grep -qi "^content-security-policy: default-src 'none'" "$scratch/head"
    (($(grep -ci '^x-request-id: ' "$scratch/head") == 1))
    expect_status 1 grep -qi '^x-route\|^cache-control' "$scratch/head"
}
logs_the_route() {
    ask -H 'X-Request-Id: find-me' "$url/api/orders/7?secret=1" >/dev/null
    wait_for grep -q find-me "$scratch/state/log/access.log"
    jq -es 'map(select(.request_id == "find-me"))[0] | .route == "/orders/:id" and .status == 200 and .uri == "/api/orders/7"' \
        "$scratch/state/log/access.log"
}
refuses_a_large_body() {
    head -c 1200000 /dev/zero >"$scratch/large"
    [[ $(ask -X POST --data-binary "@$scratch/large" "$url/api/orders") == 413 ]]
    grep -q '"status":413' "$scratch/body"
}
compresses() {
    [[ $(ask --compressed "$url/api/orders") == 200 ]]
    grep -qi '^content-encoding: gzip' "$scratch/head"
    [[ $(ask --compressed "$url/api/v1/products/1") == 200 ]]
    expect_status 1 grep -qi '^content-encoding' "$scratch/head"
    grep -qi '^etag: "1-2"' "$scratch/head"
}

upstream "$web" answer
first=$upstream_pid
upstream "$realtime" answer
upstream $((realtime + 1)) answer
it "a request passes over a server that is away, POST included" passes_over_a_server_that_is_away
it "a polling session stays on the node that its id names" keeps_a_session_on_its_node
it "a client without a session stays on one node" keeps_a_client_on_a_node
it "what a client says about its address is dropped, its harmless request id is kept" believes_no_client_about_its_address
it "a page gets a content security policy for the UI, and is asked for each time" sets_the_headers_of_a_page
it "an answer of the API may do nothing in a browser, and keeps the route to the house" sets_the_headers_of_an_answer
it "the access log names request id and route, and no query" logs_the_route
it "a body over 1 MiB is a problem document" refuses_a_large_body
leave "$first"
upstream "$web" die
first=$upstream_pid
upstream $((web + 1)) die
second=$upstream_pid
it "a POST that a server may have taken is not sent again" sends_a_post_once
it "a GET is sent to the next server" sends_a_get_to_the_next
leave "$first"
leave "$second"
upstream "$web" large
it "lists are compressed, a product with its ETag is not" compresses

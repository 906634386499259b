#!/usr/bin/env bash
# The HTTP API against its own description: spectral, then schemathesis with every role against a web
# process and a worker of our own; see spec/api/fuzz.py.
#
#   spec/api/fuzz.sh [CASES [SEED]]     CASES an operation and role; 200 unless given
#
# Environment: DATABASE_URL, KAFKA_BROKERS (bin/test sets them), CARAFE_PRESET (dev).
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
: "${DATABASE_URL:?set DATABASE_URL/KAFKA_BROKERS or run bin/test}"
: "${KAFKA_BROKERS:?set DATABASE_URL/KAFKA_BROKERS or run bin/test}"
cases=${1:-200} seed=${2:-$RANDOM}
cache=${CARAFE_CACHE_DIR:-$HOME/.cache/carafe}
python=$cache/schemathesis/bin/python
shop=$root/build/${CARAFE_PRESET:-dev}/bin/shop
scratch=$(mktemp -d /tmp/carafe-fuzz.XXXXXX)
server_url=$DATABASE_URL
database=carafe_fuzz_$$
pids=()

finish() {
    local status=$?
    ((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    psql -q "$server_url" -c "DROP DATABASE IF EXISTS $database WITH (FORCE)" 2>/dev/null || true
    ((status == 0)) || tail -n 20 "$scratch"/*.log
    rm -rf "$scratch"
    exit "$status"
}
trap finish EXIT
trap 'exit 1' INT TERM

# Ports of our own, below those the kernel gives to clients.
free_port() {
    local port
    while :; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        [[ -n $(ss -H -l -t -n "sport = :$port") ]] || break
    done
    printf '%s' "$port"
}
start() {
    local name=$1
    shift
    env "$@" >"$scratch/$name.log" 2>&1 &
    pids+=($!)
}
wait_for() {
    local deadline=$((SECONDS + 60))
    until curl -fsS -o /dev/null "$1" 2>/dev/null; do
        ((SECONDS < deadline)) || { echo "nothing answers at $1" && exit 1; }
        sleep 0.1
    done
}
sql() { psql -qtA -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "$1"; }
request() { curl -fsS --retry 3 "$@"; }
token() {
    request "$url/sessions" -d "{\"email\":\"$1@example.com\",\"password\":\"correct horse battery\"}" | jq -r .token
}

"$root/spec/api/node_modules/.bin/spectral" lint --fail-severity=hint --ruleset "$root/spec/api/spectral.yaml" \
    "$root/app/api/openapi.json"

DATABASE_URL=$(sed -E "s#^([a-z]+://[^/?]*)(/[^?]*)?#\1/$database#" <<<"$server_url")
export DATABASE_URL CARAFE_CONFIG=$root/karafka.yml SECRET_KEY_BASE=0123456789012345678901234567890123456789
port=$(free_port) payment_port=$(free_port) web_ops=$(free_port) worker_ops=$(free_port)
export PAYMENT_PORT=$payment_port
url=http://127.0.0.1:$port
"$shop" db create >/dev/null
"$shop" db migrate >/dev/null
"$shop" db seed >/dev/null
"$shop" topics migrate >/dev/null
start payments "$shop" payment-sandbox
start worker OPS_PORT="$worker_ops" "$shop" worker
start web OPS_PORT="$web_ops" PORT="$port" ORDERS_PER_MINUTE=0 "$shop" web
wait_for "http://127.0.0.1:$web_ops/readyz"
wait_for "http://127.0.0.1:$worker_ops/readyz"

# Beside the demo accounts: one who may order once a minute, and an admin of our own. Signing out is
# answered, but ends no token here: what follows would be asked by nobody.
sql "INSERT INTO users (id, email, name, role, password_hash, orders_per_minute)
     SELECT gen_random_uuid(), other.name || '@example.com', other.name, other.role, ada.password_hash, other.most
     FROM users ada, (VALUES ('limited', 'user', 1), ('keeper', 'admin', NULL)) AS other (name, role, most)
     WHERE ada.email = 'ada@example.com';
     CREATE FUNCTION keep_token_version() RETURNS trigger LANGUAGE plpgsql
         AS 'BEGIN NEW.token_version := OLD.token_version; RETURN NEW; END';
     CREATE TRIGGER tokens_live BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION keep_token_version()"
FUZZ_ADMIN_TOKEN=$(token keeper) FUZZ_CUSTOMER_TOKEN=$(token ada) FUZZ_LIMITED_TOKEN=$(token limited)
export FUZZ_ADMIN_TOKEN FUZZ_CUSTOMER_TOKEN FUZZ_LIMITED_TOKEN

# An order that has gone too far to be cancelled.
order=$(request "$url/orders" -H "Authorization: Bearer $FUZZ_CUSTOMER_TOKEN" \
    -d '{"items":[{"product_id":"01930000-0000-7000-8000-000000000001","quantity":1}]}' | jq -r .id)
deadline=$((SECONDS + 60))
until [[ $(sql "SELECT payment_status FROM orders WHERE id = '$order'") == authorised ]]; do
    ((SECONDS < deadline)) || { echo 'no payment was authorised' && exit 1; }
    sleep 0.1
done
for status in processing shipped; do
    request -o /dev/null -X PATCH "$url/orders/$order/status" -H "Authorization: Bearer $FUZZ_ADMIN_TOKEN" \
        -H 'Prefer: wait=20' -d "{\"status\":\"$status\"}"
done
export FUZZ_SHIPPED_ORDER=$order

# A first request with an idempotency key that is still under way.
export FUZZ_HELD_KEY=held
psql -q "$DATABASE_URL" -c "BEGIN; INSERT INTO idempotency_keys SELECT id, 'held', 'x', gen_random_uuid(), now()
    FROM users WHERE email = 'ada@example.com'; SELECT pg_sleep(3600)" >/dev/null 2>&1 &
pids+=($!)

"$python" "$root/spec/api/fuzz.py" "$url" --cases "$cases" --seed "$seed"

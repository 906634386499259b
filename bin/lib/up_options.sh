# shellcheck shell=bash
# The command line and the environment of bin/up: what runs, how often, on which ports.

up_usage() {
    cat <<END
Usage: bin/up [--brokers N] [--web N] [--workers N] [--realtime N] [--seed-orders N] [--reset]
              [--check] [--any-ports]

Sets up what is missing, builds, and runs the whole shop on this machine until Ctrl-C: a private
PostgreSQL and Kafka (unless DATABASE_URL / KAFKA_BROKERS name others), web, worker, realtime and
the gateway. Data is kept in tmp/ from run to run, logs are in tmp/log.

  --brokers N      Kafka brokers (1); a number other than that of the data needs --reset
  --web N          processes of each kind (1 each); the n-th takes its base port + n - 1
  --workers N
  --realtime N
  --seed-orders N  also make N orders to look at
  --reset          delete the private servers' data first
  --check          run the sample orders, say what happened, and end: exit 0 good, 1 not
  --any-ports      take free ports instead of the usual ones (they are written to tmp/up.env)

Ports, and the variables that move them: gateway GATEWAY_PORT (3008) and UI_PORT (3000), web PORT
(3003) and WEB_OPS_PORT (9303), realtime REALTIME_PORT (3009) and REALTIME_OPS_PORT (9309), worker
WORKER_OPS_PORT (9300), payment sandbox PAYMENT_PORT (3005), PostgreSQL POSTGRES_PORT (5433), Kafka
KAFKA_PORT (9092) and KAFKA_CONTROLLER_PORT (9192). CARAFE_PRESET=dev runs another build than release.

Example: bin/up --workers 2 --realtime 2
END
}

parse_up_options() {
    brokers=1 webs=1 workers=1 realtimes=1 seed_orders=0 reset=false check=false any_ports=false
    while (($#)); do
        case $1 in
            -h | --help) up_usage && exit 0 ;;
            --reset) reset=true ;;
            --check) check=true ;;
            --any-ports) any_ports=true ;;
            --brokers | --web | --workers | --realtime | --seed-orders)
                need_count "$@"
                case $1 in
                    --brokers) brokers=$2 ;;
                    --web) webs=$2 ;;
                    --workers) workers=$2 ;;
                    --realtime) realtimes=$2 ;;
                    --seed-orders) seed_orders=$2 ;;
                esac
                shift
                ;;
            *) usage_error "unknown argument '$1'" ;;
        esac
        shift
    done
    local count
    for count in "$brokers" "$webs" "$workers" "$realtimes"; do
        ((count >= 1 && count <= 20)) || usage_error "a number of processes is 1 to 20, not $count"
    done
}

# Sets every port variable that is not set yet; the n-th process counts on from its base, so
# --any-ports spreads the bases 20 apart.
choose_ports() {
    local names=(GATEWAY_PORT UI_PORT PORT REALTIME_PORT WEB_OPS_PORT WORKER_OPS_PORT REALTIME_OPS_PORT
        POSTGRES_PORT KAFKA_PORT PAYMENT_PORT KAFKA_CONTROLLER_PORT)
    local usual=(3008 3000 3003 3009 9303 9300 9309 5433 9092 3005 9192) index base=0
    ! $any_ports || base=$(free_port_range)
    for index in "${!names[@]}"; do
        if $any_ports; then
            printf -v "${names[index]}" '%s' "$((base + index * 20))"
        else
            printf -v "${names[index]}" '%s' "${!names[index]:-${usual[index]}}"
        fi
        export "${names[index]?}"
    done
}

# The first of 220 ports in a row of which nobody listens on any.
free_port_range() {
    local base listening
    listening=$(ss -H -l -t -n | awk '{print $4}' | sed 's/.*://')
    while :; do
        base=$((20000 + RANDOM % 53 * 220))
        awk -v base="$base" '$1 >= base && $1 < base + 220 {found = 1} END {exit found}' <<<"$listening" && break
    done
    printf '%s' "$base"
}

# claim_ports BASE VARIABLE PURPOSE COUNT
claim_ports() {
    local index
    for ((index = 0; index < $4; index++)); do claim_port "$(($1 + index))" "$2" "$3"; done
}

# shellcheck disable=SC2153 # choose_ports sets them by name
claim_all_ports() {
    claim_port "$GATEWAY_PORT" GATEWAY_PORT gateway
    claim_port "$UI_PORT" UI_PORT "the UI"
    claim_ports "$PORT" PORT web "$webs"
    claim_ports "$WEB_OPS_PORT" WEB_OPS_PORT "web's ops port" "$webs"
    claim_ports "$REALTIME_PORT" REALTIME_PORT realtime "$realtimes"
    claim_ports "$REALTIME_OPS_PORT" REALTIME_OPS_PORT "realtime's ops port" "$realtimes"
    claim_ports "$WORKER_OPS_PORT" WORKER_OPS_PORT "worker's ops port" "$workers"
    claim_port "$PAYMENT_PORT" PAYMENT_PORT "the payment sandbox"
    ! $own_postgres || claim_port "$POSTGRES_PORT" POSTGRES_PORT PostgreSQL
    if $own_kafka; then
        claim_ports "$KAFKA_PORT" KAFKA_PORT Kafka "$brokers"
        claim_ports "$KAFKA_CONTROLLER_PORT" KAFKA_CONTROLLER_PORT "Kafka's quorum" "$brokers"
    fi
}

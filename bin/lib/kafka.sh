# shellcheck shell=bash
# Private KRaft brokers, each broker and controller in one: data in tmp/kafka/<node>. Expects
# process.sh. Node n listens on KAFKA_PORT + n - 1 and, for the quorum, KAFKA_CONTROLLER_PORT + n - 1.

kafka_data=$CARAFE_STATE/kafka

# A random id as Kafka writes them: 16 bytes in base64url. It must not start with a dash.
random_kafka_id() {
    local id=-
    while [[ $id == -* ]]; do
        id=$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=')
    done
    printf '%s\n' "$id"
}

# kafka_list N BASE PREFIX SUFFIX: "1@127.0.0.1:9192,2@..." with {n} for the node's number.
kafka_list() {
    local count=$1 base=$2 format=$3 node joined=
    for ((node = 1; node <= count; node++)); do
        joined+=${joined:+,}${format//\{n\}/$node}$((base + node - 1))
    done
    printf '%s' "$joined"
}
kafka_bootstrap() { kafka_list "$1" "$2" 127.0.0.1:; }

# kafka_properties NODE COUNT PORT CONTROLLER_PORT: server.properties of one node.
kafka_properties() {
    local node=$1 count=$2 port=$(($3 + $1 - 1)) controller=$(($4 + $1 - 1)) copies=$(($2 < 3 ? $2 : 3))
    cat <<END
process.roles=broker,controller
node.id=$node
controller.quorum.voters=$(kafka_list "$count" "$4" '{n}@127.0.0.1:')
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs=$kafka_data/$node/data
num.partitions=3
default.replication.factor=$copies
min.insync.replicas=$((copies < 3 ? 1 : 2))
auto.create.topics.enable=false
# Kafka's own topics: few partitions, as the coordinators load them all before the first commit.
offsets.topic.num.partitions=4
offsets.topic.replication.factor=$copies
transaction.state.log.num.partitions=2
transaction.state.log.replication.factor=$copies
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=$copies
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# KIP-848 groups take their time-outs from the broker.
group.consumer.min.session.timeout.ms=6000
group.consumer.session.timeout.ms=6000
group.consumer.min.heartbeat.interval.ms=1000
group.consumer.heartbeat.interval.ms=1000
num.network.threads=2
num.io.threads=2
# The default takes 128 MiB of heap.
log.cleaner.dedupe.buffer.size=2097153
# A broker that dies is missed within three seconds, not within nine. One that is alone is missed by
# nobody, and must not be taken for dead on a busy machine.
controller.quorum.election.timeout.ms=500
controller.quorum.fetch.timeout.ms=1000
broker.session.timeout.ms=$((count == 1 ? 30000 : 3000))
broker.heartbeat.interval.ms=500
END
}

# format_kafka COUNT PORT CONTROLLER_PORT: writes the configuration of all nodes and formats those
# that are new. The number of nodes is part of the data: it stays until --reset.
format_kafka() {
    local count=$1 node cluster
    mkdir -p "$kafka_data" "$process_log_dir"
    [[ -s $kafka_data/cluster_id ]] || random_kafka_id >"$kafka_data/cluster_id"
    cluster=$(<"$kafka_data/cluster_id")
    if [[ -s $kafka_data/nodes && $(<"$kafka_data/nodes") != "$count" ]]; then
        die "the data in $kafka_data is of $(<"$kafka_data/nodes") broker(s): use --brokers $(<"$kafka_data/nodes"), or --reset"
    fi
    for ((node = 1; node <= count; node++)); do
        mkdir -p "$kafka_data/$node"
        kafka_properties "$node" "$@" >"$kafka_data/$node/server.properties"
        kafka_java kafka.tools.StorageTool format -t "$cluster" \
            -c "$kafka_data/$node/server.properties" --ignore-formatted >"$process_log_dir/kafka-format.log" 2>&1 ||
            die "Kafka's data could not be formatted, see $process_log_dir/kafka-format.log"
    done
    printf '%s\n' "$count" >"$kafka_data/nodes"
}

# What bin/up and the specs want: a broker that starts fast, beside others, in little memory.
kafka_jvm=(-Xms96m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1)
# As in service: the heap that Kafka's own start script gives it, in large pages, and whatever the compiler can do.
# shellcheck disable=SC2034 # bin/bench measures with it
kafka_jvm_in_service=(-Xms1g -Xmx1g -XX:+UseSerialGC -XX:+UseTransparentHugePages)

# The class path is quoted all along: expanded by the shell, Java would run the second jar.
kafka_program=(
    -Djava.awt.headless=true "-Dlog4j2.configurationFile=$CARAFE_ROOT/bin/lib/kafka-log4j2.xml" -cp "$kafka_home/libs/*"
)
kafka_java() { java "${kafka_jvm[@]}" "${kafka_program[@]}" "$@"; }

# kafka_command NODE: fills the array kafka_argv.
kafka_command() {
    # shellcheck disable=SC2034 # read by callers
    kafka_argv=(java "${kafka_jvm[@]}" "${kafka_program[@]}" kafka.Kafka "$kafka_data/$1/server.properties")
}

# kafka_started NAME: whether the process NAME, whose log began with this start, is ready.
kafka_started() { grep -q 'Kafka Server started' "$process_log_dir/$1.log" 2>/dev/null; }

#!/usr/bin/env bash
# A broker of a spec's own, to be killed: own_broker.sh FOLDER PORT CONTROLLER_PORT [COUNT NODE]. It
# becomes node NODE of COUNT (1 of 1); started again in the same folder it goes on with its data. Its
# output says "Kafka Server started". NODE 0 only writes what the others need.
# shellcheck source-path=SCRIPTDIR
export CARAFE_STATE_DIR=$1
source "$(dirname "${BASH_SOURCE[0]}")/../../bin/lib/common.sh"
source "$CARAFE_ROOT/bin/lib/process.sh"
source "$CARAFE_ROOT/bin/lib/kafka.sh"

count=${4:-1} node=${5:-1}
[[ $count != 1 && $node != 0 ]] || format_kafka "$count" "$2" "$3"
((node > 0)) || exit 0
kafka_command "$node"
exec "${kafka_argv[@]}"

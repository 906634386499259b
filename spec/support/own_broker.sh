#!/usr/bin/env bash
# A broker of a spec's own, to be killed: own_broker.sh FOLDER PORT CONTROLLER_PORT. It becomes the
# broker; started again in the same folder it goes on with its data. Its output says "Kafka Server started".
# shellcheck source-path=SCRIPTDIR
export CARAFE_STATE_DIR=$1
source "$(dirname "${BASH_SOURCE[0]}")/../../bin/lib/common.sh"
source "$CARAFE_ROOT/bin/lib/process.sh"
source "$CARAFE_ROOT/bin/lib/kafka.sh"

format_kafka 1 "$2" "$3"
kafka_command 1
exec "${kafka_argv[@]}"

#!/usr/bin/env bash
# Runs a command with the Node of the UI first in PATH, in app/ui when it is told to: used by ctest.
# Usage: bin/lib/with_ui_node.sh [--in-ui] COMMAND...
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$CARAFE_ROOT/bin/lib/ui.sh"

if [[ ${1:-} == --in-ui ]]; then
    shift
    [[ -f $ui_source/src/api/schema.gen.ts ]] || generate_ui_types
    cd "$ui_source"
    PATH=$ui_source/node_modules/.bin:$PATH
fi
PATH=$(ui_node_bin):$PATH
exec "$@"

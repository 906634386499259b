# shellcheck shell=bash
# What the shell specs share: `it SENTENCE COMMAND...` runs a command in a subshell of its own and
# says whether it succeeded; the script then exits 1 if any did not.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
scratch=$(mktemp -d /tmp/carafe-spec.XXXXXX)
failures=0
it() {
    local sentence=$1 status=0
    shift
    # Not in a condition: there `set -e` would not hold inside.
    set +e
    (
        set -e
        "$@"
    ) >"$scratch/output" 2>&1
    status=$?
    set -e
    if ((status == 0)); then
        printf 'ok      %s\n' "$sentence"
    else
        printf 'FAILED  %s\n' "$sentence"
        sed 's/^/        /' "$scratch/output"
        failures=$((failures + 1))
    fi
}
finish_spec() {
    local status=$?
    rm -rf "$scratch"
    ((failures == 0)) || exit 1
    exit "$status"
}
trap finish_spec EXIT

# expect_text TEXT COMMAND...: the command's output holds TEXT.
expect_text() {
    local text=$1 output
    shift
    output=$("$@" 2>&1) || true
    grep -qF -- "$text" <<<"$output" || {
        printf 'expected: %s\nfrom: %s\ngot:\n%s\n' "$text" "$*" "$output"
        return 1
    }
}
# expect_status STATUS COMMAND...
expect_status() {
    local wanted=$1 status=0
    shift
    "$@" || status=$?
    ((status == wanted)) || {
        printf 'expected exit %s, got %s from: %s\n' "$wanted" "$status" "$*"
        return 1
    }
}

#!/usr/bin/env bash
# The alert rules and the dashboard: they are well-formed, fire when they should, and speak of metrics
# that there are.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../../support/house.sh"

rules=$root/deploy/prometheus/carafe_rules.yml
dashboard=$root/deploy/grafana/carafe.json

# metrics_of FILE: the names it speaks of; those of a histogram without their endings.
metrics_of() { grep -oE '\bcarafe_[a-z_]+' "$1" | sed -E 's/_(bucket|count|sum)$//' | grep -v '^carafe_rules' | sort -u; }
exports_what() {
    local name missing=0
    while IFS= read -r name; do
        grep -rqF "\"$name\"" "$root/framework/src" || { echo "nobody exports $name"; missing=1; }
    done < <(metrics_of "$1")
    return "$missing"
}
has_an_action_for_each_alert() {
    [[ $(grep -c 'alert:' "$rules") == $(grep -c 'action:' "$rules") ]]
}
tests_each_alert() {
    local name missing=0
    while IFS= read -r name; do
        grep -q "$name" "${rules%.yml}_test.yml" || { echo "$name is not tested"; missing=1; }
    done < <(sed -n 's/.*alert: //p' "$rules")
    return "$missing"
}

it "promtool takes the rules" promtool check rules "$rules"
it "each alert fires when it should and not before" promtool test rules "${rules%.yml}_test.yml"
it "each alert is tested" tests_each_alert
it "each alert says what to do" has_an_action_for_each_alert
it "the rules speak of metrics that there are" exports_what "$rules"
it "the dashboard is JSON" jq -e '.panels | length > 10' "$dashboard"
it "the dashboard speaks of metrics that there are" exports_what "$dashboard"

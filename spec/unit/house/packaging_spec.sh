#!/usr/bin/env bash
# What a package of the framework has besides libraries: the project that `carafe new` makes, systemd
# units, Kubernetes manifests.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../../support/house.sh"

packaging=$root/packaging
validate=${CARAFE_CACHE_DIR:-$HOME/.cache/carafe}/manifests/bin/kubernetes-validate

# As installed: the command beside share/carafe.
mkdir -p "$scratch/usr/bin" "$scratch/usr/share/carafe"
cp "$packaging/carafe" "$scratch/usr/bin/carafe"
cp -r "$packaging/template" "$scratch/usr/share/carafe/template"
echo "carafe 1.2.3" >"$scratch/usr/share/carafe/version"
carafe=$scratch/usr/bin/carafe

names_everything_after_the_project() {
    cd "$scratch"
    "$carafe" new night_owl
    test -f night_owl/consumers/night_owl_consumer.h
    grep -q 'class NightOwlConsumer' night_owl/consumers/night_owl_consumer.h
    grep -q 'project(night_owl CXX)' night_owl/CMakeLists.txt
    expect_status 1 grep -riE 'hello|\.in$' night_owl
    [[ -z $(find night_owl -name '*hello*' -o -name '*.in') ]]
}
goes_where_it_is_told() {
    cd "$scratch"
    "$carafe" new owl --directory "some where/else"
    test -f "some where/else/karafka.yml"
}
refuses() { # NAME TEXT
    cd "$scratch"
    expect_status 2 "$carafe" new "$1"
    expect_text "$2" "$carafe" new "$1"
    expect_status 1 test -e "$scratch/$1/karafka.yml"
}
overwrites_nothing() {
    cd "$scratch"
    mkdir -p taken
    echo mine >taken/README.md
    expect_status 2 "$carafe" new taken
    grep -qx mine taken/README.md
}
has_help() {
    expect_text "Example: carafe new" "$carafe" --help
    expect_text "carafe 1.2.3" "$carafe" --version
    expect_status 2 "$carafe" frobnicate
}
verifies_units() {
    local unit
    for unit in "$packaging"/systemd/*@.service; do
        cp "$unit" "$scratch/$(basename "${unit/@/@greeter}")"
        systemd-analyze verify "$scratch/$(basename "${unit/@/@greeter}")"
    done
}
finds_a_mistake_in_a_unit() {
    sed 's/^Type=notify/Type=notifi/' "$packaging/systemd/carafe-worker@.service" >"$scratch/broken@greeter.service"
    expect_text "notifi" systemd-analyze verify "$scratch/broken@greeter.service"
}
knows_manifests() {
    test -x "$validate" || { echo "run bin/setup"; return 1; }
    "$validate" --strict "$packaging"/kubernetes/*.yml
}
finds_a_mistake_in_a_manifest() {
    sed 's/terminationGracePeriodSeconds: 40/terminationGracePeriod: 40/' "$packaging/kubernetes/worker.yml" \
        >"$scratch/broken.yml"
    expect_status 1 "$validate" --strict "$scratch/broken.yml"
}
# Both stop a worker by force; it must have had the time to stop by itself.
gives_time_to_stop() {
    local seconds
    seconds=$(sed -n 's/.*terminationGracePeriodSeconds: //p' "$packaging/kubernetes/worker.yml")
    ((seconds > $(sed -n 's/.*shutdown_timeout: \([0-9]*\)s/\1/p' "$packaging/kubernetes/worker.yml") + 3))
    seconds=$(sed -n 's/TimeoutStopSec=//p' "$packaging/systemd/carafe-worker@.service")
    ((seconds > 25 + 3))
}

it "carafe new names everything after the project" names_everything_after_the_project
it "carafe new goes where it is told" goes_where_it_is_told
it "carafe new refuses a name with capitals" refuses Owl "lower-case"
it "carafe new refuses a name that leaves the folder" refuses ../owl "lower-case"
it "carafe new refuses a name that a target has" refuses test "cannot be the name"
it "carafe new overwrites nothing" overwrites_nothing
it "carafe has help, a version, and no other commands" has_help
it "systemd-analyze finds nothing wrong with the units" verifies_units
it "systemd-analyze would find a mistake" finds_a_mistake_in_a_unit
it "the manifests are what Kubernetes knows" knows_manifests
it "a mistake in a manifest would be found" finds_a_mistake_in_a_manifest
it "a worker has the time to stop by itself" gives_time_to_stop

#!/usr/bin/env bash
# bin/setup says what it cannot do, trusts no archive it does not know, and leaves nothing half done.
# The registries' clients are stood in for by programs that misbehave on purpose.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../../support/house.sh"

chmod 755 "$scratch"
mkdir -p "$scratch/checkout"
cp -r "$root/bin" "$scratch/checkout/"

# with_program NAME BODY: puts a program of that name first on the path.
with_program() {
    mkdir -p "$scratch/programs"
    printf '#!/bin/bash\n%s\n' "$2" >"$scratch/programs/$1"
    chmod 755 "$scratch/programs/$1"
}
# A cache that has librdkafka and Kafka, but for what a spec takes away.
fresh_cache() {
    rm -rf "$scratch/programs" "$scratch/cache"
    mkdir -p "$scratch/cache"/{librdkafka-2.15.1/include/librdkafka,kafka-4.3.1/libs}
    touch "$scratch/cache/librdkafka-2.15.1/include/librdkafka/rdkafka.h"
}
setup() { PATH=$scratch/programs:$PATH CARAFE_CACHE_DIR=$scratch/cache "$scratch/checkout/bin/setup"; }

names_what_is_missing() {
    local as=()
    fresh_cache
    chmod -R go+rX "$scratch/checkout"
    (($(id -u) != 0)) || as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    with_program dpkg-query 'printf "ii cmake\nii git\n"'
    with_program sudo 'exit 1'
    chmod 777 "$scratch/cache" "$scratch/checkout"
    HOME=$scratch expect_status 1 "${as[@]}" bash -c "$(declare -f setup); scratch=$scratch; setup" >"$scratch/said" 2>&1
    expect_text 'apt-get install --no-install-recommends build-essential ca-certificates ccache' cat "$scratch/said"
    expect_text 'libpqxx-dev' cat "$scratch/said"
    expect_status 1 grep -qw cmake "$scratch/said"
}
refuses_an_unknown_archive() {
    fresh_cache
    rm -r "$scratch/cache/librdkafka-2.15.1"
    with_program pkg-config 'exit 1'
    # shellcheck disable=SC2016 # expanded in the stand-in
    with_program npm 'while (($#)); do [[ $1 != --pack-destination ]] || echo evil >"$2/confluentinc-kafka-javascript-1.10.1.tgz"; shift; done'
    expect_status 1 setup >"$scratch/said" 2>&1
    expect_text 'is not the archive that was checked in' cat "$scratch/said"
    expect_status 1 test -e "$scratch/cache/librdkafka-2.15.1"
}
leaves_nothing_half_done() {
    local setup_pid
    fresh_cache
    rm -r "$scratch/cache/kafka-4.3.1"
    # shellcheck disable=SC2016 # expanded in the stand-in
    local place='for a in "$@"; do [[ $a != -DoutputDirectory=* ]] || libs=${a#*=}; done; mkdir -p "$libs"; echo $$ >"$libs/kafka_2.13-4.3.1.jar"'
    with_program mvn "$place; touch $scratch/half; exec sleep 60"
    PATH=$scratch/programs:$PATH CARAFE_CACHE_DIR=$scratch/cache "$scratch/checkout/bin/setup" &
    setup_pid=$!
    for _ in {1..500}; do [[ ! -e $scratch/half ]] || break; sleep 0.02; done
    kill -TERM "$setup_pid"
    expect_status 143 wait "$setup_pid"
    expect_status 1 test -e "$scratch/cache/kafka-4.3.1"
    with_program mvn "$place"
    setup
    test -s "$scratch/cache/kafka-4.3.1/libs/kafka_2.13-4.3.1.jar"
    expect_status 1 test -e "$scratch/cache/.work"
}
waits_for_another_run() {
    fresh_cache
    exec 5>"$scratch/cache/.setup.lock"
    flock 5
    setup 5>&- >"$scratch/said" 2>&1 &
    # It can only end once the lock is free.
    sleep 0.5
    kill -0 $!
    exec 5>&-
    wait $!
}
takes_no_time_when_all_is_there() {
    local before=$SECONDS
    fresh_cache
    setup
    ((SECONDS - before < 5))
}
it "without root and sudo it names the missing packages, and only those" names_what_is_missing
it "an archive with another hash is refused" refuses_an_unknown_archive
it "an interrupted run leaves nothing that looks finished" leaves_nothing_half_done
it "two runs at once take turns" waits_for_another_run
it "when all is there it takes less than 5 s" takes_no_time_when_all_is_there

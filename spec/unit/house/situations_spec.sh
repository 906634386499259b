#!/usr/bin/env bash
# Each situation of the engine has a spec of its name and a bug that it must catch; bin/situations
# --mutants tries them.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../../support/house.sh"

there_are_many() {
    local count
    count=$(find "$root"/spec/{integration,chaos}/situations -name '*_spec.cpp' | wc -l)
    ((count >= 40)) || {
        printf '%s situations\n' "$count"
        return 1
    }
}
bugs_apply() {
    local patch wrong=0
    for patch in "$root"/spec/situations/mutants/*.patch; do
        patch --dry-run -s -N -p1 -d "$root" <"$patch" || {
            printf '%s does not apply: write it anew\n' "$(basename "$patch")"
            wrong=1
        }
    done
    return "$wrong"
}
refuses_one_without_a_bug() {
    mkdir -p "$scratch/house/spec/"{integration,chaos}/situations "$scratch/house/spec/situations/mutants"
    cp -r "$root/bin" "$scratch/house/"
    printf 'TEST_F(Situation, nobody_checks_it) {}\n' >"$scratch/house/spec/integration/situations/nobody_checks_it_spec.cpp"
    expect_status 1 "$scratch/house/bin/situations" >"$scratch/said" 2>&1
    expect_text 'nobody_checks_it: no bug' cat "$scratch/said"
}

it "every situation has a spec of its name and a bug" "$root/bin/situations"
it "there are at least 40" there_are_many
it "every bug applies to the sources" bugs_apply
it "a situation without a bug is refused" refuses_one_without_a_bug

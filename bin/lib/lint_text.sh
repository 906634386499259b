# shellcheck shell=bash
# The checks of bin/lint that read sources as text. Each prints "path:line: what is wrong" and
# returns 1 when it printed anything. They run in the root of what they check. Expects sources.sh.

# "what is included | where that may be | where to go instead". Patterns are extended regular expressions.
layering_rules=(
    # The fixtures of carafe::testing put records on topics that no producer of ours would write.
    '<librdkafka/ | ^framework/(src/kafka|testing/src|benchmarks)/|^spec/[a-z]+/kafka/ | librdkafka belongs to framework/src/kafka'
    '<yaml-cpp/ | ^framework/src/config/ | yaml-cpp belongs to framework/src/config'
    '<pistache/ | ^framework/(src/http|benchmarks)/ | Pistache belongs to framework/src/http'
    '<boost/(beast|asio) | ^framework/src/realtime/|^spec/[a-z]+/realtime/ | Boost.Beast and Asio belong to framework/src/realtime'
    '<(curl|protozero)/ | ^framework/src/tracing/|^app/payments/|^spec/[a-z]+/tracing/ | curl and protozero belong to framework/src/tracing, or to the app'
    '<CLI/ | ^framework/(src/cli/(commands|application)\.cpp|benchmarks/) | CLI11 belongs to commands.cpp of framework/src/cli, behind Subcommand'
    '<(spdlog|prometheus)/ | ^framework/src/instrumentation/|^spec/[a-z]+/instrumentation/ | logging and metrics go through carafe/log.h and carafe/metrics.h'
    '<pqxx | ^framework/(include/carafe|src|testing/src|testing/include/carafe/testing)/postgres/|^framework/testing/|^(app|consumers|spec)/ | SQL belongs to framework/src/postgres, or to the app'
    '<(sodium|jwt)\.h> | ^app/|^spec/[a-z]+/shop/ | passwords and tokens belong to the app'
    '"(app|consumers|routes|shop|db)/ | ^(app|consumers|routes|spec)/ | the framework knows nothing of the app'
    '"routes/ | ^(app/boot|routes|spec)/ | only app/boot and the routes know the routes'
    '"app/boot/ | ^(app/boot|spec)/ | nothing knows app/boot'
    '"app/controllers/ | ^(app|routes|spec)/ | consumers do not know controllers'
    '"\.\./ | ^$ | include from the root of the include path, not by ../'
    '<(boost|yaml-cpp|librdkafka|pistache|CLI|spdlog|fmt|prometheus|nlohmann)/ | ^(framework/(src|testing/src|benchmarks)|app|consumers|routes|spec)/ | public headers of the framework name no third-party header but pqxx'
)

check_layering() {
    local rule included allowed advice found=0 hit path
    for rule in "${layering_rules[@]}"; do
        # A pattern may hold "|" itself, so fields are separated by it with blanks around.
        included=${rule%% | *}
        allowed=${rule#* | }
        advice=${allowed##* | }
        allowed=${allowed%% | *}
        while IFS= read -r hit; do
            path=${hit%%:*}
            [[ $path =~ $allowed ]] && continue
            printf '%s: %s\n' "$(cut -d: -f1,2 <<<"$hit")" "$advice"
            found=1
        done < <(cpp_sources | xargs -r grep -nHE "^[[:space:]]*#[[:space:]]*include[[:space:]]+$included" || true)
    done
    check_framework_includes || found=1
    return "$found"
}

# A quoted include of the framework names a file of the framework.
check_framework_includes() {
    local hit path name root found=0
    while IFS= read -r hit; do
        path=${hit%%:*}
        name=${hit#*\"}
        name=${name%%\"*}
        for root in framework/include framework/src framework/testing/include "$(dirname "$path")"; do
            [[ ! -f $root/$name ]] || continue 2
        done
        printf '%s: "%s" is no file of the framework\n' "$(cut -d: -f1,2 <<<"$hit")" "$name"
        found=1
    done < <(cpp_sources | grep '^framework/' | xargs -r grep -nHE '^[[:space:]]*#[[:space:]]*include[[:space:]]+"' || true)
    return "$found"
}

# max_lines PATH: how long a file of this kind may be.
max_lines() {
    case $1 in
        spec/*) echo 400 ;;
        *.h) echo 160 ;;
        *) echo 400 ;;
    esac
}
check_lengths() {
    local path lines limit found=0
    while IFS= read -r path; do
        lines=$(wc -l <"$path")
        limit=$(max_lines "$path")
        if ((lines > limit)); then
            printf '%s:%d: %d lines, at most %d: a file is one idea, split it\n' "$path" "$lines" "$lines" "$limit"
            found=1
        fi
    done < <(list_sources '*.h' '*.cpp' '*.mjs' '*.ts' '*.tsx' '*.sh' 'bin/*')
    return "$found"
}

# Specs live in *_spec files, and their names are sentences: TEST(Pool, replaces_a_broken_connection).
check_spec_names() {
    local path name found=0
    while IFS= read -r path; do
        if [[ $path != *_spec.cpp ]] && grep -qE '^TEST(_F|_P)?\(' "$path"; then
            printf '%s:1: holds specs, so its name ends in _spec.cpp\n' "$path"
            found=1
        fi
        while IFS= read -r name; do
            [[ ! $name =~ ^[a-z0-9]+(_[a-z0-9]+)+$ ]] || continue
            printf '%s:%s: spec "%s" is not a sentence in snake_case\n' "$path" \
                "$(grep -nF "$name" "$path" | head -n 1 | cut -d: -f1)" "$name"
            found=1
        done < <(tr '\n' ' ' <"$path" | grep -oE '\bTEST(_F|_P)?\( *[A-Za-z0-9_]+, *[A-Za-z0-9_]+' | sed -E 's/.*, *//')
        # A skipped spec looks like a passed one.
        if grep -nHE '\bGTEST_SKIP\b|\bDISABLED_' "$path" | sed -E 's/^([^:]*:[0-9]+):.*/\1: a spec is never skipped/' | grep .; then
            found=1
        fi
    done < <(list_sources 'spec/*.cpp' 'framework/*.cpp' 'app/*.cpp')
    return "$found"
}

# A seeded bug whose place has changed would apply somewhere else, or prove nothing.
check_mutants() {
    local path found=0
    while IFS= read -r path; do
        if ! mutant_applies "$path" .; then
            printf '%s:1: does not apply any more: write it anew\n' "$path"
            found=1
        fi
    done < <(list_sources 'spec/*.patch')
    return "$found"
}

check_shell() {
    local programs
    mapfile -t programs < <(list_sources 'bin/*' '.ci/*' '*.sh' | grep -v '^bin/lib/' | xargs -r grep -lE '^#!.*\bbash' || true)
    ((${#programs[@]} == 0)) || shellcheck --external-sources --check-sourced "${programs[@]}"
}

check_format() {
    cpp_sources | xargs -r -P "$(nproc)" -n 20 clang-format --dry-run --Werror
}

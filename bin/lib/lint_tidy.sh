# shellcheck shell=bash
# clang-tidy over the sources that have a compile command, in parallel. A file that passed is not
# looked at again until it, a header it includes, its command or .clang-tidy changes. Several sources
# are looked at as one: most of the time goes into the headers of libraries, which they share. Expects
# build.sh and sources.sh.

tidy_build=$CARAFE_ROOT/build/dev
tidy_cache=$CARAFE_CACHE/tidy
tidy_batch_size=10

# "source <tab> object <tab> command" for each source of ours but the specs.
tidy_commands() {
    jq -r --arg root "$CARAFE_ROOT/" '.[]
        | select(.file | startswith($root))
        | .source = (.file | ltrimstr($root))
        | select(.source | test("^(framework/(src|testing)|app|consumers|routes)/"))
        | [.source, (.command | capture(" -o (?<object>[^ ]+) ").object), .command] | @tsv' \
        "$tidy_build/compile_commands.json" | sort -u -t $'\t' -k1,1
}

# tidy_headers OBJECT COMMAND: the files a source is made of, from ninja's record of the last build,
# or from the preprocessor where that has none.
tidy_headers() {
    local record
    record=$(ninja -C "$tidy_build" -t deps "$1" 2>/dev/null | sed -n '/(VALID)/,/^$/s/^    //p') || true
    if [[ -n $record ]]; then
        printf '%s\n' "$record"
    else
        (cd "$tidy_build" && eval "${2/ -o * -c / -M }" 2>/dev/null) | tr -s '[:space:]\\' '\n' | grep -v ':$' || true
    fi
}

# tidy_key SOURCE OBJECT COMMAND: what the verdict depends on. Our files count by their content, the
# system's by time and size.
tidy_key() {
    local files
    files=$(cd "$tidy_build" && tidy_headers "$2" "$3" | xargs -r realpath -e 2>/dev/null | sort -u) || true
    {
        printf '%s\n' "$3" "$tidy_version"
        cat "$CARAFE_ROOT/.clang-tidy"
        grep "^$CARAFE_ROOT/" <<<"$files" | xargs -r sha256sum
        grep -v "^$CARAFE_ROOT/" <<<"$files" | xargs -r stat -c '%n %Y %s'
        # The same verdict in every checkout.
    } | sed "s|$CARAFE_ROOT|.|g" | sha256sum | cut -d' ' -f1
}

only_in_libraries() {
    local errors
    errors=$(grep -E '^[^ ]+: error: ' <<<"$1") && ! grep -qv '^/usr/' <<<"$errors"
}

# tidy_run DATABASE SOURCE: clang-tidy, with the analyzer's quick mode: its deep one takes as long again
# as all the rest together. What it finds in a library's header is not ours to mend.
tidy_run() {
    local output
    local analyzer=(--extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang --extra-arg=mode=shallow)
    output=$(cd "$CARAFE_ROOT" && clang-tidy -p "$1" --config-file="$CARAFE_ROOT/.clang-tidy" --quiet \
        --extra-arg=-Wno-unknown-warning-option "${analyzer[@]}" "$2" 2>&1) ||
        only_in_libraries "$output" || {
        printf '%s\n' "$output" | grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header' || true
        return 1
    }
}

# tidy_missing "SOURCE <tab> OBJECT <tab> COMMAND": "key <tab> source <tab> command" unless it has passed before.
tidy_missing() {
    local source object command key
    IFS=$'\t' read -r source object command <<<"$1"
    key=$(tidy_key "$source" "$object" "$command")
    [[ -e $tidy_cache/$key ]] || printf '%s\t%s\t%s\n' "$key" "$source" "$command"
}

# tidy_batch FILE: FILE has lines of tidy_missing whose commands differ in their sources alone. They are
# looked at as one source. Where that fails, each half is, down to single files, which say what is
# wrong: two files may only not bear each other, for a name that both have.
tidy_batch() {
    local list=$1 database key source command first half line status=0
    local -a lines
    mapfile -t lines <"$list"
    IFS=$'\t' read -r key source command <<<"${lines[0]}"
    if ((${#lines[@]} == 1)); then
        tidy_run "$tidy_build" "$source" || return 1
    else
        database=$(mktemp -d "$tidy_work/batch.XXXXXX")
        first=$CARAFE_ROOT/$source
        cut -f2 "$list" | sed "s|.*|#include \"$CARAFE_ROOT/&\"  // NOLINT|" >"$database/batch.cpp"
        jq -n --arg directory "$tidy_build" --arg file "$database/batch.cpp" --arg command "${command//"$first"/"$database/batch.cpp"}" \
            '[{$directory, $file, $command}]' >"$database/compile_commands.json"
        if ! tidy_run "$database" "$database/batch.cpp" >/dev/null; then
            half=$((${#lines[@]} / 2))
            printf '%s\n' "${lines[@]:0:half}" >"$database/first"
            printf '%s\n' "${lines[@]:half}" >"$database/second"
            tidy_batch "$database/first" || status=1
            tidy_batch "$database/second" || status=1
            return "$status"
        fi
    fi
    for line in "${lines[@]}"; do
        IFS=$'\t' read -r key source command <<<"$line"
        : >"$tidy_cache/$key"
        printf 'tidy: %s\n' "$source"
    done
}

# tidy_in_parallel FUNCTION: calls it with each NUL-terminated argument of the input.
tidy_in_parallel() {
    # shellcheck disable=SC2016 # expanded by the inner shell
    xargs -0 -r -P "${CARAFE_JOBS:-$(nproc)}" -I{} bash -c '"$1" "$2"' _ "$1" {}
}

# Splits lines of tidy_missing into files of at most tidy_batch_size with equal commands, whose sources can
# be looked at as one.
tidy_split() {
    local classed=$tidy_work/classed class
    awk -F '\t' '{
        flags = $3
        sub(/ -o .*/, "", flags)
        if (!(flags in class)) class[flags] = ++classes
        print class[flags] "\t" $0
    }' >"$classed"
    cut -f1 "$classed" | sort -u | while read -r class; do
        (cd "$CARAFE_ROOT" && awk -F '\t' -v class="$class" '$1 == class {print $3}' "$classed" |
            xargs awk -v size="$tidy_batch_size" -f framework/cmake/group_sources.awk) |
            awk -F '\t' -v class="$class" -v folder="$tidy_work" '
                NR == FNR {group[$2] = $1; next}
                $1 == class {print $2 "\t" $3 "\t" $4 > sprintf("%s/list.%s.%04d", folder, class, group[$3])}
            ' - "$classed"
    done
}

# check_tidy [PATTERN]: only sources that match it.
check_tidy() {
    mkdir -p "$tidy_cache"
    # New files are in the compile commands only after CMake has looked again.
    ninja -C "$tidy_build" build.ninja >/dev/null 2>&1
    find "$tidy_cache" -type f -mtime +60 -delete
    tidy_version=$(clang-tidy --version | grep -oE 'version [0-9.]+')
    tidy_work=$(mktemp -d)
    export CARAFE_ROOT tidy_build tidy_cache tidy_version tidy_work
    export -f tidy_batch tidy_missing tidy_run tidy_key tidy_headers only_in_libraries
    tidy_commands | grep -E "${1:-.}" | tr '\n' '\0' | tidy_in_parallel tidy_missing | sort -t $'\t' -k2 | tidy_split
    local status=0
    find "$tidy_work" -name 'list.*' -print0 | sort -z | tidy_in_parallel tidy_batch || status=1
    rm -rf "$tidy_work"
    return "$status"
}

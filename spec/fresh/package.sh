#!/usr/bin/env bash
# The Debian package in a new Debian 12 root, with no checkout in sight. See --help.
set -euo pipefail

usage() {
    cat <<END
Usage: spec/fresh/package.sh [--deb FILE] [--apt-archives] [--keep] [--limit SECONDS]

Builds the package (or takes FILE), makes a Debian 12 root with debootstrap, installs the package there
with apt, and then, against the clock: carafe new, configure, build, ctest. Also builds the project
with pkg-config alone, and looks that purging the package leaves nothing. Needs root, debootstrap and the
network. Everything it makes is gone afterwards.

  --deb FILE       a package that is there already
  --apt-archives   share this machine's downloaded Debian packages
  --keep           leave the root where it is, and say where
  --limit SECONDS  from carafe new to the passing test (120)

Example: sudo spec/fresh/package.sh
END
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
deb='' apt_archives=false keep=false limit=120
original_arguments=("$@")
while (($#)); do
    case $1 in
        -h | --help) usage && exit 0 ;;
        --deb) deb=$(realpath "$2") && shift ;;
        --apt-archives) apt_archives=true ;;
        --keep) keep=true ;;
        --limit) limit=$2 && shift ;;
        *) usage >&2 && exit 2 ;;
    esac
    shift
done

fail() {
    printf 'package: %s\n' "$*" >&2
    exit 1
}

package_steps() {
    local build=$1
    cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCARAFE_BUILD_SHOP=OFF \
        -DCARAFE_BUILD_SPECS=OFF "-DCMAKE_CXX_COMPILER_LAUNCHER=$(command -v ccache || true)"
    cmake --build "$build" --parallel "${CARAFE_JOBS:-$(nproc)}"
    cd "$build"
    rm -f carafe_*.deb
    cpack -G "DEB;TGZ"
}
make_package() {
    local build=$root/build/package
    export root
    export -f package_steps
    if ! bash -euc 'package_steps "$1"' _ "$build" >"$build.log" 2>&1; then
        tail -n 20 "$build.log" >&2
        fail "the package could not be built"
    fi
    deb=$(echo "$build"/carafe_*.deb)
    printf 'package: %s (%s)\n' "$deb" "$(du -h "$deb" | cut -f 1)"
}

# Outside: a folder, and ourselves again in namespaces of our own; mounts and processes end with them.
outside() {
    (($(id -u) == 0)) || fail "debootstrap and chroot need root: sudo $0"
    command -v debootstrap >/dev/null || fail "there is no debootstrap: apt-get install debootstrap"
    mkdir -p "$root/build"
    [[ -n $deb ]] || make_package
    target=$(mktemp -d /var/tmp/carafe-package.XXXXXX)
    chmod 755 "$target"
    trap leave EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    CARAFE_PACKAGE_TARGET=$target CARAFE_PACKAGE_DEB=$deb unshare --mount --pid --fork --kill-child \
        --propagation private bash "${BASH_SOURCE[0]}" "${original_arguments[@]}" &
    inside=$!
    wait "$inside"
}
leave() {
    local status=$?
    kill -KILL "${inside:-0}" 2>/dev/null || true
    wait 2>/dev/null || true
    if $keep; then printf 'The root stays in %s\n' "$target"; else rm -rf --one-file-system "$target"; fi
    exit "$status"
}

make_root() {
    debootstrap --variant=minbase --include=ca-certificates bookworm "$target" >"$target.log" 2>&1 ||
        { tail -n 20 "$target.log" >&2 && return 1; }
    rm -f "$target.log"
    cp /etc/resolv.conf "$target/etc/resolv.conf"
    if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
        cp /usr/local/share/ca-certificates/*.crt "$target/usr/local/share/ca-certificates/"
        chroot "$target" update-ca-certificates >/dev/null 2>&1
    fi
    mount -t proc proc "$target/proc"
    mount --rbind /dev "$target/dev"
    ! $apt_archives || mount --bind /var/cache/apt/archives "$target/var/cache/apt/archives"
}
# in_root COMMAND...: with an environment as new as the root, but for the way to the network.
in_root() {
    local name through=()
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
        [[ -z ${!name:-} ]] || through+=("$name=${!name}")
    done
    chroot "$target" /usr/bin/env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${through[@]}" /bin/bash -euc "$1"
}

inside() {
    target=$CARAFE_PACKAGE_TARGET
    mount -t proc proc /proc
    make_root
    cp "$CARAFE_PACKAGE_DEB" "$target/root/carafe.deb"
    in_root 'apt-get -q update && apt-get -q install -y --no-install-recommends /root/carafe.deb libgtest-dev' \
        >"$target/root/apt.log" 2>&1 || { tail -n 30 "$target/root/apt.log" >&2 && fail "apt-get install"; }
    in_root '! ldconfig -p | grep -q librdkafka' || fail "there is another librdkafka: it would prove nothing"

    local started=$SECONDS
    # shellcheck disable=SC2016  # the root's shell is to expand them
    in_root 'cd /root && carafe new greeter && cmake -S greeter -B greeter/build &&
        cmake --build greeter/build --parallel $(nproc) && ctest --test-dir greeter/build --output-on-failure'
    local took=$((SECONDS - started))
    printf '=== from carafe new to the passing test: %d s (at most %d)\n' "$took" "$limit"

    # shellcheck disable=SC2016
    in_root 'cd /root/greeter && g++ -std=c++20 -I. main.cpp routes/consumers.cpp consumers/greeter_consumer.cpp \
        $(pkg-config --cflags --libs carafe) -o /root/by-pkg-config && /root/by-pkg-config routes check --offline &&
        /root/by-pkg-config info | grep "librdkafka *2\\.1"'
    printf '=== pkg-config: good\n'
    in_root 'apt-get -q purge -y carafe >/dev/null && ! find /usr -path "*carafe*" | grep .'
    printf '=== purged without a trace\n'
    ((took <= limit)) || fail "$took s are too long"
}

if [[ -n ${CARAFE_PACKAGE_TARGET:-} ]]; then inside; else outside; fi

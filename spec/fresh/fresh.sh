#!/usr/bin/env bash
# From nothing: in a new Debian 12 root with only git and ca-certificates, a clone of this repository
# runs `bin/up --check` and `bin/test` within 25 minutes each. See --help.
set -euo pipefail

usage() {
    cat <<END
Usage: spec/fresh/fresh.sh [--setup-only | --ci] [--keep] [--apt-archives] [--limit SECONDS]

Makes a Debian 12 root with debootstrap (minbase, git, ca-certificates), clones the committed HEAD of
this checkout into it, and runs bin/up --check, bin/setup again (under 5 s) and bin/test there. Needs
root, debootstrap and the network. Everything it makes is gone afterwards, however it ends.

  --setup-only     only bin/setup and the release build, not the running system
  --ci             bin/ci as a whole instead, on a machine without caches, within an hour
  --keep           leave the root where it is, and say where
  --apt-archives   share this machine's downloaded Debian packages
  --limit SECONDS  what bin/up --check and bin/test may each take (1500)

Example: sudo spec/fresh/fresh.sh
END
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
setup_only=false ci=false keep=false apt_archives=false limit=1500
original_arguments=("$@")
while (($#)); do
    case $1 in
        -h | --help) usage && exit 0 ;;
        --setup-only) setup_only=true ;;
        --ci) ci=true && limit=3600 ;;
        --keep) keep=true ;;
        --apt-archives) apt_archives=true ;;
        --limit) limit=$2 && shift ;;
        *) usage >&2 && exit 2 ;;
    esac
    shift
done

fail() {
    printf 'fresh: %s\n' "$*" >&2
    exit 1
}

# Outside: makes the folder, runs itself in namespaces of its own, removes the folder. Mounts and
# processes of the namespaces end with them, even when we are killed.
outside() {
    (($(id -u) == 0)) || fail "debootstrap and chroot need root: sudo $0"
    command -v debootstrap >/dev/null || fail "there is no debootstrap: apt-get install debootstrap"
    target=$(mktemp -d /var/tmp/carafe-fresh.XXXXXX)
    chmod 755 "$target" # the root of a system is open to its users: PostgreSQL's is one
    trap leave EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # The wait lets a signal through at once; --kill-child ends the inside with us.
    CARAFE_FRESH_TARGET=$target unshare --mount --pid --fork --kill-child --propagation private \
        bash "${BASH_SOURCE[0]}" "${original_arguments[@]}" &
    inside=$!
    wait "$inside"
}
leave() {
    local status=$?
    kill -KILL "${inside:-0}" 2>/dev/null || true
    wait 2>/dev/null || true
    if $keep; then
        printf 'The root stays in %s\n' "$target"
    else
        rm -rf --one-file-system "$target"
    fi
    exit "$status"
}

# timed TITLE SECONDS COMMAND...: says how long it took, and fails when that was too long.
timed() {
    local title=$1 most=$2 started=$SECONDS status=0
    shift 2
    printf '=== %s\n' "$title"
    timeout --kill-after=30 "$most" "$@" || status=$?
    times+=("$(printf '%-24s %5d s  %s' "$title" $((SECONDS - started)) "$( ((status == 0)) && echo good || echo "failed ($status)")")")
    ((status == 0)) || {
        printf '%s\n' "${times[@]}"
        ((status != 124)) || fail "$title: not done within $most s"
        fail "$title: exit $status"
    }
}

make_root() {
    debootstrap --variant=minbase --include=git,ca-certificates bookworm "$target" >"$target.log" 2>&1 ||
        { tail -n 20 "$target.log" >&2 && return 1; }
    rm -f "$target.log"
    cp /etc/resolv.conf "$target/etc/resolv.conf"
    # Where the network is seen through a proxy, its certificate must be known inside too.
    if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
        cp /usr/local/share/ca-certificates/*.crt "$target/usr/local/share/ca-certificates/"
        chroot "$target" update-ca-certificates >/dev/null 2>&1
    fi
}
mount_root() {
    mount -t proc proc "$target/proc"
    mount --rbind /sys "$target/sys"
    mount --rbind /dev "$target/dev"
    ! $apt_archives || mount --bind /var/cache/apt/archives "$target/var/cache/apt/archives"
}
clone() {
    git -C "$root" -c safe.directory='*' bundle create -q "$target/carafe.bundle" HEAD
    in_root git -c advice.detachedHead=false clone -q /carafe.bundle /root/carafe
}

# in_root COMMAND...: with an environment as new as the root, but for the way to the network.
in_root() {
    local name through=()
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
        [[ -z ${!name:-} ]] || through+=("$name=${!name}")
    done
    chroot "$target" /usr/bin/env -i HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${through[@]}" \
        /bin/bash -c '[[ ! -d /root/carafe ]] || cd /root/carafe; exec "$@"' _ "$@"
}
inside() {
    target=$CARAFE_FRESH_TARGET
    times=()
    # timeout runs programs, not functions: they go to a bash of their own.
    export root target apt_archives
    export -f make_root clone in_root
    mount -t proc proc /proc
    timed "debootstrap" 600 bash -euc make_root
    mount_root
    timed "clone" 60 bash -euc clone
    if $setup_only; then
        timed "bin/setup" "$limit" bash -euc 'in_root bin/setup'
        timed "cmake --preset release" 120 bash -euc 'in_root cmake --preset release'
        timed "build" "$limit" bash -euc 'in_root cmake --build build/release --target shop'
        timed "bin/setup again" 5 bash -euc 'in_root bin/setup'
    elif $ci; then
        timed ".ci/run" "$limit" bash -euc 'in_root .ci/run'
    else
        timed "bin/up --check" "$limit" bash -euc 'in_root bin/up --check'
        timed "bin/setup again" 5 bash -euc 'in_root bin/setup'
        timed "bin/test" "$limit" bash -euc 'in_root bin/test'
    fi
    printf '=== times\n'
    printf '%s\n' "${times[@]}"
}

if [[ -n ${CARAFE_FRESH_TARGET:-} ]]; then inside; else outside; fi

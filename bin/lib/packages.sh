# shellcheck shell=bash
# Debian packages: which ones Carafe needs, which are missing, and how they are installed.

debian_packages=(
    build-essential cmake ninja-build ccache pkg-config git curl ca-certificates
    libpqxx-dev libyaml-cpp-dev libspdlog-dev libfmt-dev libgtest-dev libgmock-dev
    libboost1.81-dev libboost-json1.81-dev libpistache-dev libcli11-dev libsodium-dev libjwt-dev
    prometheus-cpp-dev libprotozero-dev librapidcheck-dev libbenchmark-dev
    nginx-light postgresql
    chromium
    clang-format clang-tidy clang libclang-rt-14-dev shellcheck
    wrk python3-socketio python3-websocket python3-requests
    libssl-dev zlib1g-dev libzstd-dev liblz4-dev libsasl2-dev libcurl4-openssl-dev
    jq procps iproute2 python3-venv prometheus zsh
)

# The first number of "v20.20.2", "openjdk version "17.0.1"...", or 0.
major_version() { "$@" 2>&1 | grep -oE '[0-9]+' | head -n 1 || true; }
has_node() { command -v node npm >/dev/null && (($(major_version node --version) >= 18)); }
has_java() { command -v java >/dev/null && (($(major_version java -version) >= 17)); }

# Some tools often come from elsewhere than Debian; what is there and new enough stays.
wanted_packages() {
    printf '%s\n' "${debian_packages[@]}"
    has_node || printf '%s\n' nodejs npm
    has_java || printf '%s\n' openjdk-17-jre-headless
    command -v mvn >/dev/null || printf '%s\n' maven
}

missing_packages() {
    local installed
    # "nginx-light" may be stood in for by another package that provides it; dpkg-query does not
    # know that, but apt-get then installs nothing new, so asking once too often does no harm.
    installed=$(dpkg-query -W -f='${db:Status-Abbrev}${Package}\n' 2>/dev/null | sed -n 's/^ii //p' | sort -u)
    comm -13 <(printf '%s\n' "$installed") <(wanted_packages | sort -u)
}

apt_install() {
    local as_root=("$@") missing
    mapfile -t missing < <(missing_packages)
    # RUNLEVEL=1: we need nginx and PostgreSQL as programs, not as services of this machine.
    as_root+=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1)
    # Without its fsync after every file dpkg is ten times as fast on a busy disk; what it risks, a power
    # cut in these minutes, apt-get install mends.
    local options=(-y -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
    "${as_root[@]}" apt-get "${options[@]}" update
    "${as_root[@]}" apt-get "${options[@]}" install --no-install-recommends "${missing[@]}"
}

setup_packages() {
    local missing
    command -v dpkg-query >/dev/null ||
        die "this is no Debian system; install by hand what these packages hold: ${debian_packages[*]}"
    mapfile -t missing < <(missing_packages)
    if ((${#missing[@]} == 0)); then
        say "Debian packages: all there"
        return
    fi
    say "Debian packages missing: ${missing[*]}"
    if (($(id -u) == 0)); then
        run_step "Installing ${#missing[@]} Debian packages" "$setup_log/apt.log" apt_install
    elif can_sudo; then
        run_step "Installing ${#missing[@]} Debian packages with sudo" "$setup_log/apt.log" apt_install sudo
    else
        warn "these packages need root, and sudo is not to be had here. Ask your administrator for:"
        printf '  apt-get update && apt-get install --no-install-recommends %s\n' "${missing[*]}" >&2
        exit 1
    fi
}

# With a terminal sudo may ask for the password, now rather than behind a progress line.
can_sudo() {
    command -v sudo >/dev/null || return 1
    if [[ -t 0 ]]; then sudo -v; else sudo -n true 2>/dev/null; fi
}

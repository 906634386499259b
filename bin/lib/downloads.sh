# shellcheck shell=bash
# What comes from other registries than Debian's, each made in a temporary folder and renamed into
# place: an interrupted run leaves nothing that looks finished.

rdkafka_version=2.15.1
rdkafka_home=$CARAFE_CACHE/librdkafka-$rdkafka_version
rdkafka_package=@confluentinc/kafka-javascript@1.10.1
rdkafka_tarball=confluentinc-kafka-javascript-1.10.1.tgz
rdkafka_sha256=ada7d703bb1d3237e2292bfabf438d663b6160c9f1ac2a2406b5dc4257c81b66

# The folder for work in progress, on the same file system as its destination.
make_work_dir() {
    mkdir -p "$CARAFE_CACHE"
    # What an interrupted run left; the lock says that nobody works in it.
    rm -rf "$CARAFE_CACHE/.work"
    mkdir "$CARAFE_CACHE/.work"
}

# build_librdkafka HOME [FLAGS]: FLAGS go to the compiler and the linker.
build_librdkafka() {
    local home=$1 flags=${2:-} work=$CARAFE_CACHE/.work
    # --ignore-scripts: we want the source that the package carries, nothing is to be run.
    npm pack "$rdkafka_package" --ignore-scripts --silent --pack-destination "$work"
    echo "$rdkafka_sha256  $work/$rdkafka_tarball" | sha256sum --check --quiet ||
        die "$rdkafka_package is not the archive that was checked in; nothing was built from it"
    tar -xzf "$work/$rdkafka_tarball" -C "$work" package/deps/librdkafka
    cd "$work/package/deps/librdkafka" || exit
    # Without C11 threads ThreadSanitizer understands its locks.
    CFLAGS=$flags LDFLAGS=$flags ./configure --prefix="$home" --disable-c11threads
    make -j2 libs
    make -C src install DESTDIR="$work/root"
    mv "$work/root$home" "$home"
}

setup_librdkafka() {
    local header=$rdkafka_home/include/librdkafka/rdkafka.h
    if [[ -f $header ]]; then
        say "librdkafka: $rdkafka_home"
    elif pkg-config --atleast-version=2.12 rdkafka 2>/dev/null; then
        say "librdkafka: the system's $(pkg-config --modversion rdkafka)"
    else
        say "librdkafka: none of 2.12 or later here, building $rdkafka_version into $rdkafka_home"
        make_work_dir
        run_step "Building librdkafka $rdkafka_version" "$setup_log/librdkafka.log" \
            build_librdkafka "$rdkafka_home"
        rm -rf "$CARAFE_CACHE/.work"
    fi
}

# The copy that a ThreadSanitizer build links, so that it sees librdkafka's own synchronisation.
setup_librdkafka_tsan() {
    local home=$rdkafka_home-tsan
    if [[ -f $home/include/librdkafka/rdkafka.h ]]; then
        say "librdkafka for ThreadSanitizer: $home"
        return
    fi
    make_work_dir
    run_step "Building librdkafka $rdkafka_version for ThreadSanitizer" "$setup_log/librdkafka-tsan.log" \
        build_librdkafka "$home" "-fsanitize=thread"
    rm -rf "$CARAFE_CACHE/.work"
}

fetch_kafka() {
    local work=$CARAFE_CACHE/.work
    # -C: a jar whose checksum is wrong ends the download.
    mvn -q -B -C -f "$CARAFE_ROOT/bin/lib/kafka-pom.xml" dependency:copy-dependencies \
        -DoutputDirectory="$work/kafka/libs" -DincludeScope=runtime
    [[ -f $work/kafka/libs/kafka_2.13-$kafka_version.jar ]] || die "Maven brought no Kafka $kafka_version"
    mv "$work/kafka" "$kafka_home"
}

setup_kafka() {
    if [[ -d $kafka_home/libs ]]; then
        say "Kafka $kafka_version: $kafka_home"
        return
    fi
    make_work_dir
    run_step "Fetching Kafka $kafka_version" "$setup_log/kafka.log" fetch_kafka
    rm -rf "$CARAFE_CACHE/.work"
}

# install_npm_packages FOLDER NPM
install_npm_packages() { "$2" ci --prefix "$1" --ignore-scripts --no-audit --no-fund; }

# setup_npm FOLDER [NPM]: installs what its lock file says, again only when the lock file changed.
setup_npm() {
    local folder=$1 npm=${2:-npm} lock=$CARAFE_ROOT/$1/package-lock.json stamp=$CARAFE_ROOT/$1/node_modules/.package-lock.json
    [[ -f $lock ]] || return 0
    if [[ -f $stamp && ! $lock -nt $stamp ]]; then
        say "npm packages of $folder: all there"
        return
    fi
    run_step "Installing the npm packages of $folder" "$setup_log/npm-${folder//\//-}.log" \
        install_npm_packages "$CARAFE_ROOT/$folder" "$npm"
    # npm keeps the stamp's old time when nothing changed but the lock file's own.
    touch "$stamp"
}

# Tools of Python, each in an environment of its own. They are made in place, as such environments
# hold their own path; the stamp comes last.
# make_python_environment HOME REQUIREMENTS
make_python_environment() {
    rm -rf "$1"
    python3 -m venv "$1"
    "$1/bin/pip" install --quiet --no-deps --disable-pip-version-check -r "$2"
    cp "$2" "$1/stamp"
}
# setup_python_environment NAME REQUIREMENTS
setup_python_environment() {
    local home=$CARAFE_CACHE/$1
    [[ -f $2 ]] || return 0
    if cmp -s "$2" "$home/stamp"; then
        say "$1: $home"
        return
    fi
    run_step "Installing $1" "$setup_log/$1.log" make_python_environment "$home" "$2"
}
# The tool that holds the HTTP API against its description.
setup_schemathesis() { setup_python_environment schemathesis "$CARAFE_ROOT/spec/api/requirements.txt"; }
# What knows how Kubernetes manifests must look, without a cluster.
setup_manifests() { setup_python_environment manifests "$CARAFE_ROOT/packaging/requirements.txt"; }
# What reads spans as OTLP's official definitions say.
setup_otlp() { setup_python_environment otlp "$CARAFE_ROOT/spec/e2e/otlp/requirements.txt"; }

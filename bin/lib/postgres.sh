# shellcheck shell=bash
# A private PostgreSQL cluster: on loopback and a Unix socket, password in tmp/secret, data in
# tmp/postgres.
# Expects process.sh. PostgreSQL refuses to run as root, so root runs it as the user `postgres`.

postgres_data=$CARAFE_STATE/postgres
postgres_secret=$CARAFE_STATE/secret/postgres_password

postgres_bin() {
    local programs
    programs=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
    [[ -x $programs ]] || programs=$(command -v initdb) || die "no PostgreSQL server here: run bin/setup"
    dirname "$programs"
}

# The command prefix that runs a program as the owner of the cluster. setpriv, unlike runuser and
# su, becomes the program: its pid is the server's.
postgres_as=()
find_postgres_user() {
    local owner
    postgres_as=()
    if [[ -d $postgres_data ]]; then
        owner=$(stat -L -c %U "$postgres_data")
    elif (($(id -u) == 0)); then
        owner=postgres
    else
        return 0
    fi
    if (($(id -u) == 0)); then
        postgres_as=(setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups --)
    elif [[ $owner != "$(id -un)" ]]; then
        die "$postgres_data belongs to $owner: run as that user or as root, or remove it as root"
    fi
}

# Where the data can live so that its user reaches it. A checkout under /root, say, is closed to
# the user postgres; we do not open other people's folders, so the data goes elsewhere then.
make_postgres_dir() {
    local outside
    mkdir -p "$CARAFE_STATE"
    if "${postgres_as[@]}" test -x "$CARAFE_STATE"; then
        mkdir "$postgres_data"
    else
        outside=/var/lib/carafe/$(basename "$CARAFE_ROOT")-$(printf '%s' "$CARAFE_STATE" | sha256sum | cut -c1-12)
        say "PostgreSQL's user cannot enter $CARAFE_STATE: the data goes to $outside"
        rm -rf "$outside"
        mkdir -p "$outside"
        ln -sfn "$outside" "$postgres_data"
    fi
    (($(id -u) != 0)) || chown postgres: "$postgres_data/."
    chmod 700 "$postgres_data/."
}

make_postgres_password() {
    [[ ! -s $postgres_secret ]] || return 0
    mkdir -p "$(dirname "$postgres_secret")"
    (umask 077 && head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$postgres_secret")
}

run_initdb() {
    local password_file status=0
    # initdb opens the file as the user postgres, who may not read our secret; nor, as a pipe's
    # owner is checked too, its own standard input.
    password_file=$(mktemp /tmp/carafe-initdb.XXXXXX)
    cat "$postgres_secret" >"$password_file"
    (($(id -u) != 0)) || chown postgres: "$password_file"
    "${postgres_as[@]}" "$(postgres_bin)/initdb" -D "$(readlink -f "$postgres_data")" -U carafe \
        --auth=scram-sha-256 --pwfile="$password_file" --encoding=UTF8 --locale=C.UTF-8 || status=$?
    rm -f "$password_file"
    return "$status"
}

# Makes the cluster unless it is there. initdb works in place: a mark set last tells a finished
# cluster from one whose making was interrupted.
init_postgres() {
    find_postgres_user
    [[ ! -e $postgres_data/carafe.ready ]] || return 0
    remove_postgres
    find_postgres_user
    make_postgres_password
    make_postgres_dir
    mkdir -p "$process_log_dir"
    run_initdb >"$process_log_dir/initdb.log" 2>&1 || die "initdb failed, see $process_log_dir/initdb.log"
    "${postgres_as[@]}" touch "$(readlink -f "$postgres_data")/carafe.ready"
}

# Deletes the data, also when it lives elsewhere.
remove_postgres() {
    if [[ -L $postgres_data ]]; then rm -rf "$(readlink "$postgres_data")"; fi
    rm -rf "$postgres_data"
}

# Where the Unix socket is: with the data, which only the server's user and root can enter. Nothing
# when the path is too long for one (108 bytes on Linux, unix(7)) or would need quoting.
postgres_socket_dir() {
    local dir longest=/.s.PGSQL.65535
    dir=$(readlink -f "$postgres_data")
    if [[ $dir =~ ^[A-Za-z0-9_./-]+$ ]] && ((${#dir} + ${#longest} < 108)); then printf '%s' "$dir"; fi
}

# postgres_command PORT [SETTING=VALUE...]: fills the array postgres_argv.
postgres_command() {
    local port=$1 setting
    shift
    find_postgres_user
    postgres_argv=(
        "${postgres_as[@]}" "$(postgres_bin)/postgres" -D "$(readlink -f "$postgres_data")"
        -c listen_addresses=127.0.0.1 -c port="$port" -c unix_socket_directories="$(postgres_socket_dir)"
        -c max_connections=200 -c shared_buffers=128MB
    )
    for setting in "$@"; do postgres_argv+=(-c "$setting"); done
}

# postgres_url PORT DATABASE [HOST]
postgres_url() { printf 'postgresql://carafe:%s@%s:%s/%s' "$(<"$postgres_secret")" "${3:-127.0.0.1}" "$1" "$2"; }
# postgres_socket_url PORT DATABASE: over the Unix socket, if there is one. A statement costs less.
postgres_socket_url() {
    local dir
    dir=$(postgres_socket_dir)
    postgres_url "$1" "$2" "${dir//\//%2F}"
}
postgres_answers() { "$(postgres_bin)/pg_isready" -q -h 127.0.0.1 -p "$1"; }

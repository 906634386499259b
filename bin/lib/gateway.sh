# shellcheck shell=bash
# The gateway's configuration: nginx on loopback, made from nginx.conf.in. Expects process.sh.

gateway_dir=$CARAFE_STATE/nginx

# server_lines N BASE: "server 127.0.0.1:PORT ...;" for each instance. A server that refused is
# asked again at once: with few instances, setting one aside would be worse than asking.
server_lines() {
    local index
    for ((index = 0; index < $1; index++)); do
        printf '        server 127.0.0.1:%d max_fails=0;\n' $(($2 + index))
    done
}
realtime_map() {
    local index
    for ((index = 1; index <= $1; index++)); do
        printf '        "~^%d\\." realtime_%d;\n' "$index" "$index"
    done
}
realtime_upstreams() {
    local index
    for ((index = 1; index <= $1; index++)); do
        printf '    upstream realtime_%d {\n%s\n    }\n' "$index" "$(server_lines 1 $(($2 + index - 1)))"
    done
}

# As root, nginx's worker runs as www-data where that user can read the pages, else as root.
nginx_user_line() {
    (($(id -u) == 0)) || return 0
    if setpriv --reuid=www-data --regid=www-data --clear-groups test -r "$1/index.html" 2>/dev/null &&
        setpriv --reuid=www-data --regid=www-data --clear-groups test -x "$CARAFE_STATE"; then
        printf 'user www-data;'
    else
        printf 'user root;'
    fi
}

# Two descriptors a connection, as far as this user may have them.
gateway_open_files() {
    local most
    most=$(ulimit -Hn)
    if [[ $most == unlimited ]] || ((most > 20480)); then most=20480; fi
    printf '%d' "$most"
}

# write_gateway_config WEBS WEB_PORT REALTIMES REALTIME_PORT LISTEN_PORT...
write_gateway_config() {
    local webs=$1 web_port=$2 realtimes=$3 realtime_port=$4 static=$CARAFE_ROOT/app/ui/dist listen='' config
    shift 4
    [[ -f $static/index.html ]] || static=$CARAFE_ROOT/bin/lib/placeholder
    printf -v listen '        listen 127.0.0.1:%d;\n' "$@"
    config=$(<"$CARAFE_ROOT/bin/lib/nginx.conf.in")
    config=${config//@user_line@/"$(nginx_user_line "$static")"}
    config=${config//@run@/"$gateway_dir"}
    config=${config//@log@/"$process_log_dir/access.log"}
    config=${config//@open_files@/"$(gateway_open_files)"}
    config=${config//@static@/"$static"}
    config=${config//@listen_lines@/"$listen"}
    config=${config//@web_servers@/"$(server_lines "$webs" "$web_port")"}
    config=${config//@realtime_map@/"$(realtime_map "$realtimes")"}
    config=${config//@realtime_servers@/"$(server_lines "$realtimes" "$realtime_port")"}
    config=${config//@realtime_upstreams@/"$(realtime_upstreams "$realtimes" "$realtime_port")"}
    mkdir -p "$gateway_dir" "$process_log_dir"
    printf '%s\n' "$config" >"$gateway_dir/nginx.conf"
    nginx_program -t -q || die "the gateway's configuration is refused, see above"
}

# Debian's nginx logs to a file of its own until it has read our configuration, unless told by -e.
nginx_argv=("$(command -v nginx || echo /usr/sbin/nginx)" -p "$gateway_dir" -c "$gateway_dir/nginx.conf" -e stderr)
nginx_program() { "${nginx_argv[@]}" "$@"; }

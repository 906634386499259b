# shellcheck shell=bash
# TCP ports of this machine: who listens, which are free, and the check before anything starts.

# Lines of listening sockets on a port, as ss prints them; empty when nobody listens.
listeners_of() { ss -H -l -t -n -p "sport = :$1" 2>/dev/null; }
port_taken() { [[ -n $(listeners_of "$1") ]]; }

# "postgres (pid 4711)", as far as we may know it.
describe_listener() {
    local line
    line=$(listeners_of "$1" | head -n 1)
    if [[ $line =~ \(\"([^\"]+)\",pid=([0-9]+) ]]; then
        printf '%s (pid %s)' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    else
        printf 'another process'
    fi
}

# What bin/up is about to listen on: "port variable purpose", in order.
claimed_ports=()
# claim_port PORT VARIABLE PURPOSE
claim_port() {
    if ! [[ $1 =~ ^[0-9]{1,5}$ ]] || ((10#$1 < 1 || 10#$1 > 65535)); then
        die "$2='$1' is no port number" 2
    fi
    claimed_ports+=("$1 $2 $3")
}

# Names every claimed port that is taken or claimed twice, then ends; starts nothing.
check_ports() {
    local claim port variable purpose problems=0
    local -A seen=()
    for claim in "${claimed_ports[@]}"; do
        read -r port variable purpose <<<"$claim"
        if [[ -n ${seen[$port]:-} ]]; then
            warn "port $port is wanted by both ${seen[$port]} and $purpose: set $variable to another"
            problems=1
        elif port_taken "$port"; then
            warn "port $port ($purpose) is taken by $(describe_listener "$port"): stop it, or set $variable to a free port"
            problems=1
        fi
        seen[$port]=$purpose
    done
    ((problems == 0)) || die "nothing was started"
}

# free_ports N: N ports nobody listens on, below those the kernel gives to clients.
free_ports() {
    local -A taken=()
    local port count=0
    while ((count < $1)); do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        if [[ -z ${taken[$port]:-} ]] && ! port_taken "$port"; then
            taken[$port]=1
            count=$((count + 1))
            printf '%s\n' "$port"
        fi
    done
}

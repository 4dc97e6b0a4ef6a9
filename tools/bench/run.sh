#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The bench: the same questions to runbound and to other servers, in network namespaces of its own.
# Root; see `make bench` and README.md here. Prints a table; build/bench/ has all figures.
#
# Settings: QUICK=1 three minutes; ONLY=REGEX workloads (misses, exits, hits, memory, dnsperf, secure, policy, hot_change,
# startup, egress and scaling too); SERVERS="..." servers; SECONDS_EACH.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
TREE=$(cd "$HERE/../.." && pwd)
BUILD=${BUILD:-$TREE/build}
PROGRAMS=${PROGRAMS:-$BUILD/tools/bench}
RUNBOUND=${RUNBOUND:-$BUILD/runbound}
CACHECTL=${CACHECTL:-$BUILD/runbound-cachectl}
OUT=${OUT:-$BUILD/bench}
QUICK=${QUICK:-}
ONLY=${ONLY:-.}
SECONDS_EACH=${SECONDS_EACH:-$([ -n "$QUICK" ] && echo 0.7 || echo 2)}
REPEATS=${REPEATS:-$([ -n "$QUICK" ] && echo 1 || echo 3)}
EGRESS_ROUNDS=${EGRESS_ROUNDS:-$([ -n "$QUICK" ] && echo 2 || echo 5)}
PATH=$PATH:/usr/sbin:/sbin

NAME=rbbench-$$
DIR=$(mktemp -d "/tmp/$NAME.XXXXXX")
chmod 755 "$DIR"
ALL_PIDS=()
SERVER_PIDS=()

. "$HERE/servers.sh"
. "$HERE/measure.sh"
. "$HERE/misses.sh"
. "$HERE/clients.sh"
. "$HERE/secure.sh"
. "$HERE/policy.sh"
. "$HERE/hot.sh"
. "$HERE/chart.sh"

# --- life ---------------------------------------------------------------------------------------

finish() {
	local status=$? pid
	trap '' INT TERM HUP PIPE
	trap - EXIT
	for pid in "${ALL_PIDS[@]}"; do
		kill "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	ip netns del "$NAME-client" 2>/dev/null
	ip netns del "$NAME-server" 2>/dev/null
	rm -rf "/sys/fs/bpf/$NAME" "$DIR"
	session_nice 0
	exit "$status"
}

in_server() {
	nsenter --net="/run/netns/$NAME-server" -- "$@"
}

in_client() {
	nsenter --net="/run/netns/$NAME-client" -- "$@"
}

# lab_up [QUEUES]: a client and a server, and a veth between them.
lab_up() {
	local queues="${1:-1}" gateway_mac
	ip netns add "$NAME-client" && ip netns add "$NAME-server" || exit 1
	in_client ip link add gen0 numtxqueues "$queues" numrxqueues "$queues" type veth \
		peer name eth0 numtxqueues "$queues" numrxqueues "$queues" \
		netns "/run/netns/$NAME-server"
	in_client ip link set lo up
	in_server ip link set lo up
	in_client ip link set gen0 up
	in_server ip link set eth0 up
	in_client ethtool -K gen0 gro on >/dev/null 2>&1
	in_server ethtool -K eth0 gro on >/dev/null 2>&1
	in_client ip address add 192.0.2.1/24 dev gen0
	in_client ip address add 2001:db8:1::1/64 dev gen0 nodad
	in_server ip address add 192.0.2.53/24 dev eth0
	in_server ip address add 2001:db8:1::53/64 dev eth0 nodad
	SERVER_MAC=$(in_server ip -br link show eth0 | awk '{ print $3 }')
	gateway_mac=$(in_client ip -br link show gen0 | awk '{ print $3 }')
	# The clients are one machine's as far as the link is concerned.
	in_server ip neighbour replace 192.0.2.1 lladdr "$gateway_mac" dev eth0 nud permanent
	in_server ip neighbour replace 2001:db8:1::1 lladdr "$gateway_mac" dev eth0 nud permanent
	in_server ip route add 198.18.0.0/15 via 192.0.2.1
	in_server ip route add 2001:db8:2::/64 via 2001:db8:1::1
}

session_nice() {
	[ ! -w /proc/self/autogroup ] || echo "$1" >/proc/self/autogroup
}

require() {
	[ "$(id -u)" = 0 ] || {
		echo "The bench needs root: network namespaces and BPF." >&2
		exit 1
	}
	# Niceness counts within a session's autogroup alone: other sessions would get as much.
	session_nice -19
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	mkdir -p "$OUT"
}

# --- what is measured -----------------------------------------------------------------------------

# workload TITLE TRAFFIC-ARGUMENTS PRELOAD-ARGUMENTS NAMES SERVERS
workloads() {
	local all="reflector kernel afxdp sockets knotxdp knot unbound bind powerdns kresd dnsdist"
	local main="reflector kernel unbound knotxdp"
	[ -z "$QUICK" ] || all="reflector kernel afxdp sockets knotxdp unbound"
	workload "1 000 hot A names" "--query a/A --check-address" "" 1000 "$all"
	[ -z "$QUICK" ] || main="reflector kernel"
	workload "1 000 000 names" "--query a/A --check-address" "--bytes 400000000" 1000000 "$main"
	workload "Zipf over 10 M, table for 1 M" "--query a/A --check-address --zipf 1" \
		"--bytes 285000000 --accesses 8000000" 10000000 "reflector kernel"
	workload "AAAA" "--query a/AAAA --check-address" "--type 28" 1000 "$main"
	workload "IPv6" "--query a/A+v6 --check-address" "" 1000 "$main"
	workload "EDNS" "--query a/A+edns --check-address" "" 1000 "$main"
	workload "EDNS, DO, signed" "--query s/A+do --check-address" "--kind s --do" 1000 \
		"${main% knotxdp}"
	workload "NXDOMAIN" "--query n/A --rcode 3 --no-answer" "--kind n" 1000 "$main"
	workload "CNAME chain" "--query c/A" "--kind c" 1000 "$main"
	workload "1 KiB response" "--query t/TXT+edns" "--kind t --type 16" 1000 "$main"
	workload "mixed: half EDNS, a quarter IPv6" \
		"--query a/A*64 --query a/A+edns*128 --query a/A+edns+v6*64 --check-address" "" 1000 "$main"
	workload "access-control, 1 netblock" "--query a/A --check-address" "--netblocks 1" 1000 \
		"reflector kernel"
	workload "access-control, 1 000 netblocks" "--query a/A --check-address" \
		"--netblocks 1000" 1000 "reflector kernel"
	workload "prefetch and serve-expired" "--query a/A --check-address" "--refreshing" 1000 \
		"reflector kernel"
	workload "access-control, 1 000 netblocks, 100 000 clients" \
		"--query a/A --check-address --clients 100000" "--netblocks 1000" 1000 "reflector kernel"
}

# What each way through the program costs, without generator and link.
exits() {
	echo
	echo "The program's exits (ns of CPU each, by BPF_PROG_TEST_RUN; in the middle batch, in the lowest tenth)"
	nice -n -20 taskset -c 0 "$PROGRAMS/exits" "/sys/fs/bpf/$NAME" $([ -n "$QUICK" ] && echo 1000) \
		2>"$DIR/exits.log" | tee -a "$OUT/exits.jsonl" | awk -F '[":,{}]+' '
		/"program"/ { printf "  %-42s %s instructions verified, %s bytes of BPF, %s of machine code\n",
			$3, $5, $7, $9 }
		/"exit"/ { match($0, /"exit":"[^"]*"/); title = substr($0, RSTART + 8, RLENGTH - 9)
			match($0, /"result":"[^"]*"/); result = substr($0, RSTART + 10, RLENGTH - 11)
			match($0, /"ns":[0-9]*/); middle = substr($0, RSTART + 5, RLENGTH - 5)
			match($0, /"tenth_ns":[0-9]*/); tenth = substr($0, RSTART + 11, RLENGTH - 11)
			printf "  %-42s %5d %5d  %s%s\n", title, middle, tenth, result,
				/"as_expected":false/ ? " (not what was meant)" : "" }'
	[ ! -s "$DIR/exits.log" ] || tail -2 "$DIR/exits.log" >&2
}

# What a worker takes for an answer from the table, without link and sockets.
hits() {
	echo
	echo "Answers from the table by a worker (ns of CPU each, in batches, without link and sockets)"
	nice -n -20 taskset -c "$SERVER_CPU" "$PROGRAMS/hits" "/sys/fs/bpf/$NAME" |
		tee -a "$OUT/results.jsonl" | while read -r line; do
		printf '  %-42s %5d, median %d\n' "$(field hit <<<"$line")" "$(field ns <<<"$line")" \
			"$(field median_ns <<<"$line")"
	done
}

# What filling the table takes, and what a record costs of it.
memory() {
	local names line
	echo
	echo "The table, filled with A records by one thread"
	for names in 1000000 $([ -n "$QUICK" ] || echo 10000000); do
		SERVER_PIDS=()
		# A third of the table is for small records only; see README.md.
		start_preload --names "$names" --bytes $((names * 330)) || continue
		line=$(cat "$DIR/preload.log")
		printf '  %10d records in %s s: %d kept, %d MB mapped, %d small slots of %d bytes: %d bytes a record\n' \
			"$names" "$(field fill_s <<<"$line")" "$(field small <<<"$line")" \
			$(($(field bytes <<<"$line") >> 20)) "$(field capacity_small <<<"$line")" \
			"$(field slot_small <<<"$line")" \
			$(($(field capacity_small <<<"$line") * $(field slot_small <<<"$line") / $(field small <<<"$line")))
		printf '{"preload":%d,"result":%s}\n' "$names" "$line" >>"$OUT/results.jsonl"
		stop_server
	done
}

# The program beside the reflector, by either way out of XDP, in turns, and with either sink: the one
# that verifies replies, and one that does for them what it does for reflected frames.
egress() {
	local way round limit kernel light
	echo
	echo "Answers a second of CPU time by the way out, A records, 1 000 names (best of $EGRESS_ROUNDS)"
	TRAFFIC="--query a/A --names 1000 --check-address"
	for way in tx redirect; do
		limit=0 kernel=0 light=0
		for round in $(seq "$EGRESS_ROUNDS"); do
			# shellcheck disable=SC2046
			SERVER_PIDS=() && start_reflector $([ $way = tx ] || echo redirect) || return
			limit=$(larger "$limit" "$(traffic_measured --seconds 1 --reflected | field cpu_rate)")
			stop_server
			# shellcheck disable=SC2046
			SERVER_PIDS=() && start_preload --names 1000 $([ $way = tx ] || echo --redirect) || return
			kernel=$(larger "$kernel" "$(traffic_measured --seconds 1 --check-sums | field cpu_rate)")
			light=$(larger "$light" "$(traffic_measured --seconds 1 --unchecked | field cpu_rate)")
			stop_server
		done
		printf '{"egress":"%s","reflector":%s,"kernel":%s,"kernel_unchecked":%s}\n' $way "$limit" \
			"$kernel" "$light" | tee -a "$OUT/results.jsonl" | awk -F '[:,}]' -v way=$way '{
			printf "  %-10s reflector %d, runbound %d (%.3f), by the same sink %d (%.3f)\n", way,
				$4, $6, $6 / $4, $8, $8 / $4 }'
	done
}

larger() {
	printf '%s\n' "$@" | sort -g | tail -1
}

# From one CPU to two: a generator and a queue for each.
scaling() {
	local cpus server
	[ "$(nproc)" -ge 2 ] || return 0
	echo
	echo "Scaling on a link of two queues"
	ip netns del "$NAME-client"
	ip netns del "$NAME-server"
	lab_up 2
	for server in reflector kernel; do
		start_server "$server" 1000 ""
		for cpus in 1 2; do
			TRAFFIC="--query a/A --names 1000 --cpus $cpus"
			printf '  %-12s %d CPU %12d/s\n' "$server" "$cpus" "$(measure_server "$server" | field rate)"
		done
		stop_server
	done
}

require
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP PIPE
: >"$OUT/results.jsonl"
: >"$OUT/results.tsv"
: >"$OUT/exits.jsonl"
lab_up
start_authority
workloads
table_print
[[ ! misses =~ $ONLY ]] || misses
[[ ! exits =~ $ONLY ]] || exits
[[ ! hits =~ $ONLY ]] || hits
[[ ! memory =~ $ONLY ]] || memory
[[ ! dnsperf =~ $ONLY ]] || plain_sockets
[[ ! secure =~ $ONLY ]] || secure
[[ ! policy =~ $ONLY ]] || policy
[[ ! hot_change =~ $ONLY ]] || hot_change
[[ ! startup =~ $ONLY ]] || startup
[[ ! egress =~ $ONLY ]] || egress
[[ ! scaling =~ $ONLY ]] || scaling
chart
echo
echo "All figures: $OUT/results.jsonl, $OUT/exits.jsonl; the chart: $OUT/answers.svg"

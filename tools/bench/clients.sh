# SPDX-License-Identifier: BSD-2-Clause
# What an ordinary client sees: dnsperf over plain sockets, and a server's first answer. For bash, to be
# sourced by run.sh.

# plain_sockets: client and server each have one CPU; the client is the slower one of the kernel's.
plain_sockets() {
	local server seconds output cpu_ns
	command -v dnsperf >/dev/null || return 0
	seconds=$([ -n "$QUICK" ] && echo 1 || echo 5)
	echo
	echo "dnsperf over plain sockets, 1 000 hot A names"
	awk 'BEGIN { for (i = 0; i < 1000; i++) {
		label = ""; number = i
		for (j = 0; j < 6; j++) {
			label = label substr("abcdefghijklmnop", number % 16 + 1, 1)
			number = int(number / 16)
		}
		print "a" label ".bench.example A" } }' >"$DIR/dnsperf.txt"
	for server in runbound sockets $([ -n "$QUICK" ] || echo knot) unbound; do
		SERVER_PIDS=()
		"start_$server" 1000 || continue
		in_client dnsperf -s "$LISTEN4" -d "$DIR/dnsperf.txt" -n 1 >/dev/null 2>&1
		cpu_ns=$(server_cpu_ns)
		output=$(in_client nice -n -20 taskset -c 0 dnsperf -s "$LISTEN4" -d "$DIR/dnsperf.txt" \
			-l "$seconds" -c 16 -q 64 2>/dev/null)
		cpu_ns=$(($(server_cpu_ns) - cpu_ns))
		stop_server
		awk -v server="$server" -v cpu_ns="$cpu_ns" '
			/Queries per second/ { rate = $4 }
			/Queries completed/ { answers = $3 }
			/Average Latency/ { latency = $4 * 1e6 }
			/Queries lost/ { lost = $3 }
			END { printf "  %-22s %8d answers/s, %6d ns of CPU each, %d us on average, %d lost\n",
				server, rate, answers ? cpu_ns / answers : 0, latency, lost }
			' <<<"$output"
		awk -v server="$server" -v cpu_ns="$cpu_ns" '/Queries per second/ { rate = $4 }
			/Queries completed/ { answers = $3 } /Average Latency/ { latency = $4 * 1e6 }
			END { printf "{\"dnsperf\":\"%s\",\"rate\":%d,\"cpu_ns\":%d,\"average_us\":%d}\n",
				server, rate, answers ? cpu_ns / answers : 0, latency }
			' <<<"$output" >>"$OUT/results.jsonl"
	done
}

# from_start TITLE COMMAND...: the time from a server's exec to its first answer, and with LINK, a pin,
# until the kernel answers.
from_start() {
	local title="$1" result link="${LINK:-}"
	shift
	result=$(in_client "$PROGRAMS/first" ${link:+-u "$link"} "$LISTEN4" \
		nsenter --net="/run/netns/$NAME-server" -- "$@" 2>"$DIR/first.log") || {
		tail -3 "$DIR/first.log" >&2
		return
	}
	printf '  %-44s %8s ms%s\n' "$title" "$(field first_ms <<<"$result")" \
		"${link:+, by the kernel from $(field file_ms <<<"$result") ms on}"
	printf '{"startup":"%s","first_ms":%s,"kernel_ms":%s}\n' "$title" "$(field first_ms <<<"$result")" \
		"$(field file_ms <<<"$result")" >>"$OUT/results.jsonl"
}

startup() {
	echo
	echo "From start to the first answer, one name through the forwarder"
	unbound_conf >"$DIR/unbound.conf"
	SERVER_PIDS=()
	runbound_conf "xdp: yes"
	LINK="/sys/fs/bpf/$NAME/link_eth0" from_start "runbound" "$RUNBOUND" "$DIR/runbound.conf"
	runbound_conf "xdp: no"
	from_start "runbound, sockets" "$RUNBOUND" "$DIR/runbound.conf"
	from_start "Unbound" unbound -d -c "$DIR/unbound.conf"
}

# SPDX-License-Identifier: BSD-2-Clause
# One server under one workload: start it, warm it, find its best rate, write that down. For bash, to be
# sourced by run.sh.

# field NAME: of a line of flat JSON on stdin; 0 where it is not there.
field() {
	sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p;t;s/.*/0/p" | head -1
}

# traffic ARGUMENT...: the generator on CPU 0 and up. One line of JSON.
traffic() {
	in_client nice -n -20 "$PROGRAMS/traffic" --interface gen0 --server-mac "$SERVER_MAC" "$@"
}

# TRAFFIC of the workload, and the CPU time of the server's processes.
traffic_measured() {
	local pid pids=()
	for pid in "${SERVER_PIDS[@]}"; do
		pids+=(--pid "$pid")
	done
	# shellcheck disable=SC2086
	traffic $TRAFFIC "${pids[@]}" "$@"
}

# Nanoseconds of CPU that the server's processes have had, by the scheduler.
server_cpu_ns() {
	local generation="${SERVER_PIDS[*]}" pids="" ns rest total=0 file
	while [ -n "$generation" ]; do
		pids="$pids $generation"
		generation=$(pgrep -P "${generation// /,}" | paste -sd' ')
	done
	for file in $(printf '/proc/%s/task/*/schedstat ' $pids); do
		# shellcheck disable=SC2034
		read -r ns rest 2>/dev/null <"$file" && total=$((total + ns))
	done
	echo "$total"
}

# The line with the middle rate among those on stdin.
median() {
	awk '{ match($0, /"rate":[0-9]+/); print substr($0, RSTART + 7, RLENGTH - 7), $0 }' |
		sort -n | awk '{ lines[NR] = $0 } END { line = lines[int((NR + 1) / 2)];
			sub(/^[0-9]+ /, "", line); print line }'
}

# Servers behind a socket lose questions when flooded, some nearly all: so they are asked at rising
# rates, until twice in a row that brings no more answers.
best_rate() {
	local best try step failures=0 rate
	best=$(traffic_measured --seconds "$SECONDS_EACH")
	try=$(traffic_measured --seconds "$SECONDS_EACH" --rate 100000)
	[ "$(field rate <<<"$try")" -le "$(field rate <<<"$best")" ] || best=$try
	rate=$(field rate <<<"$best")
	for step in $(seq 12); do
		rate=$((rate * 13 / 10))
		try=$(traffic_measured --seconds "$SECONDS_EACH" --rate "$rate")
		if [ "$(field rate <<<"$try")" -gt "$(field rate <<<"$best")" ]; then
			best=$try
			failures=0
		else
			failures=$((failures + 1))
			[ "$failures" -lt 2 ] || break
		fi
	done
	echo "$best"
}

# Every name once, no faster than the slowest resolver takes it, until all are known.
warm() {
	local names="$1" tries result
	for tries in 1 2 3; do
		# shellcheck disable=SC2086
		result=$(traffic $TRAFFIC --sequence --rate 15000 --count "$names")
		[ "$(field good <<<"$result")" -lt "$names" ] || return 0
	done
	[ "$(field good <<<"$result")" -gt $((names * 99 / 100)) ] || {
		echo "bench: not warm after three rounds: $result" >&2
		return 1
	}
}

stop_server() {
	local pid
	for pid in "${SERVER_PIDS[@]}"; do
		kill "$pid" 2>/dev/null
	done
	for pid in "${SERVER_PIDS[@]}"; do
		wait "$pid" 2>/dev/null
	done
	SERVER_PIDS=()
	# Knot leaves its program where it was.
	in_server ip link set dev eth0 xdp off 2>/dev/null
	rm -rf "/sys/fs/bpf/$NAME" "$DIR/knot-db"
}

start_server() {
	local server="$1" names="$2" preload="$3"
	SERVER_PIDS=()
	case $server in
	reflector) start_reflector ;;
	# shellcheck disable=SC2086
	kernel) start_preload --names "$names" $preload ;;
	*)
		"start_$server" "$names" || return 1
		case $server in
		knot*) ;;
		*) warm "$names" ;;
		esac
		;;
	esac
}

measure_server() {
	local server="$1" i
	case $server in
	reflector | kernel)
		local extra=()
		[ "$server" = kernel ] && extra=(--check-sums) || extra=(--reflected)
		for i in $(seq "$REPEATS"); do
			traffic_measured --seconds "$SECONDS_EACH" "${extra[@]}"
		done | median
		;;
	*) best_rate ;;
	esac
}

# latencies RATE: at 20, 50 and 80 % of the server's own best.
latencies() {
	local rate="$1" share batch
	shift
	for share in 20 50 80; do
		batch=1
		[ $((rate * share / 100)) -lt 1000000 ] || batch=8
		traffic_measured --seconds "$SECONDS_EACH" --rate $((rate * share / 100)) \
			--timed-every 64 --batch "$batch" "$@" |
			sed "s/^{/{\"share\":$share,/"
	done
}

# workload TITLE TRAFFIC-ARGUMENTS PRELOAD-ARGUMENTS NAMES SERVERS: see run.sh.
workload() {
	local title="$1" preload="$3" names="$4" servers="$5" server result latency preloaded
	[[ $title =~ $ONLY ]] || return 0
	TRAFFIC="$2 --names $names"
	for server in ${SERVERS:-$servers}; do
		[[ " $servers " == *" $server "* ]] || continue
		if ! start_server "$server" "$names" "$preload"; then
			stop_server
			continue
		fi
		preloaded=$([ "$server" = kernel ] && cat "$DIR/preload.log" || echo null)
		result=$(measure_server "$server")
		latency=
		case "$title" in
		"1 000 hot"*)
			latency=$(latencies "$(field rate <<<"$result")" \
				$([ "$server" = reflector ] && echo --reflected))
			;;
		esac
		printf '{"workload":"%s","server":"%s","result":%s,"preload":%s,"latency":[%s]}\n' \
			"$title" "$server" "${result:-null}" "$preloaded" "$(paste -sd, <<<"$latency")" \
			>>"$OUT/results.jsonl"
		row_write "$title" "$server" "$result" "$latency"
		stop_server
	done
}

# One line of the table of all figures, by tabs.
row_write() {
	local share percentile
	{
		printf '%s\t%s\t%s\t%s\t%s' "$1" "$2" "$(field rate <<<"$3")" "$(field cpu_ns <<<"$3")" \
			"$(field rss_kb <<<"$3")"
		case $2 in
		reflector | kernel) printf '\t%s' "$(field cpu_rate <<<"$3")" ;;
		*) printf '\t%s' "$(field rate <<<"$3")" ;;
		esac
		for share in 20 50 80; do
			for percentile in p50 p99 p999; do
				printf '\t%s' "$(grep "\"share\":$share," <<<"$4" | field "${percentile}_us")"
			done
		done
		echo
	} >>"$OUT/results.tsv"
	printf '  %-50s %-10s %12s/s\n' "$1" "$2" "$(field rate <<<"$3")" >&2
}

table_print() {
	awk -F '\t' '
		function label(server) {
			return server in labels ? labels[server] : server
		}
		BEGIN {
			labels["reflector"] = "reflector (the limit)"
			labels["kernel"] = "runbound, kernel"
			labels["afxdp"] = "runbound, AF_XDP"
			labels["sockets"] = "runbound, sockets"
			labels["knotxdp"] = "Knot DNS, XDP"
			labels["knot"] = "Knot DNS, sockets"
			labels["unbound"] = "Unbound"
			labels["bind"] = "BIND"
			labels["powerdns"] = "PowerDNS Recursor"
			labels["kresd"] = "Knot Resolver"
			labels["dnsdist"] = "dnsdist, Unbound"
		}
		{
			rate[$1, $2] = $3
			cpu_rate[$1, $2] = $6
			rows[++count] = $0
		}
		END {
			for (i = 1; i <= count; i++) {
				split(rows[i], f, "\t")
				if (f[1] != last) {
					printf "\n%s\n  %-22s %12s %8s %8s %8s %9s  %s\n", f[1], "", "answers/s",
						"of limit", "Unbound", "CPU ns", "RSS MB",
						"p50/p99/p99.9 us at 20 %, 50 %, 80 % of its rate"
					last = f[1]
				}
				limit = cpu_rate[f[1], "reflector"]
				unbound = rate[f[1], "unbound"]
				printf "  %-22s %12d %8s %8s %8d %9s", label(f[2]), f[3],
					limit ? sprintf("%.3f", f[6] / limit) : "-",
					unbound ? sprintf("%.1f x", f[3] / unbound) : "-", f[4],
					(f[5] > 0) ? sprintf("%.0f", f[5] / 1024) : "-"
				if (f[7] > 0)
					printf "  %s/%s/%s %s/%s/%s %s/%s/%s", f[7], f[8], f[9], f[10], f[11], f[12],
						f[13], f[14], f[15]
				print ""
			}
		}' "$OUT/results.tsv"
}

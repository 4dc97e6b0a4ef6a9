# SPDX-License-Identifier: BSD-2-Clause
# The way of a miss: cold names a second, and hot names' latency meanwhile. For bash, to be sourced by
# run.sh.

# cold SERVER: names that nobody asked for before, faster and faster until three in a hundred are lost.
# The generator may not get as fast as it is told to: what counts is what came back in the time it took.
cold() {
	local server="$1" rate best=0 cost=0 result good now
	TRAFFIC="--query a/A --names 16000000 --sequence"
	for rate in 5000 10000 15000 20000 30000 40000 60000 80000; do
		SERVER_PIDS=()
		"start_$server" 0 || break
		result=$(traffic_measured --rate "$rate" --count $((rate * 3)))
		good=$(field good <<<"$result")
		now=$(field rate <<<"$result")
		stop_server
		if [ "$now" -gt "$best" ]; then
			best=$now
			cost=$(field cpu_ns <<<"$result")
		fi
		[ "$good" -gt $((rate * 3 * 97 / 100)) ] || break
	done
	printf '  %-22s %8d cold names/s, %6d ns of CPU each\n' "$server" "$best" "$cost"
	printf '{"cold":"%s","rate":%d,"cpu_ns":%d}\n' "$server" "$best" "$cost" >>"$OUT/results.jsonl"
}

# hot_under_flood SERVER COLD-RATE: latency of 1 000 hot names, alone and beside cold ones.
hot_under_flood() {
	local server="$1" flood="$2" alone beside hot=20000 share
	SERVER_PIDS=()
	"start_$server" 1000 || return
	TRAFFIC="--query a/A --names 1000"
	warm 1000
	# shellcheck disable=SC2086
	alone=$(traffic $TRAFFIC --rate "$hot" --timed-every 1 --batch 1 --seconds "$SECONDS_EACH")
	share=$((256 * hot / (hot + flood)))
	beside=$(traffic --query "a/A*$share" --query z/A@16000000 --names 1000 \
		--rate $((hot + flood)) --timed-every 1 --batch 1 --seconds "$SECONDS_EACH")
	stop_server
	printf '  %-22s hot p99 %8s us alone, %8s us beside %d cold names/s\n' "$server" \
		"$(field p99_us <<<"$alone")" "$(field p99_us <<<"$beside")" "$flood"
	printf '{"hot_under_flood":"%s","alone":%s,"beside":%s}\n' "$server" "$alone" "$beside" \
		>>"$OUT/results.jsonl"
}

misses() {
	local server
	echo
	echo "Misses (the same authoritative server behind all, on the servers' CPU)"
	for server in runbound unbound; do
		cold "$server"
	done
	for server in runbound unbound; do
		hot_under_flood "$server" 5000
	done
}

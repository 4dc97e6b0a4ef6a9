# SPDX-License-Identifier: BSD-2-Clause
# Local policy: a million blocked names, views, and a list that is replaced under load. For bash, to be
# sourced by run.sh.

# blocked_names KIND COUNT: those of the generator, one a line.
blocked_names() {
	awk -v kind="$1" -v names="$2" 'BEGIN { for (i = 0; i < names; i++) {
		label = kind; number = i
		for (j = 0; j < 6; j++) {
			label = label substr("abcdefghijklmnop", number % 16 + 1, 1)
			number = int(number / 16)
		}
		print label ".bench.example" } }'
}

# What the look-up costs, in the process itself.
lookup() {
	local names="$1" title line view
	echo
	echo "Local policy: one decision, in the process itself ($names names in the list)"
	awk -v names="$names" 'BEGIN { for (i = 0; i < names; i++) print "n" i ".listed.example" }' >"$DIR/lookup.txt"
	for title in none list views; do
		{
			echo "server:"
			[ "$title" != list ] || printf '%s\n' "blocklist:" "    file: \"$DIR/lookup.txt\""
			for view in $([ "$title" != views ] || seq 16); do
				printf '%s\n' "    access-control-view: 192.0.2.$view/32 v$view"
			done
			for view in $([ "$title" != views ] || seq 16); do
				printf '%s\n' "view:" "    name: v$view" "    view-first: yes" \
					"    local-data: \"host.view.example A 192.0.2.$view\""
			done
		} >"$DIR/lookup.conf"
		nice -n -20 taskset -c "$SERVER_CPU" "$PROGRAMS/policy" "$DIR/lookup.conf" "$names" \
			n%u.listed.example >"$DIR/lookup.log" || return
		tee -a "$OUT/results.jsonl" <"$DIR/lookup.log" | while read -r line; do
			[[ $line != *compile* ]] || printf '  %-6s compiled in %s ms of CPU; image %s KB, at most %s KB while it grew\n' \
				"$title" "$(field compile_cpu_ms <<<"$line")" "$(field image_kb <<<"$line")" "$(field peak_kb <<<"$line")"
			[[ $line != *asked* ]] || printf '  %-6s %-14s %5s ns a decision\n' "$title" \
				"$(field asked <<<"$line")" "$(field ns <<<"$line")"
		done
	done
}

# pss_kb PID: of the process and all below it, what is shared divided among them.
pss_kb() {
	local child
	sed -n 's/^Pss: *\([0-9]*\).*/\1/p' "/proc/$1/smaps_rollup" 2>/dev/null
	for child in $(cat "/proc/$1"/task/*/children 2>/dev/null); do
		pss_kb "$child"
	done
}

# With LIST, the file of the names that are blocked; without one, none are.
start_blocking_runbound() {
	runbound_conf "xdp: $XDP" "control-socket: \"$DIR/control\""
	[ -z "$LIST" ] || printf '%s\n' "blocklist:" "    file: \"$DIR/list\"" >>"$DIR/runbound.conf"
	printf '%s\n' "remote-control:" "    control-enable: yes" "    control-interface: \"$DIR/unbound.ctl\"" \
		"    control-use-cert: no" >>"$DIR/runbound.conf"
	launch runbound "$RUNBOUND" "$DIR/runbound.conf"
}

start_blocking_unbound() {
	unbound_conf >"$DIR/unbound.conf"
	{
		printf '%s\n' "server:"
		[ -z "$LIST" ] || echo "    include: \"$DIR/zones\""
		printf '%s\n' "remote-control:" "    control-enable: yes" "    control-interface: \"$DIR/unbound.ctl\"" \
			"    control-use-cert: no"
	} >>"$DIR/unbound.conf"
	launch unbound unbound -d -c "$DIR/unbound.conf"
}

# list_make KIND COUNT: a list of names, and the same for Unbound, which has no lists.
list_make() {
	blocked_names "$1" "$2" >"$DIR/blocked.$1"
	sed 's/.*/local-zone: "&" always_nxdomain/' "$DIR/blocked.$1" >"$DIR/zones.$1"
}

# list_put KIND: it is the list from now on, once it is read again.
list_put() {
	LIST="$1"
	ln -f "$DIR/blocked.$1" "$DIR/list"
	ln -f "$DIR/zones.$1" "$DIR/zones"
}

started_ms() {
	local began
	began=$(date +%s%N)
	SERVER_PIDS=()
	"start_blocking_$1"
	until in_server dig +tries=1 +time=1 +short "@$LISTEN4" aaaaaaa.bench.example A 2>/dev/null | grep -q '^10\.'; do
		kill -0 "${SERVER_PIDS[0]}" 2>/dev/null && continue
		echo "bench: $1 does not start:" >&2
		tail -5 "$DIR/$1.log" >&2
		return 1
	done
	echo $((($(date +%s%N) - began) / 1000000))
}

# among_many NAMES: hits of as many hot names as there are blocked ones. They lie in as much memory, so this,
# and not a hit of one of a thousand, is what the first answer to a blocked name is to be compared with.
among_many() {
	local result
	hot_records "$1" || return
	TRAFFIC="--query a/A --names $1"
	result=$(best_rate)
	printf ', allowed hot among as many %d/s' "$(field rate <<<"$result")"
	printf ',"among_many":%d' "$(field rate <<<"$result")" >>"$OUT/results.jsonl"
}

# blocking SERVER TITLE XDP NAMES: what a list of so many costs, and how fast it answers.
blocking() {
	local server="$1" title="$2" XDP="$3" names="$4" LIST='' without with ms result question
	started_ms "$server" >"$DIR/started" || return
	without=$(pss_kb "${SERVER_PIDS[0]}" | awk '{ sum += $1 } END { print sum }')
	stop_server
	list_put b
	started_ms "$server" >"$DIR/started" || return
	ms=$(cat "$DIR/started")
	with=$(pss_kb "${SERVER_PIDS[0]}" | awk '{ sum += $1 } END { print sum }')
	printf '  %-18s first answer after %6d ms, %5d MB for the list' "$title" "$ms" $(((with - without) / 1024))
	printf '{"blocking":"%s","start_ms":%d,"list_kb":%d' "$title" "$ms" $((with - without)) >>"$OUT/results.jsonl"
	for question in "blocked cold:--query b/A --rcode 3 --no-answer --sequence --names $names" \
		"blocked hot:--query b/A --rcode 3 --no-answer --names 1000" \
		"allowed hot:--query a/A --check-address --names 1000"; do
		TRAFFIC=${question#*:}
		[[ $question != *"--names 1000" ]] || warm 1000
		result=$(best_rate)
		printf ', %s %d/s' "${question%%:*}" "$(field rate <<<"$result")"
		printf ',"%s":%d' "${question%%:*}" "$(field rate <<<"$result")" >>"$OUT/results.jsonl"
	done
	TRAFFIC="--query a/A --names 16000000 --sequence"
	result=$(traffic_measured --rate 5000 --count "$([ -n "$QUICK" ] && echo 5000 || echo 20000)")
	printf ', allowed cold %d ns of CPU' "$(field cpu_ns <<<"$result")"
	printf ',"allowed_cold_cpu_ns":%d' "$(field cpu_ns <<<"$result")" >>"$OUT/results.jsonl"
	[ "$server" != runbound ] || among_many "$names"
	echo
	echo '}' >>"$OUT/results.jsonl"
	stop_server
}

# is_blocked NAME
is_blocked() {
	in_server dig +tries=1 +time=1 "@$LISTEN4" "$1" A 2>/dev/null | grep -q 'status: NXDOMAIN'
}

# looks: what the storm does beside the generator, but that nothing changes: dig's and unbound-control's own part.
looks() {
	local i
	in_server unbound-control -c "$DIR/control.conf" -s "$DIR/unbound.ctl" status >/dev/null 2>&1
	for i in $(seq 20); do
		is_blocked aaaaaaa.bench.example
		sleep 0.05
	done
}

# replace LIST: it is in force when this returns.
replace() {
	list_put "$1"
	in_server unbound-control -c "$DIR/control.conf" -s "$DIR/unbound.ctl" reload >/dev/null 2>&1
	until is_blocked "${1}aaaaaa.bench.example"; do
		kill -0 "$2" 2>/dev/null || return
		sleep 0.05
	done
}

# storm SERVER RATE: the list is replaced up to ten times while hot names are asked for.
storm() {
	local server="$1" rate="$2" seconds result lost i began generator took=() XDP=yes LIST=''
	seconds=$([ -n "$QUICK" ] && echo 20 || echo 60)
	list_put b
	started_ms "$server" >"$DIR/started" || return
	TRAFFIC="--query a/A --check-address --names 1000"
	warm 1000
	# shellcheck disable=SC2086
	traffic $TRAFFIC --rate "$rate" --timed-every 16 --seconds 10 >"$DIR/quiet.log" &
	generator=$!
	while kill -0 "$generator" 2>/dev/null; do
		looks
	done
	# shellcheck disable=SC2086
	traffic $TRAFFIC --rate "$rate" --timed-every 16 --seconds "$seconds" >"$DIR/storm.log" &
	generator=$!
	for i in $(seq 10); do
		began=$(date +%s%N)
		replace "$([ $((i % 2)) = 1 ] && echo c || echo b)" "$generator" || break
		took+=($((($(date +%s%N) - began) / 1000000)))
	done
	wait "$generator"
	result=$(cat "$DIR/storm.log")
	# One that was on its way at the beginning may have been answered since.
	lost=$(($(field sent <<<"$result") - $(field good <<<"$result")))
	printf '  %-10s replaced %d times in %d s, in force after %s ms; of %d questions %d were lost; p99 %s us, beside looks that change nothing %s us\n' \
		"$server" "${#took[@]}" "$seconds" "$(IFS=/ && echo "${took[*]}")" "$(field sent <<<"$result")" \
		$((lost > 0 ? lost : 0)) "$(field p99_us <<<"$result")" \
		"$(field p99_us <"$DIR/quiet.log")"
	printf '{"storm":"%s","ms":[%s],"before":%s,"during":%s}\n' "$server" "$(IFS=, && echo "${took[*]}")" \
		"$(cat "$DIR/quiet.log")" "$result" >>"$OUT/results.jsonl"
	stop_server
}

policy() {
	local names
	names=$([ -n "$QUICK" ] && echo 100000 || echo 1000000)
	lookup "$names"
	list_make b "$names"
	list_make c "$names"
	printf '%s\n' "remote-control:" "    control-use-cert: no" >"$DIR/control.conf"
	echo
	echo "A list of $names blocked names"
	blocking runbound "runbound" yes "$names"
	blocking runbound "runbound, sockets" no "$names"
	blocking unbound "Unbound" no "$names"
	echo
	echo "The list replaced while 1 000 hot names are asked for, 100 000 times a second"
	storm runbound 100000
	storm unbound 100000
}

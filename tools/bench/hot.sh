# SPDX-License-Identifier: BSD-2-Clause
# A list is replaced while the table has a million hot records. For bash, to be sourced by run.sh.

HOT_LISTED=64 # of the hot names are on each list

# What the sweep of the table takes of a CPU, in the process itself.
sweeps() {
	local names="$1" kind line
	for kind in few b c; do
		{
			hot_names "$HOT_LISTED"
			[ "$kind" = few ] || blocked_names "$kind" "$names"
		} >"$DIR/swept.$kind"
		printf '%s\n' "blocklist:" "    file: \"$DIR/swept.$kind\"" >"$DIR/sweep.$kind.conf"
	done
	: >"$DIR/swept.none"
	printf '%s\n' "blocklist:" "    file: \"$DIR/swept.none\"" >"$DIR/sweep.none.conf"
	for kind in "none few" "b c"; do
		line=$(nice -n -20 taskset -c "$SERVER_CPU" "$PROGRAMS/sweep" "$DIR/sweep.${kind% *}.conf" \
			"$DIR/sweep.${kind#* }.conf" "/sys/fs/bpf/$NAME" "$names") || return
		printf '  %-22s one sweep takes %s ms of CPU\n' \
			"$([ "$kind" = "b c" ] && echo "$names names" || echo "$HOT_LISTED names")" "$(field sweep_ms <<<"$line")"
		printf '{"sweep":"%s","result":%s}\n' "$kind" "$line" >>"$OUT/results.jsonl"
	done
}

# hot_names COUNT [FIRST]
hot_names() {
	blocked_names a $(($1 + ${2:-0})) | tail -n "$1"
}

# hot_records NAMES: that the server has them, from now on.
hot_records() {
	local names="$1" seen
	hot_names "$names" | sed 's/$/. 86400 IN A 10.0.0.1/' >"$DIR/hot.zone"
	in_server "$CACHECTL" -p "/sys/fs/bpf/$NAME" -s "$DIR/control" preload "$DIR/hot.zone" >"$DIR/hot.log" 2>&1
	seen=$(sed -n 's/^loaded: //p' "$DIR/hot.log")
	[ "${seen:-0}" = "$names" ] || {
		echo "bench: only ${seen:-0} of $names hot records:" >&2
		tail -3 "$DIR/hot.log" >&2
		return 1
	}
}

# start_hot NAMES: runbound with a list by url, and so many hot records.
start_hot() {
	local names="$1"
	rm -rf "$DIR/state"
	mkdir "$DIR/state"
	: >"$DIR/list"
	runbound_conf "xdp: yes" "verbosity: 2" "control-socket: \"$DIR/control\"" "state-directory: \"$DIR/state\""
	printf '%s\n' "blocklist:" "    name: listed" "    url: http://192.0.2.1:8080/list" >>"$DIR/runbound.conf"
	SERVER_PIDS=()
	launch runbound "$RUNBOUND" "$DIR/runbound.conf"
	ready runbound || return
	hot_records "$names"
}

# peak_kb SERVER-PID FILE: the most memory of all processes, looked at until the file is gone.
peak_kb() {
	local most=0 now
	while [ -e "$2" ]; do
		now=$(pss_kb "$1" | awk '{ sum += $1 } END { print sum }')
		[ "${now:-0}" -le "$most" ] || most=$now
		sleep 0.2
	done
	echo "$most"
}

# hot_replace ROUND TITLE: $DIR/list is the list from now on; 64 hot names are on it.
hot_replace() {
	local round="$1" title="$2" line names before most
	mapfile -t names < <(hot_names "$HOT_LISTED" $((round * HOT_LISTED)))
	printf '%s\n' "${names[@]}" >>"$DIR/list"
	before=$(pss_kb "${SERVER_PIDS[0]}" | awk '{ sum += $1 } END { print sum }')
	: >"$DIR/replacing"
	peak_kb "${SERVER_PIDS[0]}" "$DIR/replacing" >"$DIR/peak" &
	most=$!
	line=$(in_client python3 "$HERE/void.py" "$LISTEN4" 192.0.2.1 \
		"nsenter --net=/run/netns/$NAME-server -- $CACHECTL -s $DIR/control fetch" \
		"$DIR/runbound.log" "$DIR/list" "${names[@]}")
	rm "$DIR/replacing"
	wait "$most"
	most=$(($(cat "$DIR/peak") - before))
	printf '  %-22s %s ms to the last byte; from there %s ms until void in userspace, %s ms in the kernel; compiled in %s ms, swept in %s ms; %d MB more meanwhile\n' \
		"$title" "$(field fetch_ms <<<"$line")" "$(field userspace_ms <<<"$line")" "$(field kernel_ms <<<"$line")" \
		"$(field compile_ms <<<"$line")" "$(field sweep_ms <<<"$line")" $((most / 1024))
	printf '{"hot_change":"%s","peak_kb":%d,"result":%s}\n' "$title" "$most" "$line" >>"$OUT/results.jsonl"
}

hot_change() {
	local names round=0 kind
	names=$([ -n "$QUICK" ] && echo 100000 || echo 1000000)
	echo
	echo "A list of names replaced beside $names hot records, $HOT_LISTED of which it blocks"
	sweeps "$names" || return
	start_hot "$names" || return
	for kind in "" b c "" "" b c; do
		: >"$DIR/list"
		[ -z "$kind" ] || blocked_names "$kind" "$names" >"$DIR/list"
		hot_replace $((round++)) "$([ -z "$kind" ] && echo "$HOT_LISTED names" || echo "$names names ($kind)")"
	done
	stop_server
}

# SPDX-License-Identifier: BSD-2-Clause
# DNS over TLS and HTTPS: hits, handshakes, idle connections, and upstreams. For bash, to be sourced by
# run.sh. What counts is the server's CPU time: the client, which has as much to encrypt, is on the other
# CPU.

secure_files() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=dns.example \
		-addext subjectAltName=DNS:dns.example -keyout "$DIR/tls.key" -out "$DIR/tls.pem" 2>/dev/null
	awk 'BEGIN { for (i = 0; i < 1000; i++) {
		label = ""; number = i
		for (j = 0; j < 6; j++) {
			label = label substr("abcdefghijklmnop", number % 16 + 1, 1)
			number = int(number / 16)
		}
		print "a" label ".bench.example A" } }' >"$DIR/dnsperf.txt"
	# The same as requests, for h2load: dnsdist takes hardly any from dnsperf.
	python3 -c '
import base64, sys
for line in sys.stdin:
    name = b"".join(bytes([len(label)]) + label.encode() for label in line.split()[0].split("."))
    query = bytes.fromhex("000001000001000000000000") + name + bytes.fromhex("0000010001")
    print("https://%s/dns-query?dns=%s" % (sys.argv[1], base64.urlsafe_b64encode(query).decode().rstrip("=")))
' "$LISTEN4" <"$DIR/dnsperf.txt" >"$DIR/urls.txt"
}

# secure_lines CONNECTIONS [LINE...]: of the server clause, for runbound and Unbound. With more than half
# of the seats taken, connections would be closed early.
secure_lines() {
	local connections="$1"
	shift
	printf '%s\n' "interface: $LISTEN4@853" "interface: $LISTEN4@443" "incoming-num-tcp: $((connections * 4))" \
		"tls-service-key: \"$DIR/tls.key\"" "tls-service-pem: \"$DIR/tls.pem\"" \
		"http-query-buffer-size: 64m" "http-response-buffer-size: 64m" "$@"
}

# Each with more lines for its server clause, if there are any.
secure_runbound() {
	local lines
	mapfile -t lines < <(secure_lines "$idle" "$@")
	runbound_daemon "xdp: no" "${lines[@]}"
}

secure_unbound() {
	{
		unbound_conf
		echo "server:"
		secure_lines "$(idle_most unbound)" "$@"
	} >"$DIR/unbound.conf"
	launch unbound unbound -d -c "$DIR/unbound.conf"
	ready unbound
}

# idle_most SERVER: how many connections it can have open. Unbound takes descriptors for four listeners
# with all the seats of each, and does not start where they are too few.
idle_most() {
	local most=$((($(ulimit -Hn) - 6000) / 16))
	[ "$1" = unbound ] && [ "$most" -lt "$idle" ] && echo "$most" || echo "$idle"
}

# With its packet cache; behind it, Unbound.
secure_dnsdist() {
	unbound_conf | sed "s/interface: $LISTEN4/interface: 127.0.0.1@5301/; /interface: $LISTEN6/d" \
		>"$DIR/unbound.conf"
	cat >"$DIR/dnsdist.conf" <<-CONF
		setLocal('$LISTEN4:53')
		setACL({ '0.0.0.0/0' })
		addTLSLocal('$LISTEN4:853', '$DIR/tls.pem', '$DIR/tls.key', { maxInFlight = 1000 })
		addDOHLocal('$LISTEN4:443', '$DIR/tls.pem', '$DIR/tls.key', '/dns-query')
		setMaxTCPClientThreads(1)
		newServer({ address = '127.0.0.1:5301', healthCheckMode = 'up' })
		getPool(''):setCache(newPacketCache(100000, { maxTTL = 86400 }))
		setSecurityPollSuffix('')
	CONF
	launch dnsdist dnsdist --supervised --disable-syslog -C "$DIR/dnsdist.conf"
	launch unbound unbound -d -c "$DIR/unbound.conf"
	ready dnsdist
}

# The server's processes, with their children.
server_pids() {
	local pid
	for pid in "${SERVER_PIDS[@]}"; do
		echo "$pid"
		pgrep -P "$pid"
	done
}

# CPU time of the server so far, in ns.
server_cpu_ns() {
	local pid
	for pid in $(server_pids); do
		cat "/proc/$pid/stat"
	done 2>/dev/null | sed 's/.*) //' |
		awk -v hz="$(getconf CLK_TCK)" '{ ticks += $12 + $13 } END { printf "%.0f\n", ticks * 1e9 / hz }'
}

# What it holds by itself, in kB.
server_memory_kb() {
	local pid
	for pid in $(server_pids); do
		cat "/proc/$pid/smaps_rollup"
	done 2>/dev/null | awk '/^Pss_Anon:/ { sum += $2 } END { print sum + 0 }'
}

# figure KIND SERVER RATE CPU_NS COUNT UNIT
figure() {
	local each=$(($4 / ($5 > 0 ? $5 : 1)))
	printf '  %-10s %-10s %9.0f %s, %7d ns of CPU each: %d/s on one core\n' "$1" "$2" "$3" "$6" "$each" \
		$((each > 0 ? 1000000000 / each : 0))
	printf '{"secure":"%s","server":"%s","rate":%.0f,"cpu_ns":%d}\n' "$1" "$2" "$3" "$each" \
		>>"$OUT/results.jsonl"
}

# hits_dot SERVER
hits_dot() {
	local before output
	in_client dnsperf -m dot -s "$LISTEN4" -p 853 -d "$DIR/dnsperf.txt" -n 1 >/dev/null 2>&1
	before=$(server_cpu_ns)
	output=$(in_client nice -n -20 taskset -c 0 dnsperf -m dot -s "$LISTEN4" -p 853 \
		-d "$DIR/dnsperf.txt" -l "$SECURE_SECONDS" -c 16 -q 64 2>/dev/null)
	figure dot "$1" "$(awk '/Queries per second/ { print $4 }' <<<"$output")" \
		$(($(server_cpu_ns) - before)) "$(awk '/Queries completed/ { print $3 }' <<<"$output")" answers/s
}

# hits_doh SERVER: what hits_dot() has asked, over HTTP/2.
hits_doh() {
	local before output
	before=$(server_cpu_ns)
	output=$(in_client nice -n -20 taskset -c 0 h2load -t 1 -c 16 -m 64 -D "$SECURE_SECONDS" \
		-i "$DIR/urls.txt" 2>/dev/null)
	figure doh "$1" "$(awk '/^finished in/ { print $4 }' <<<"$output")" \
		$(($(server_cpu_ns) - before)) "$(awk '/^status codes:/ { print $3 }' <<<"$output")" answers/s
}

# handshakes SERVER new|resumed
handshakes() {
	local before output
	before=$(server_cpu_ns)
	output=$(in_client nice -n -20 taskset -c 0 "$PROGRAMS/handshakes" "$2" "$LISTEN4" "$SECURE_SECONDS")
	figure "$2" "$1" "$(field rate <<<"$output")" $(($(server_cpu_ns) - before)) \
		"$(field handshakes <<<"$output")" connections/s
}

# idle SERVER COUNT: what connections cost that are open.
idle() {
	local before after pid i
	before=$(server_memory_kb)
	mkfifo "$DIR/hold"
	in_client "$PROGRAMS/handshakes" open "$LISTEN4" "$2" <"$DIR/hold" >"$DIR/open.log" 2>&1 &
	pid=$!
	exec 5>"$DIR/hold"
	for i in $(seq 600); do
		[ ! -s "$DIR/open.log" ] || break
		sleep 0.1
	done
	after=$(server_memory_kb)
	printf '  %-10s %-10s %9d connections, %d kB each\n' idle "$1" "$(field open <"$DIR/open.log")" \
		$(((after - before) / $2))
	printf '{"secure":"idle","server":"%s","connections":%d,"kb":%d}\n' "$1" \
		"$(field open <"$DIR/open.log")" $(((after - before) / $2)) >>"$OUT/results.jsonl"
	exec 5>&-
	wait "$pid"
	rm -f "$DIR/hold"
}

# A server of DNS over TLS that knows every name, on the client's CPU.
start_upstream() {
	cat >"$DIR/upstream.conf" <<-CONF
		setLocal('127.0.0.1:5302')
		addTLSLocal('127.0.0.1:853', '$DIR/tls.pem', '$DIR/tls.key', { maxInFlight = 1000 })
		addAction(AllRule(), SpoofAction('10.0.0.1', { ttl = 3600 }))
		setSecurityPollSuffix('')
	CONF
	(exec nsenter --net="/run/netns/$NAME-server" -- nice -n -20 taskset -c 0 dnsdist --supervised \
		--disable-syslog -C "$DIR/upstream.conf" >"$DIR/upstream.log" 2>&1) &
	UPSTREAM_PID=$!
	ALL_PIDS+=("$UPSTREAM_PID")
}

# upstream SERVER: names that nobody asked for before, through that one.
upstream() {
	local before output
	local FORWARD=$'forward-tls-upstream: yes\n    forward-addr: 127.0.0.1@853#dns.example'
	SERVER_PIDS=()
	"secure_$1" "tls-cert-bundle: \"$DIR/tls.pem\"" || return
	before=$(server_cpu_ns)
	output=$(in_client nice -n -20 taskset -c 0 dnsperf -s "$LISTEN4" -d "$DIR/cold.txt" \
		-l "$SECURE_SECONDS" -c 8 -q 400 -t 10 2>/dev/null)
	figure upstream "$1" "$(awk '/Queries per second/ { print $4 }' <<<"$output")" \
		$(($(server_cpu_ns) - before)) "$(awk '/Queries completed/ { print $3 }' <<<"$output")" answers/s
	stop_server
}

# asked ROW IN ADDRESS PROTOCOL PORT: one question after the other; what each takes.
asked() {
	local ms
	ms=$("$2" dnsperf -m "$4" -p "$5" -s "$3" -d "$DIR/cold.txt" -l "$SECURE_SECONDS" -c 1 -q 1 -t 10 \
		2>/dev/null | awk '/Average Latency/ { printf "%.2f", $4 * 1000; exit }')
	printf '  %-10s %-10s %9s ms\n' latency "$1" "$ms"
	printf '{"secure":"latency","server":"%s","ms":%s}\n' "$1" "${ms:-0}" >>"$OUT/results.jsonl"
}

# Behind 10 ms each way: what a cold name costs beyond the round trip (the row "upstream", which is asked
# directly), the connection being there.
round_trip() {
	local FORWARD=$'forward-tls-upstream: yes\n    forward-addr: 127.0.0.3@853#dns.example'
	SERVER_PIDS=()
	"secure_$1" "tls-cert-bundle: \"$DIR/tls.pem\"" || return
	asked "$1" in_client "$LISTEN4" udp 53
	stop_server
}

start_delay() {
	(exec nsenter --net="/run/netns/$NAME-server" -- taskset -c 0 "$PROGRAMS/delay" 127.0.0.3 127.0.0.1 \
		853 10 >"$DIR/delay.log" 2>&1) &
	ALL_PIDS+=($!)
}

secure() {
	local server idle=10000 others="unbound dnsdist"
	SECURE_SECONDS=5
	if [ -n "$QUICK" ]; then
		SECURE_SECONDS=2
		idle=1000
		others=unbound
	fi
	echo
	echo "DNS over TLS and HTTPS: 1 000 hot A names, 16 connections; connections, one by one; idle ones"
	secure_files
	for server in runbound $others; do
		SERVER_PIDS=()
		"secure_$server" || continue
		hits_dot "$server"
		hits_doh "$server"
		handshakes "$server" new
		handshakes "$server" resumed
		idle "$server" "$(idle_most "$server")"
		stop_server
	done
	command -v dnsdist >/dev/null || return 0
	echo "Cold names through one upstream over TLS"
	awk 'BEGIN { for (i = 0; i < 400000; i++) print "n" i ".bench.example A" }' >"$DIR/cold.txt"
	start_upstream
	for server in runbound unbound; do
		upstream "$server"
	done
	start_delay
	echo "Cold names one by one, through the same upstream 10 ms away"
	asked upstream in_server 127.0.0.3 dot 853
	for server in runbound unbound; do
		round_trip "$server"
	done
	kill "$UPSTREAM_PID"
	wait "$UPSTREAM_PID" 2>/dev/null
}

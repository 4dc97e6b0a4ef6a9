# SPDX-License-Identifier: BSD-2-Clause
# The servers that are compared, for bash, to be sourced by run.sh. For each server: start_NAME NAMES
# leaves SERVER_PIDS; what it needs is in $DIR. All serve on CPU 1, behind them the authority.

AUTHORITY=127.0.0.2
AUTHORITY_PORT=5300
SERVER_CPU=1
LISTEN4=192.0.2.53
LISTEN6=2001:db8:1::53

# launch NAME COMMAND...: in the servers' namespace, on the servers' CPU; its output in $DIR/NAME.log.
launch() {
	local name="$1"
	shift
	rm -f "$DIR/$name.log"
	(exec nsenter --net="/run/netns/$NAME-server" -- nice -n -20 taskset -c "$SERVER_CPU" "$@" \
		>"$DIR/$name.log" 2>&1) &
	SERVER_PIDS+=($!)
	ALL_PIDS+=($!)
}

# ready NAME: wait until the server answers over its own loopback.
ready() {
	local i
	for i in $(seq 100); do
		in_server dig +tries=1 +time=1 +short "@$LISTEN4" aaaaaaa.bench.example A 2>/dev/null |
			grep -q '^10\.' && return 0
		kill -0 "${SERVER_PIDS[0]}" 2>/dev/null || break
		sleep 0.1
	done
	echo "bench: $1 does not answer:" >&2
	tail -5 "$DIR/$1.log" >&2
	return 1
}

start_authority() {
	(exec nsenter --net="/run/netns/$NAME-server" -- nice -n -20 taskset -c "$SERVER_CPU" \
		"$PROGRAMS/authority" "$AUTHORITY" "$AUTHORITY_PORT" >"$DIR/authority.log" 2>&1) &
	ALL_PIDS+=($!)
}

# start_reflector [redirect]
start_reflector() {
	launch reflector "$PROGRAMS/reflect" eth0 "$@"
	wait_for_line reflector
}

# start_preload PRELOAD-ARGUMENT...: runbound's XDP program on a filled table.
start_preload() {
	launch preload "$PROGRAMS/preload" --interface eth0 --pins "/sys/fs/bpf/$NAME" "$@"
	wait_for_line preload
}

wait_for_line() {
	local i
	for i in $(seq 600); do
		! grep -qs '^{' "$DIR/$1.log" || return 0
		kill -0 "${SERVER_PIDS[-1]}" 2>/dev/null || break
		sleep 0.1
	done
	echo "bench: $1 does not start:" >&2
	tail -5 "$DIR/$1.log" >&2
	return 1
}

# What runbound and Unbound have in common.
unbound_conf() {
	cat <<-EOF
		server:
		    interface: $LISTEN4
		    interface: $LISTEN6
		    access-control: 0.0.0.0/0 allow
		    access-control: ::/0 allow
		    num-threads: 1
		    do-daemonize: no
		    verbosity: 0
		    use-syslog: no
		    chroot: ""
		    username: ""
		    directory: "$DIR"
		    pidfile: ""
		    module-config: "iterator"
		    do-not-query-localhost: no
		    qname-minimisation: no
		    msg-cache-size: 512m
		    rrset-cache-size: 1g
		    so-rcvbuf: 8m
		    so-sndbuf: 8m
		    so-reuseport: yes
		    outgoing-range: 4096
		    num-queries-per-thread: 2048
		    minimal-responses: yes
		    max-udp-size: 1232
		forward-zone:
		    name: "."
		    ${FORWARD:-forward-addr: $AUTHORITY@$AUTHORITY_PORT}
	EOF
}

start_unbound() {
	unbound_conf >"$DIR/unbound.conf"
	launch unbound unbound -d -c "$DIR/unbound.conf"
	ready unbound
}

# runbound_conf SETTING...: settings of its own are lines of the server clause.
runbound_conf() {
	unbound_conf | sed '/use-syslog\|do-daemonize/d' >"$DIR/runbound.conf"
	{
		echo "server:"
		printf '    %s\n' "pin-dir: \"/sys/fs/bpf/$NAME\"" "hot-cache-size: 512m" "$@"
	} >>"$DIR/runbound.conf"
}

runbound_daemon() {
	runbound_conf "$@"
	launch runbound "$RUNBOUND" "$DIR/runbound.conf"
	ready runbound
}

start_runbound() {
	runbound_daemon "xdp: yes"
}

start_sockets() {
	runbound_daemon "xdp: no"
}

# The program hands every query over: workers answer from the table, by AF_XDP. The server answers by
# sockets before its program is loaded.
start_afxdp() {
	local i
	runbound_daemon "xdp: yes"
	for i in $(seq 100); do
		[ ! -e "/sys/fs/bpf/$NAME/link_eth0" ] || break
		sleep 0.1
	done
	launch handover "$PROGRAMS/handover" eth0 "/sys/fs/bpf/$NAME"
	wait_for_line handover
}

knot_conf() {
	cat <<-EOF
		server:
		    rundir: "$DIR"
		    listen: [ $LISTEN4@53, $LISTEN6@53 ]
		    udp-workers: 1
		    tcp-workers: 1
		    background-workers: 1
		database:
		    storage: "$DIR/knot-db"
		$1
		zone:
		  - domain: bench.example
		    file: "$DIR/bench.zone"
		    journal-content: none
		    zonefile-load: whole
		    zonefile-sync: -1
	EOF
}

# knot_zone NAMES: the same names as everybody's, but for signed ones.
knot_zone() {
	awk -v names="$1" '
		function name(kind, number,    label, i) {
			label = kind
			for (i = 0; i < 6; i++) {
				label = label substr("abcdefghijklmnop", number % 16 + 1, 1)
				number = int(number / 16)
			}
			return label
		}
		BEGIN {
			print "$ORIGIN bench.example.\n$TTL 86400"
			print "@ SOA ns host 1 3600 600 86400 3600\n@ NS ns\nns A 127.0.0.2"
			for (i = 0; i < 240; i++)
				string = string "x"
			text = "\"" string "\""
			text = text " " text " " text " " text
			for (i = 0; i < names; i++) {
				address = "10." int(i / 65536) "." int(i / 256) % 256 "." i % 256
				print name("a", i), "A", address
				if (names > 10000)
					continue
				print name("a", i), "AAAA 2001:db8::" address
				print name("c", i), "CNAME", name("d", i)
				print name("d", i), "CNAME", name("e", i)
				print name("e", i), "A", address
				print name("t", i), "TXT", text
			}
		}' >"$DIR/bench.zone"
}

start_knot() {
	knot_zone "$1"
	knot_conf "" >"$DIR/knot.conf"
	launch knot knotd -c "$DIR/knot.conf"
	ready knot
}

start_knotxdp() {
	knot_zone "$1"
	knot_conf "xdp:
    listen: eth0
    udp: on" >"$DIR/knot.conf"
	launch knotxdp knotd -c "$DIR/knot.conf"
	ready knotxdp
}

start_bind() {
	cat >"$DIR/named.conf" <<-EOF
		options {
			directory "$DIR";
			pid-file none;
			listen-on { $LISTEN4; };
			listen-on-v6 { $LISTEN6; };
			allow-query { any; };
			allow-recursion { any; };
			recursion yes;
			dnssec-validation no;
			minimal-responses yes;
			max-cache-size 1g;
			recursive-clients 10000;
			forward only;
			forwarders port $AUTHORITY_PORT { $AUTHORITY; };
		};
		controls { };
	EOF
	launch bind named -g -n 1 -c "$DIR/named.conf"
	ready bind
}

start_powerdns() {
	mkdir -p "$DIR/pdns"
	launch powerdns pdns_recursor --config-dir="$DIR/pdns" --daemon=no --threads=1 \
		--pdns-distributes-queries=no --reuseport=yes --dnssec=off \
		--local-address="$LISTEN4,$LISTEN6" --allow-from=0.0.0.0/0,::/0 \
		--forward-zones-recurse=".=$AUTHORITY:$AUTHORITY_PORT" --socket-dir="$DIR/pdns" \
		--max-cache-entries=3000000 --max-packetcache-entries=3000000 --quiet=yes \
		--dont-query= --hint-file=no --write-pid=no --disable-syslog=yes \
		--max-udp-queries-per-round=10000 --udp-truncation-threshold=1232
	ready powerdns
}

start_kresd() {
	mkdir -p "$DIR/kresd"
	cat >"$DIR/kresd.conf" <<-EOF
		net.listen('$LISTEN4', 53, { kind = 'dns' })
		net.listen('$LISTEN6', 53, { kind = 'dns' })
		modules.unload('detect_time_skew')
		modules.unload('ta_signal_query')
		modules.unload('ta_sentinel')
		trust_anchors.remove('.')
		cache.open(512 * MB, 'lmdb://$DIR/kresd')
		policy.add(policy.all(policy.FORWARD('$AUTHORITY@$AUTHORITY_PORT')))
	EOF
	launch kresd kresd -n -c "$DIR/kresd.conf" "$DIR/kresd"
	ready kresd
}

# dnsdist with its packet cache, Unbound behind it.
start_dnsdist() {
	unbound_conf | sed "s/interface: $LISTEN4/interface: 127.0.0.1@5301/; /interface: $LISTEN6/d" \
		>"$DIR/unbound.conf"
	cat >"$DIR/dnsdist.conf" <<-EOF
		setLocal('$LISTEN4:53')
		addLocal('[$LISTEN6]:53')
		setACL({ '0.0.0.0/0', '::/0' })
		setMaxUDPOutstanding(65535)
		newServer({ address = '127.0.0.1:5301', healthCheckMode = 'up' })
		getPool(''):setCache(newPacketCache(3000000, { maxTTL = 86400 }))
		setSecurityPollSuffix('')
	EOF
	launch dnsdist dnsdist --supervised --disable-syslog -C "$DIR/dnsdist.conf"
	launch unbound unbound -d -c "$DIR/unbound.conf"
	ready dnsdist
}

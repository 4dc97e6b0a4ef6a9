# SPDX-License-Identifier: BSD-2-Clause
# The lab: a client, runbound and a small internet in network namespaces of their own. For bash, to be
# sourced; as root.
#
#	client            resolver (runbound)            internet
#	192.0.2.1    ---- eth0 192.0.2.53                198.51.100.1 root
#	2001:db8:1::1     2001:db8:1::53                 198.51.100.2 example.
#	              up0 198.51.100.53 ---------------- 198.51.100.3 signed.example. ...
#
# Everything has names of this run's own, so that several labs can run at once, and is removed when the
# shell ends, in whatever way. The host's own network is not touched.
#
# Settings, before lab_up or a new lab_client_link:
#	LAB_PEER	what runbound's interface has at its other end, in the client:
#			gro	GRO on, no XDP program (default)
#			bare	GRO off, no XDP program: replies cannot leave from XDP
#			pass	GRO on, an XDP program of its own
#			visible	the other end is in runbound's namespace, a port of a bridge that leads
#				to the client
#	LAB_QUEUES	queues of the client's link (1)
#	LAB_CHECKSUM	of the client's frames: partial, as veth does by default, or full
#	RUNBOUND, CACHECTL	the programs (in build/)

LAB_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB_TREE=$(cd "$LAB_HERE/../.." && pwd)
LAB_BUILD=${LAB_BUILD:-$LAB_TREE/build}
RUNBOUND=${RUNBOUND:-$LAB_BUILD/runbound}
CACHECTL=${CACHECTL:-$LAB_BUILD/runbound-cachectl}
LAB_TOOLS=$LAB_BUILD/tests/netns

LAB_SERVER4=192.0.2.53
LAB_SERVER6=2001:db8:1::53
LAB_UNBOUND4=192.0.2.54 # where lab_start_unbound has Unbound listen
LAB_UNBOUND6=2001:db8:1::54
LAB_DEADLINE=30 # seconds that a condition may take, on a busy machine

PATH=$PATH:/usr/sbin:/sbin
. "$LAB_HERE/zones.sh"

# --- life ---------------------------------------------------------------------------------------

lab_up() {
	lab_require
	LAB_NAME=rb-$$-$RANDOM
	LAB_DIR=$(mktemp -d "/tmp/$LAB_NAME.XXXXXX")
	chmod 755 "$LAB_DIR"
	LAB_PINS=/sys/fs/bpf/$LAB_NAME
	LAB_CONF=$LAB_DIR/runbound.conf
	LAB_SOCKET=$LAB_DIR/control.sock
	LAB_LOG=$LAB_DIR/runbound.log
	trap lab_down EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP PIPE

	[ -d /run/netns ] || LAB_MADE_NETNS=yes
	lab_netns client
	lab_netns resolver
	lab_netns internet
	lab_uplink
	lab_client_link
	lab_internet
}

lab_require() {
	local missing="" tool
	[ "$(id -u)" = 0 ] || {
		echo "The lab needs root: network namespaces and BPF." >&2
		exit 1
	}
	for tool in ip ethtool dig kdig drill knotd ldns-signzone nsenter nstat setpriv bpftool; do
		command -v "$tool" >/dev/null || missing="$missing $tool"
	done
	[ -z "$missing" ] || {
		echo "Missing:$missing. Install what the lab needs with: sudo make deps" >&2
		exit 1
	}
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
}

# Remove everything. Must not stop half-way: no signals, no errors.
lab_down() {
	local status=$? pidfile netns
	trap '' INT TERM HUP PIPE
	trap - EXIT
	set +e
	for pidfile in "$LAB_DIR"/*.pid; do
		[ ! -e "$pidfile" ] || lab_end "$(basename "$pidfile" .pid)"
	done
	rm -rf "$LAB_PINS"
	for netns in client resolver internet; do
		[ ! -e "/run/netns/$LAB_NAME-$netns" ] || ip netns del "$LAB_NAME-$netns"
	done
	# Another lab may be using it by now: then it stays.
	[ -z "${LAB_MADE_NETNS:-}" ] || { umount /run/netns && rmdir /run/netns; } 2>/dev/null
	rm -rf "$LAB_DIR"
	exit "$status"
}

# --- namespaces and links -----------------------------------------------------------------------

lab_netns() {
	ip netns add "$LAB_NAME-$1"
	lab_in "$1" ip link set lo up
}

# lab_in NETNS COMMAND...: "client", "resolver" or "internet". Not by `ip netns exec`: that hides
# /sys/fs/bpf.
lab_in() {
	local netns="$1"
	shift
	nsenter --net="/run/netns/$LAB_NAME-$netns" -- "$@"
}

# The same, replacing the shell: $! of a background job is then the command's own.
lab_exec_in() {
	local netns="$1"
	shift
	exec nsenter --net="/run/netns/$LAB_NAME-$netns" -- "$@"
}

# lab_veth NETNS NAME NETNS NAME [QUEUES]
lab_veth() {
	local queues="${5:-1}"
	lab_in "$1" ip link add "$2" numtxqueues "$queues" numrxqueues "$queues" type veth peer \
		name "$4" numtxqueues "$queues" numrxqueues "$queues" \
		netns "/run/netns/$LAB_NAME-$3"
}

# lab_addresses NETNS INTERFACE ADDRESS...: usable at once, if both ends of the link are up before.
lab_addresses() {
	local netns="$1" interface="$2" address
	shift 2
	lab_wait_for lab_carrier "$netns" "$interface"
	for address; do
		case $address in
		# Of several, the kernel is to choose the first.
		*:*::6[67]/*)
			lab_in "$netns" ip address add "$address" dev "$interface" nodad preferred_lft 0
			;;
		*:*) lab_in "$netns" ip address add "$address" dev "$interface" nodad ;;
		*) lab_in "$netns" ip address add "$address" dev "$interface" ;;
		esac
	done
}

lab_carrier() {
	lab_in "$1" ip link show "$2" | grep -q 'state UP'
}

lab_uplink() {
	lab_veth resolver up0 internet eth0
	lab_in resolver ip link set up0 up
	lab_in internet ip link set eth0 up
	lab_addresses resolver up0 198.51.100.53/24 2001:db8:100::53/64
	lab_addresses internet eth0 198.51.100.{1,2,3}/24 2001:db8:100::{1,2,3}/64
}

# The client's link as the settings say, in place of an earlier one. The client has three addresses:
# .1 is welcome, .66 is refused, .67 denied.
lab_client_link() {
	local peer="${LAB_PEER:-gro}" queues="${LAB_QUEUES:-1}"
	lab_in resolver ip link del eth0 2>/dev/null || true
	lab_in resolver ip link del br0 2>/dev/null || true
	lab_in client ip link del eth0 2>/dev/null || true
	if [ "$peer" = visible ]; then
		lab_veth resolver eth0 resolver peer0 "$queues"
		lab_veth resolver port0 client eth0 "$queues"
		lab_in resolver ip link add br0 type bridge
		lab_in resolver ip link set peer0 master br0 up
		lab_in resolver ip link set port0 master br0 up
		# Else it would answer ARP for eth0's address, and take eth0's queries.
		lab_in resolver ip link set br0 arp off up
	else
		lab_veth resolver eth0 client eth0 "$queues"
	fi
	lab_in resolver ip link set eth0 up
	lab_in client ip link set eth0 up
	lab_addresses resolver eth0 $LAB_SERVER4/24 $LAB_SERVER6/64
	lab_addresses client eth0 192.0.2.{1,66,67}/24 2001:db8:1::{1,66,67}/64
	case $peer in
	gro | visible) lab_client_offload gro on ;;
	bare) lab_client_offload gro off ;;
	pass)
		lab_client_offload gro on
		lab_in client "$LAB_TOOLS/xdp-pass" eth0
		;;
	*)
		echo "LAB_PEER=$peer: no such state" >&2
		return 1
		;;
	esac
	[ "${LAB_CHECKSUM:-partial}" = partial ] || lab_client_offload tx off
}

# lab_client_offload FEATURE on|off
lab_client_offload() {
	lab_in client ethtool -K eth0 "$1" "$2" >/dev/null
}

# --- processes ----------------------------------------------------------------------------------

# lab_spawn NAME NETNS COMMAND...: in the background; output in NAME.log, its process in NAME.pid, and
# its exit status, once there is one, in NAME.status.
lab_spawn() {
	local name="$1" netns="$2"
	shift 2
	lab_end "$name"
	# What another of that name has said is not what this one says.
	: >"$LAB_DIR/$name.log"
	(
		# A signal to the whole process group must not end what tells of the end.
		trap : INT TERM HUP
		trap - EXIT
		set +e
		lab_exec_in "$netns" "$@" >"$LAB_DIR/$name.log" 2>&1 &
		echo $! >"$LAB_DIR/$name.pid.new"
		mv "$LAB_DIR/$name.pid.new" "$LAB_DIR/$name.pid"
		while wait $!; status=$?; kill -0 $! 2>/dev/null; do :; done
		echo $status >"$LAB_DIR/$name.status"
	) </dev/null >/dev/null 2>&1 &
	lab_wait_for test -e "$LAB_DIR/$name.pid"
}

# lab_end NAME: by force, if it runs at all.
lab_end() {
	if [ -e "$LAB_DIR/$1.pid" ] && [ ! -e "$LAB_DIR/$1.status" ]; then
		kill -KILL "$(cat "$LAB_DIR/$1.pid")"
		lab_wait_for test -s "$LAB_DIR/$1.status"
	fi
	rm -f "$LAB_DIR/$1.pid" "$LAB_DIR/$1.status"
}

# lab_signal NAME SIGNAL
lab_signal() {
	kill "-$2" "$(cat "$LAB_DIR/$1.pid")"
}

# lab_gone NAME: wait for its end, give its exit status.
lab_gone() {
	lab_wait_for test -s "$LAB_DIR/$1.status" || return
	rm -f "$LAB_DIR/$1.pid"
	return "$(cat "$LAB_DIR/$1.status")"
}

# lab_wait_for CONDITION...: until the command succeeds; false after LAB_DEADLINE seconds.
lab_wait_for() {
	local until=$((SECONDS + LAB_DEADLINE + 1))
	until "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -ge "$until" ]; then
			echo "waited $LAB_DEADLINE s in vain for: $*" >&2
			return 1
		fi
		sleep 0.03
	done
}

# --- the internet -------------------------------------------------------------------------------

# LAB_ZONES: a directory that zones_prepare has filled before, for several labs to share.
lab_internet() {
	local zones="${LAB_ZONES:-$LAB_DIR/zones}"
	[ -e "$zones/ready" ] || {
		mkdir -p "$zones"
		zones_prepare "$zones"
	}
	cp "$zones/root.key" "$LAB_DIR/root.key"
	printf '. 86400 NS a.root-servers.net.\na.root-servers.net. 86400 A 198.51.100.1\n' \
		>"$LAB_DIR/root.hints"
	zones_serve "$zones" internet root 198.51.100.1 2001:db8:100::1 root
	zones_serve "$zones" internet tld 198.51.100.2 2001:db8:100::2 example
	zones_serve "$zones" internet hosting 198.51.100.3 2001:db8:100::3 signed.example \
		nsec3.example bogus.example plain.example many.example
	lab_wait_for lab_serves 198.51.100.1 .
	lab_wait_for lab_serves 198.51.100.2 example
	lab_wait_for lab_serves 198.51.100.3 many.example
	lab_wait_for lab_serves 2001:db8:100::3 many.example
}

lab_serves() {
	lab_in resolver dig +norec +short +time=1 +tries=1 "@$1" "$2" SOA | grep -q hostmaster
}

# --- runbound -----------------------------------------------------------------------------------

# lab_configure [LINE...]: write runbound.conf, with more lines for its server: clause.
lab_configure() {
	{
		cat <<-CONF
		server:
		    interface: $LAB_SERVER4
		    interface: $LAB_SERVER6
		    access-control: 192.0.2.0/24 allow
		    access-control: 192.0.2.66/32 refuse
		    access-control: 192.0.2.67/32 deny
		    access-control: 2001:db8::/32 allow
		    access-control: 2001:db8:1::66/128 refuse
		    access-control: 2001:db8:1::67/128 deny
		    num-threads: 1
		    verbosity: 1
		    root-hints: "$LAB_DIR/root.hints"
		    trust-anchor-file: "$LAB_DIR/root.key"
		    do-not-query-localhost: no
		    hot-cache-size: ${LAB_HOT_CACHE:-16m}
		    pin-dir: "$LAB_PINS"
		    control-socket: "$LAB_SOCKET"
		CONF
		[ $# = 0 ] || printf '    %s\n' "$@"
	} >"$LAB_CONF"
}

# lab_start_runbound [OPTION...]: start it with the lab's configuration and wait until it serves.
lab_start_runbound() {
	[ -e "$LAB_CONF" ] || lab_configure
	lab_spawn runbound resolver "$RUNBOUND" "$@" "$LAB_CONF"
	lab_wait_for lab_runbound_settled && [ ! -e "$LAB_DIR/runbound.status" ] || {
		echo "runbound does not serve. Its log ends:"
		tail -5 "$LAB_LOG"
		return 1
	} >&2
}

# It has said that it serves, or it has ended.
lab_runbound_settled() {
	[ -e "$LAB_DIR/runbound.status" ] || grep -q 'runbound .* serves' "$LAB_LOG"
}

# lab_stop_runbound: in the clean way; its exit status.
lab_stop_runbound() {
	lab_signal runbound TERM
	lab_gone runbound
}

lab_kill_runbound() {
	lab_signal runbound KILL
	! lab_gone runbound
}

# lab_child PARENT NAME: the ids of its processes of that name; false where there is none. (busybox, in
# the VM lab, has no pgrep.)
lab_child() {
	cat /proc/[0-9]*/status 2>/dev/null | awk -F '\t' -v parent="$1" -v name="$2" '
		$1 == "Name:" { its_name = $2 }
		$1 == "Pid:" { pid = $2 }
		$1 == "PPid:" && $2 == parent && its_name == name { print pid; found = 1 }
		END { exit !found }'
}

# The process that serves, which runbound has started: one that it has replaced may be there still.
lab_server() {
	local servers
	servers=$(lab_child "$(cat "$LAB_DIR/runbound.pid")" rb-server) && sort -n <<<"$servers" | tail -n 1
}

# lab_suspend, lab_resume: both of them. The server alone would be taken for one that hangs.
lab_suspend() {
	local server
	server=$(lab_server) && lab_signal runbound STOP && kill -STOP "$server"
}

lab_resume() {
	kill -CONT "$(lab_server)" && lab_signal runbound CONT
}

# lab_xdp_id [INTERFACE]: the id of the XDP program on runbound's interface; false where there is none.
lab_xdp_id() {
	lab_in resolver ip -details link show "${1:-eth0}" | sed -n 's/.*prog\/xdp id \([0-9]*\).*/\1/p' |
		grep .
}

# lab_whole [INTERFACE]: all that is planned for it is in force.
lab_whole() {
	lab_xdp_id "${1:-eth0}" &&
		"$CACHECTL" -s "$LAB_SOCKET" status | grep "^interface: name=${1:-eth0} .* state=attached"
}

# Something of this lab's runbound is still pinned.
lab_pinned() {
	[ -d "$LAB_PINS" ] && find "$LAB_PINS" -mindepth 1 | grep .
}

# lab_counter NAME: one of the kernel's counters, as runbound-cachectl shows it.
lab_counter() {
	"$CACHECTL" -p "$LAB_PINS" stats | awk -v name="$1" '
		$1 == name && $2 ~ /^[0-9]+$/ { print $2; found = 1 }
		END { exit !found }'
}

# The sum of the counters of what the kernel answered.
lab_kernel_answers() {
	"$CACHECTL" -p "$LAB_PINS" stats |
		awk '$1 ~ /^answered/ && $2 ~ /^[0-9]+$/ { sum += $2 } END { print sum + 0 }'
}

# --- Unbound ------------------------------------------------------------------------------------

# lab_start_unbound: Unbound beside runbound, in the same namespace and with the same configuration.
lab_start_unbound() {
	lab_in resolver ip address show dev eth0 | grep -qF " $LAB_UNBOUND4/" ||
		lab_addresses resolver eth0 $LAB_UNBOUND4/24 $LAB_UNBOUND6/64
	sed -E -e "s/^( *interface: )$LAB_SERVER4\$/\1$LAB_UNBOUND4/" \
		-e "s/^( *interface: )$LAB_SERVER6\$/\1$LAB_UNBOUND6/" \
		-e '/hot-cache-size|pin-dir|control-socket|metrics-interface|xdp:/d' "$LAB_CONF" >"$LAB_DIR/unbound.conf"
	# Debian's is built with modules that nobody asks for here.
	grep -q module-config: "$LAB_CONF" ||
		printf 'server:\n    module-config: "validator iterator"\n' >>"$LAB_DIR/unbound.conf"
	cat >>"$LAB_DIR/unbound.conf" <<-CONF
	server:
	    chroot: ""
	    username: ""
	    pidfile: ""
	    directory: "$LAB_DIR"
	    use-syslog: no
	    use-systemd: no
	remote-control:
	    control-enable: no
	CONF
	lab_spawn unbound resolver unbound -d -c "$LAB_DIR/unbound.conf"
	lab_wait_for lab_in client dig +time=1 +tries=1 @$LAB_UNBOUND4 version.bind CH TXT
}

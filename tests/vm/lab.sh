# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2086,SC2153
# The guest's lab, for its *.test files to source: the client and runbound of tests/netns/lab.sh, with
# networks of any shape between them. What runbound answers is local data: nobody else is needed.
#
# A case makes its network out of fresh namespaces ("client", "resolver" where runbound is, "host" for
# what lies between), then calls `served`.

. "$(dirname "${BASH_SOURCE[0]}")/../netns/harness.sh"

LAB_DEADLINE=180 # where every instruction is emulated, and loading a program takes ten seconds at the best
NAMES=40 # n0.many.example ... as tests/netns/ask expects them

vm_up() {
	LAB_NAME=vm
	LAB_DIR=$(mktemp -d /tmp/vm.XXXXXX)
	LAB_PINS=/sys/fs/bpf/vm
	LAB_CONF=$LAB_DIR/runbound.conf
	LAB_LOG=$LAB_DIR/runbound.log
	mkdir -p /run/netns
}

# Namespaces with nothing in them, and no process left over. The cards come home by themselves.
fresh() {
	local pidfile netns
	for pidfile in "$LAB_DIR"/*.pid; do
		[ ! -e "$pidfile" ] || lab_end "$(basename "$pidfile" .pid)"
	done
	rm -rf "$LAB_PINS" "$LAB_LOG" "$LAB_DIR/facts"
	for netns in client resolver host routed; do
		[ ! -e "/run/netns/vm-$netns" ] || ip netns del "vm-$netns"
		[ "$netns" = routed ] || lab_netns "$netns"
	done
	lab_wait_for ls -d /sys/bus/virtio/devices/virtio{0,1,2,3,4,5}/net/*/address
}

# Of some devices the kernel says no more than that.
lab_carrier() {
	lab_in "$1" ip link show "$2" | grep -q LOWER_UP
}

# topology NAME FAULT: as behaviour, on a fresh network; tells how it was served too.
topology() {
	fresh
	behaviour "$@"
	[ ! -e "$LAB_DIR/facts" ] || sed "s/^/# $1: /" "$LAB_DIR/facts"
}

# variant NAME FAULT: a topology of a kind of which others are tried at all times; see VM_ALL of run.sh.
variant() {
	grep -qw vm_all /proc/cmdline || return 0
	topology "$@"
}

# --- networks -----------------------------------------------------------------------------------

# link_up NETNS NAME...
link_up() {
	local netns=$1 name
	shift
	for name; do
		lab_in "$netns" ip link set "$name" up
	done
}

# A wire between two namespaces' interfaces, both up.
wire() {
	lab_veth "$1" "$2" "$3" "$4"
	link_up "$1" "$2"
	link_up "$3" "$4"
}

# card NUMBER NETNS NAME [MTU]: a virtio card of the machine; 0 and 1 are on one wire, 2 and 3 on another,
# 4 and 5 on a third, with offloads: see run.sh.
card() {
	local device
	device=$(ls "/sys/bus/virtio/devices/virtio$1/net")
	ip link set "$device" down
	ip link set "$device" netns "vm-$2"
	lab_in "$2" ip link set "$device" name "$3"
	lab_in "$2" ip link set "$3" mtu "${4:-1500}" up
}

# vlan NETNS PARENT
vlan() {
	lab_in "$1" ip link add link "$2" name "$2.10" type vlan id 10
	link_up "$1" "$2.10"
}

# bond NETNS NAME MODE SLAVE...
bond() {
	local netns=$1 name=$2 mode=$3 slave
	shift 3
	lab_in "$netns" ip link add "$name" type bond mode "$mode" miimon 50
	[ "$mode" != 802.3ad ] || lab_in "$netns" ip link set "$name" type bond lacp_rate fast
	for slave; do
		lab_in "$netns" ip link set "$slave" down
		lab_in "$netns" ip link set "$slave" master "$name"
	done
	link_up "$netns" "$@" "$name"
}

# bridge NETNS NAME PORT...
bridge() {
	local netns=$1 name=$2 port
	shift 2
	lab_in "$netns" ip link add "$name" type bridge
	for port; do
		lab_in "$netns" ip link set "$port" master "$name"
	done
	link_up "$netns" "$@" "$name"
}

addresses() {
	lab_addresses resolver "$1" "$LAB_SERVER4/24" "$LAB_SERVER6/64"
	[ -z "${2:-}" ] || lab_addresses client "$2" 192.0.2.1/24 2001:db8:1::1/64
}

reachable() {
	lab_wait_for lab_in client ping -c 1 -W 1 "${1:-$LAB_SERVER4}"
}

# --- runbound -----------------------------------------------------------------------------------

# configure FILE PINS FIRST ADDRESS...: serve n0.many.example = FIRST and those after it.
configure() {
	local file=$1 pins=$2 first=$3 address number
	shift 3
	{
		echo "server:"
		for address; do
			echo "    interface: $address"
		done
		cat <<-CONF
		    access-control: 0.0.0.0/0 allow
		    access-control: ::/0 allow
		    num-threads: 1
		    verbosity: 1
		    hot-cache-size: 2m
		    pin-dir: "$pins"
		    ${LAB_SETTINGS:-}
		    local-zone: "many.example." static
		CONF
		for ((number = 0; number < NAMES; number++)); do
			echo "    local-data: \"n$number.many.example. 3600 A ${first%.*}.$((${first##*.} + number))\""
		done
	} >"$file"
}

# What --check-config finds, one finding per line, as they are wrapped.
findings() {
	lab_in resolver "$RUNBOUND" --check-config "$LAB_CONF" | awk '
		/^(\[|$|[^ ])/ { if (line != "") print line; line = $0; next }
		{ sub(/^ +/, " "); line = line $0 } END { print line }'
}

# answered_all [ASK-OPTION...]: by IPv4 and IPv6, each name once, none lost and none wrong.
answered_all() {
	local server
	for server in $LAB_SERVERS; do
		expect ' 0 wrong, 0 lost, 0 again' \
			lab_in "$LAB_CLIENT" "$LAB_TOOLS/ask" "$@" "$server" 0 $NAMES many.example
	done
}

# served INTERFACE WAY [SERVER...]: everybody is answered, and by whom runbound's plan says: "native" or
# "generic" XDP, or "sockets" alone. LAB_CLIENT is the namespace that asks.
served() {
	local interface=$1 way=$2 before answers asked
	shift 2
	LAB_CLIENT=${LAB_CLIENT:-client}
	LAB_SERVERS=${*:-$LAB_SERVER4 $LAB_SERVER6}
	configure "$LAB_CONF" "$LAB_PINS" 198.18.0.0 $LAB_SERVERS
	lab_start_runbound
	answered_all
	# Every second name once more, with EDNS and DO=1: that answer is another record.
	answered_all -e
	answered_all -t
	before=$(lab_kernel_answers)
	answered_all
	answered_all -e
	answers=$(($(lab_kernel_answers) - before))
	asked=$((2 * NAMES * $(wc -w <<<"$LAB_SERVERS")))
	{
		grep -aE " $interface: " "$LAB_LOG" | sed 's/^runbound: //'
		echo "the kernel gave $answers of $asked answers"
	} >"$LAB_DIR/facts"
	case $way in
	sockets)
		not expect " $interface: (native|generic) XDP" cat "$LAB_LOG"
		[ "$answers" = 0 ]
		;;
	*)
		expect " $interface: $way XDP" cat "$LAB_LOG"
		[ "$answers" = "$asked" ]
		kernel_alone answered_all
		;;
	esac
	lab_stop_runbound
}

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The VM lab: boot Debian's own cloud kernel under qemu, without KVM, and run there what the build
# machine's kernel cannot show: its verifier, and network devices that it may lack. The last line is
# "N passed, N failed". As root, after `make all tests`; as arguments the tests to run (all of them).
#
# Settings:
#	LAB_BUILD	where the programs under test are (build)
#	VM_SECONDS	how long a guest may take (3600)
#	VM_ALL		1: with variants of topologies, too, for which `make check` has no time
set -u
here=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$here/../.." && pwd)
build=${LAB_BUILD:-$tree/build}
cache=$tree/build/vm
PATH=$PATH:/usr/sbin:/sbin

# Without KVM a guest keeps little more than one processor busy: two of them share the tests.
guests=("$*")
[ $# -gt 0 ] || guests=(
	"test_load test_answers test_answer_sizes test_replies test_vlans test_handover test_access test_records test_datapath test_afxdp"
	"devices.test vlans.test bonds.test operate.test reference.test booted.test")

give_up() {
	echo "not ok 1 the VM lab runs"
	echo "# $*"
	echo "0 passed, 1 failed"
	exit 1
}

missing=""
for tool in qemu-system-x86_64 busybox cpio gzip dpkg-deb apt-get apt-cache ldd ip ethtool dig; do
	command -v $tool >/dev/null || missing="$missing $tool"
done
[ -z "$missing" ] || give_up "Missing:$missing. Install what the VM lab needs with: sudo make deps"
[ "$(uname -m)" = x86_64 ] || give_up "It is made for x86-64 machines, this one is $(uname -m)."

work=$(mktemp -d /tmp/rb-vm.XXXXXX)
qemu=()
trap '[ ${#qemu[@]} = 0 ] || kill "${qemu[@]}" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

kernel=$("$here/kernel.sh" "$cache") || give_up "There is no kernel to boot: see above."
"$here/image.sh" "$kernel" "$build" "$work/initrd" || give_up "The guest's file system: see above."

# Two wires, each between two network cards of the guest...
wires=()
for card in 0 1 2 3; do
	wires+=(-netdev "hubport,id=wire$card,hubid=$((card / 2))")
	wires+=(-device "virtio-net-pci,netdev=wire$card,mac=52:54:00:00:00:0$card,host_mtu=9000,romfile=")
done
# ...and a third, over this machine's kernel in a namespace of qemu's own, with what a real host offers:
# large packets and partial checksums. One card lets the guest decline that, the other does not.
for card in 4 5; do
	wires+=(-netdev "tap,id=wire$card,ifname=tap$card,script=no,downscript=no,vhost=off")
	wires+=(-device "virtio-net-pci,netdev=wire$card,mac=52:54:00:00:00:0$card,romfile=,ctrl_guest_offloads=$(
		[ $card = 4 ] && echo off || echo on)")
done
third_wire='ip link add br0 type bridge && ip link set br0 up || exit
for tap in tap4 tap5; do
	ip tuntap add mode tap vnet_hdr name $tap && ip link set $tap master br0 up || exit
done
exec "$@"'

# Where every instruction is emulated, instructions that move one byte at a time, a clock that is a device
# and mitigations of processors' faults cost a third of the time; the guest is told to do without.
machine=(-accel tcg -machine "pc,hpet=off" -cpu "max,-erms,-fsrm" -smp 2 -m 1024)
options="mitigations=off tsc=reliable${VM_ALL:+ vm_all}"

# boot NUMBER TESTS: a guest that runs them; qemu[NUMBER] is its process.
boot() {
	local console=$cache/console.$1
	: >"$console"
	unshare --net sh -c "$third_wire" sh timeout --foreground -k 5 "${VM_SECONDS:-3600}" \
		qemu-system-x86_64 "${machine[@]}" -nodefaults -no-reboot -display none -serial stdio \
		-kernel "$kernel/vmlinuz" -initrd "$work/initrd" "${wires[@]}" \
		-append "console=ttyS0 quiet loglevel=4 panic=-1 $options vm_tests=${2// /,}" \
		</dev/null >"$console" 2>"$work/qemu.$1" &
	qemu[$1]=$!
}

passed=0
failed=0

# report NUMBER: the guest's lines as they come, until there are no more.
report() {
	local console=$cache/console.$1 status ok not_ok
	tail -s 0.2 --pid="${qemu[$1]}" -n +1 -f "$console" | tr -d '\r' | grep --line-buffered -aE '^(ok|not ok|#) '
	wait "${qemu[$1]}"
	status=$?
	unset "qemu[$1]"
	ok=$(tr -d '\r' <"$console" | grep -acE '^ok ')
	not_ok=$(tr -d '\r' <"$console" | grep -acE '^not ok ')
	if ! grep -aq '^# The guest is done' "$console"; then
		echo "not ok $((ok + not_ok + 1)) the guest comes to its end (qemu: status $status)"
		tail -5 "$work/qemu.$1" | sed 's/^/# qemu: /'
		tr -d '\r' <"$console" | grep -avE '^(ok|not ok|#) ' | tail -30 | sed 's/^/# console: /'
		not_ok=$((not_ok + 1))
	fi
	passed=$((passed + ok))
	failed=$((failed + not_ok))
}

echo "# Linux ${kernel##*/}"
for number in "${!guests[@]}"; do
	boot "$number" "${guests[number]}"
done
for number in "${!guests[@]}"; do
	report "$number"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The guest's file system: image.sh KERNEL BUILD OUT writes a compressed cpio of this machine's own
# tools with the libraries they need, the kernel's modules and the programs under test.
set -eu
kernel=$1 build=$2 out=$3
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
root=$(mktemp -d /tmp/rb-vm-root.XXXXXX)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root" # the guest's /, which resolver processes have to pass as nobody

modules="veth 8021q bonding bridge ipvlan macvlan dummy tun virtio_net virtio_pci"
tools="bash ip bridge ethtool dig nsenter awk"
# What boots at the end: systemd with as little as runbound's unit and its journal need.
systemd="systemd systemd-journald systemd-sysusers systemd-tmpfiles systemd-shutdown systemctl journalctl"
units="sysinit basic multi-user sockets timers paths slices local-fs local-fs-pre swap shutdown umount
	final poweroff network network-online nss-lookup emergency rescue"
programs="runbound runbound-cachectl tests/netns/ask tests/bpf/test_answers
	tests/bpf/test_vlans tests/bpf/test_handover tests/bpf/test_access tests/bpf/test_records
	tests/bpf/test_datapath tests/bpf/test_afxdp tests/bpf/test_answer_sizes
	tests/bpf/test_replies tests/bpf/test_load"

# put FILE PLACE: a program with its libraries, which keep their places.
put() {
	local library
	[ -e "$1" ] || {
		echo "$1 is not there: run 'make all tests' first." >&2
		exit 1
	}
	install -D "$1" "$root$2"
	{ ldd "$1" 2>/dev/null || true; } | grep -oE '/[^ ]+' | while read -r library; do
		[ -e "$root$library" ] || install -D "$library" "$root$library"
	done
}

# A module with what it needs, as modules.dep says.
put_module() {
	local directory file needed
	directory=$(echo "$kernel"/lib/modules/*)
	needed=$(grep -E "/$1\.ko(\.[a-z]+)?:" "$directory/modules.dep" | tr -d :) || {
		grep -q "/$1\.ko" "$directory/modules.builtin" && return
		echo "${kernel##*/} has no module $1." >&2
		exit 1
	}
	for file in $needed; do
		install -D -m 644 "$directory/$file" \
			"$root/lib/modules/${directory##*/}/$file"
	done
}

mkdir -p "$root"/{bin,dev,etc,proc,run,sys,tmp,rb/tests}
install "$(command -v busybox)" "$root/bin/busybox"
for applet in $(busybox --list); do
	[ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
done
# /bin/sh too, as busybox's shell prefers its own `ip` to that of iproute2.
for tool in $tools; do
	rm -f "$root/bin/$tool"
	put "$(readlink -f "$(command -v "$tool")")" "/bin/$tool"
done
ln -sf bash "$root/bin/sh"
for program in $programs; do
	put "$build/$program" "/rb/build/$program"
done
for module in $modules; do
	put_module "$module"
done
install -m 644 "$kernel"/lib/modules/*/modules.{builtin,order} "$root"/lib/modules/*/
busybox depmod -b "$root" "$(basename "$kernel"/lib/modules/*)"
for program in $systemd; do
	file=$(command -v "/lib/systemd/$program" "$program" | head -1) || {
		echo "$program is not there: run 'make deps' first." >&2
		exit 1
	}
	case $file in
	/lib/systemd/*) put "$(readlink -f "$file")" "/lib/systemd/$program" ;;
	*) put "$(readlink -f "$file")" "/bin/$program" ;;
	esac
done
mkdir -p "$root/lib/systemd/system" "$root/usr" "$root/var/log" "$root/home"
for unit in $units; do
	install -m 644 "/lib/systemd/system/$unit.target" "$root/lib/systemd/system/"
done
install -m 644 /lib/systemd/system/systemd-{journald.service,journald.socket,journald-dev-log.socket} \
	/lib/systemd/system/systemd-poweroff.service "$root/lib/systemd/system/"
mkdir "$root/lib/systemd/system/sysinit.target.wants"
ln -s ../systemd-journald.{service,socket} "$root/lib/systemd/system/sysinit.target.wants/"
# Programs are looked for in either place.
[ -e "$root/usr/bin" ] || ln -s ../bin "$root/usr/bin"
ln -s bin "$root/sbin"
ln -s /run "$root/var/run"

# runbound as its installation leaves it.
make --no-print-directory -C "$here/../.." BUILD="$build" DESTDIR="$root" install >/dev/null
install -m 644 "$here/booted.service" "$root/lib/systemd/system/"

printf 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
: >"$root/etc/machine-id"
cp -r "$here" "$here/../netns" "$root/rb/tests/"
ln -s rb/tests/vm/init "$root/init"
(cd "$root" && find . | cpio --quiet -o -H newc) | gzip -1 >"$out"

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Fetch Debian's cloud kernel without installing it: kernel.sh CACHE prints the directory with
# vmlinuz and lib/modules, which is CACHE/VERSION. Without a network, the one fetched last.
set -eu
cache=$1
mkdir -p "$cache"

newest() {
	apt-cache depends linux-image-cloud-amd64 2>/dev/null |
		sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -1
}

fetch() {
	local package=$1 deb
	rm -f "$cache"/*.deb
	# apt's own user need not be able to read the tree.
	(cd "$cache" && apt-get download -qq -o APT::Sandbox::User=root "$package") >&2 || return 1
	deb=$(echo "$cache"/"$package"_*.deb)
	rm -rf "$cache/new"
	dpkg-deb -x "$deb" "$cache/new"
	rm -f "$deb"
	cp "$cache"/new/boot/vmlinuz-* "$cache/new/vmlinuz"
	busybox depmod -b "$cache/new" "${package#linux-image-}"
	rm -rf "${cache:?}/${package#linux-image-}"
	mv "$cache/new" "$cache/${package#linux-image-}"
}

package=$(newest)
[ -n "$package" ] || {
	apt-get update -qq >&2 || true
	package=$(newest)
}
version=${package#linux-image-}
if [ -n "$version" ] && [ ! -e "$cache/$version/vmlinuz" ]; then
	# What the lists name may have been replaced since.
	fetch "$package" || {
		apt-get update -qq >&2 || true
		package=$(newest)
		fetch "$package" || true
	}
	version=${package#linux-image-}
fi
if [ -z "$version" ] || [ ! -e "$cache/$version/vmlinuz" ]; then
	version=$(find "$cache" -mindepth 1 -maxdepth 1 -name "*-cloud-amd64" -printf "%f\n" | sort -V | tail -1)
	[ -n "$version" ] || {
		echo "apt offers no linux-image-cloud-amd64, and none was fetched before." >&2
		exit 1
	}
	echo "apt offers no newer kernel: taking $version, fetched before." >&2
fi
echo "$cache/$version"

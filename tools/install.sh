#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Installs runbound as a service on this host, or removes it. To be run as root; may be repeated.
#
#	tools/install.sh [--no-start]	build where that is needed, install, enable and start
#	tools/install.sh --uninstall	stop and remove it; configuration and users stay
#	tools/install.sh --purge	those too
#
# Settings: PREFIX (/usr/local), SYSCONFDIR (/etc), BUILD (build). DESTDIR: only put files there, as
# for a package.
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin

PREFIX=${PREFIX:-/usr/local}
SYSCONFDIR=${SYSCONFDIR:-/etc}
BUILD=${BUILD:-build}
DESTDIR=${DESTDIR:-}
config=$DESTDIR$SYSCONFDIR/runbound/unbound.conf

say() {
	echo "install.sh: $*"
}

fail() {
	say "$*" >&2
	exit 1
}

make_it() {
	make --no-print-directory BUILD="$BUILD" PREFIX="$PREFIX" SYSCONFDIR="$SYSCONFDIR" \
		DESTDIR="$DESTDIR" "$@"
}

# Whether systemd runs here and is to know of it.
has_systemd() {
	[ -z "$DESTDIR" ] && [ -d /run/systemd/system ]
}

# Another server on our port would make the service fail, or fail itself at its next start. The
# report says who holds it and what to do.
refuse_to_fight() {
	local file=conf/unbound.conf report
	[ ! -e "$config" ] || file=$config
	report=$("$BUILD/runbound" --check-config "$file" 2>&1) && return
	# What is wrong may take several lines: those that begin with a space.
	awk '/^[^ ]/ { wanted = /FAIL|error:/ } wanted { print; found = 1 } END { exit !found }' \
		<<<"$report" >&2 || echo "$report" >&2
	fail "nothing was changed: with $file the service could not run, see above"
}

install_it() {
	if [ ! -x "$BUILD/runbound" ]; then
		make_it deps
		make_it all
	fi
	[ -n "$DESTDIR" ] || refuse_to_fight
	make_it install
	[ -z "$DESTDIR" ] || return 0
	systemd-sysusers "$PREFIX/lib/sysusers.d/runbound.conf"
	systemd-tmpfiles --create "$PREFIX/lib/tmpfiles.d/runbound.conf"
}

start_it() {
	if ! has_systemd; then
		say "installed. No systemd runs here; start it with: $PREFIX/sbin/runbound $config"
		return
	fi
	systemctl daemon-reload
	systemctl enable --quiet runbound.service
	systemctl restart runbound.service
	say "installed and started. See: systemctl status runbound; runbound-cachectl status"
}

remove_it() {
	if has_systemd && systemctl cat runbound.service >/dev/null 2>&1; then
		systemctl disable --quiet --now runbound.service
	fi
	if [ -z "$DESTDIR" ] && [ -x "$PREFIX/sbin/runbound" ] && [ -d /sys/fs/bpf/runbound ]; then
		"$PREFIX/sbin/runbound" --detach
		rmdir /sys/fs/bpf/runbound 2>/dev/null || true
	fi
	make_it uninstall
	! has_systemd || systemctl daemon-reload
	say "removed"
}

purge_it() {
	rm -rf "$DESTDIR$SYSCONFDIR/runbound" "$DESTDIR/var/lib/runbound"
	[ -z "$DESTDIR" ] || return 0
	local user
	for user in runbound runbound-server runbound-resolver; do
		! getent passwd $user >/dev/null || userdel $user
		! getent group $user >/dev/null || groupdel $user
	done
	say "removed its configuration, its data and its users, too"
}

[ -n "$DESTDIR" ] || [ "$(id -u)" = 0 ] || fail "not root. Run: sudo tools/install.sh $*"
case "${1:-}" in
"")
	install_it
	[ -n "$DESTDIR" ] || start_it
	;;
--no-start) install_it ;;
--uninstall) remove_it ;;
--purge)
	remove_it
	purge_it
	;;
*)
	sed -n '3,11s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac

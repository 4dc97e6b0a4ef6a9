#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Formatting, layering, clang's warnings and clang-tidy. Says what is wrong, and fails then.
# Settings:
#	LINT_NODES	how many states of a function clang's analyzer looks at before it goes on (225000,
#			its default; the last nine tenths take two thirds of the time)
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0

sources() {
	git ls-files -co --exclude-standard -- "$@" 2>/dev/null | while read -r file; do
		[ ! -e "$file" ] || echo "$file"
	done
}

complain() {
	echo "lint: $*"
	bad=1
}

# --- formatting ---
sources '*.c' '*.h' | xargs -P "$(nproc)" -n 32 clang-format --dry-run -Werror || complain "formatting (make format)"

# --- layering: includes point one way ---
# module: what it may include of user/
declare -A may=(
	[util]="util"
	[config]="config dns util"
	[dns]="dns util"
	[netif]="netif config dns util"
	[table]="table config dns util"
	[import]="import store table dns util"
	[store]="store policy table netif config dns util"
	[policy]="policy table netif dns config util"
	[xsk]="xsk util"
	[datapath]="datapath xsk policy table netif dns config util"
	[keeper]="keeper util"
	[fetch]="fetch keeper policy config dns util"
	[upstream]="upstream config util"
	[resolve]="resolve upstream keeper policy table netif dns config util"
	[serve]="serve xsk resolve keeper policy table datapath netif dns config util"
	[daemon]="daemon control store serve resolve fetch keeper policy table datapath xsk netif dns config util"
	[checkup]="checkup serve datapath policy table netif config util"
	[control]="control import store serve resolve keeper policy table datapath netif dns config util"
)
for module in "${!may[@]}"; do
	for file in $(sources "user/$module/*.[ch]"); do
		for other in $(sed -nE 's|^#include "([a-z]+)/.*|\1|p' "$file" | grep -v '^skel$'); do
			case " ${may[$module]} " in
			*" $other "*) ;;
			*) complain "$file includes $other/, which is not below $module/" ;;
			esac
		done
		if grep -q '^#include "skel/' "$file"; then
			case $file in
			user/datapath/* | user/table/maps.c | user/table/records.c) ;;
			*) complain "$file includes a skeleton" ;;
			esac
		fi
	done
done
grep -nE '^#include "(user|\.\.|[a-z]+/)' $(sources 'kern/*') && complain "kern/ includes of user/"
for file in $(sources '*.c' '*.h' '*.sh' '*.test' Makefile); do
	grep -q 'SPDX-License-Identifier' "$file" || complain "$file has no SPDX line"
done

# --- a directive that sets what nobody reads would be accepted and have no effect ---
# Assigning, freeing and hashing is no reading.
settings() {
	sed -n '/^struct rb_config {/,/^};/p' user/config/config.h | sed 's|/\*.*||' |
		grep -oE '[a-z_0-9]+[,;]' | tr -d ',;'
}
reads=$(mktemp)
grep -hE '\bconfig\)?(->|\.)' $(sources 'user/*.c' 'tools/*.c' ':!user/config/fingerprint.c') |
	grep -vE '^\s*free\(' | sed -E 's/config\)?(->|\.)[a-z_0-9]+ = //' >"$reads"
for field in $(settings); do
	grep -qE "\bconfig\)?(->|\.)$field\b" "$reads" || complain "nobody reads $field of struct rb_config"
done
rm -f "$reads"

# --- clang: its warnings on userspace, then clang-tidy ---
flags=(-std=gnu11 -D_GNU_SOURCE -DRB_VERSION='"lint"' -Iuser -I. -Itests -pthread)
read -ra libraries < <(pkg-config --cflags libbpf libxdp libevent libssl libnghttp2 ldns libcap libseccomp libsystemd)
analyzer=(-Xclang -analyzer-config -Xclang "max-nodes=${LINT_NODES:-225000}")
sources 'user/*.c' 'tools/*.c' 'tests/*.c' ':!*.bpf.c' | xargs -P "$(nproc)" -n 16 \
	clang "${flags[@]}" "${libraries[@]}" -fsyntax-only -Wall -Wextra -Werror -Wshadow || complain "clang's warnings"
sources 'user/*.c' 'tools/*.c' ':!*.bpf.c' | xargs -P "$(nproc)" -n 8 sh -c '
	clang-tidy --quiet --warnings-as-errors="*" "$@" -- '"$(printf '%q ' "${flags[@]}" "${libraries[@]}" "${analyzer[@]}")"' 2>/dev/null
' lint || complain "clang-tidy"

[ $bad = 0 ] && echo "lint: clean"
exit $bad

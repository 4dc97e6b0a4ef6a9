#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Run the end-to-end tests (all, or those named) and count: the last line is "N passed, N failed".
# As root. Settings: see lab.sh, and
#	LAB_JOBS	how many run at once (one more than there are processors)
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lab.sh"
lab_require

work=$(mktemp -d /tmp/rb-run.XXXXXX)
set -m # each test is a process group, so that it can be ended with all its own
trap 'kill -- $(jobs -p | sed s/^/-/) 2>/dev/null; wait; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The zones are signed once for all.
export LAB_ZONES="$work/zones"
mkdir "$LAB_ZONES"
(set -e && zones_prepare "$LAB_ZONES") || exit 1

# one TEST: its output, told whole at its end. Its file in $work says how many passed and failed.
one() {
	local test=$1 name output status ok not_ok
	name=$(basename "$test" .test)
	output=$work/$name.output
	"$test" >"$output" 2>&1
	status=$?
	ok=$(grep -c '^ok ' "$output")
	not_ok=$(grep -c '^not ok ' "$output")
	if [ "$status" != 0 ]; then
		echo "not ok $((ok + not_ok + 1)) $name ended early, with status $status" >>"$output"
		not_ok=$((not_ok + 1))
	fi
	echo "$ok $not_ok" >"$work/$name.count"
	(flock 9 && echo "# $name, $SECONDS s" && cat "$output") 9>"$work/lock"
}

# Most of a test is waiting, so several run at once, each in a lab of its own: LAB_JOBS.
[ $# -gt 0 ] || set -- "$here"/*.test
jobs=${LAB_JOBS:-$(($(nproc) + 1))}
for test; do
	while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
		wait -n
	done
	one "$test" </dev/null &
done
wait

# What failed beside others is tried again alone, and that is said: a fault fails again.
again=()
for test; do
	name=$(basename "$test" .test)
	read -r ok not_ok <"$work/$name.count"
	[ "$jobs" = 1 ] || [ $# = 1 ] || [ "$not_ok" = 0 ] || {
		again+=("$name")
		one "$test"
		read -r ok not_ok <"$work/$name.count"
	}
	passed=$((${passed:-0} + ok))
	failed=$((${failed:-0} + not_ok))
done
[ ${#again[@]} = 0 ] || echo "# tried again, alone: ${again[*]}"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Run the end-to-end tests (all, or those named) and count: the last line is "N passed, N failed".
# As root. Settings: see lab.sh.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lab.sh"
lab_require

work=$(mktemp -d /tmp/rb-run.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The zones are signed once for all.
export LAB_ZONES="$work/zones"
mkdir "$LAB_ZONES"
(set -e && zones_prepare "$LAB_ZONES") || exit 1

[ $# -gt 0 ] || set -- "$here"/*.test
passed=0
failed=0
for test; do
	name=$(basename "$test" .test)
	echo "# $name"
	"$test" 2>&1 | tee "$work/output"
	status=${PIPESTATUS[0]}
	ok=$(grep -c '^ok ' "$work/output")
	not_ok=$(grep -c '^not ok ' "$work/output")
	if [ "$status" != 0 ]; then
		echo "not ok $((ok + not_ok + 1)) $name ended early, with status $status"
		not_ok=$((not_ok + 1))
	fi
	passed=$((passed + ok))
	failed=$((failed + not_ok))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Play scenarios of a resolver's life (what the servers of the world answer, step by step, and what a
# client then gets) against the built runbound, and compare the verdicts with the table beside this file.
# The last line is "N passed, N failed". As root, after `make all`; as arguments names of scenarios (all).
#
# A scenario fails here where it passes or fails otherwise than the table says: one that newly passes has
# to be taken out of the table, so that the table goes on to tell the truth.
#
# Settings:
#	SCENARIOS	where the scenarios and their player are (../shared/scenarios)
#	LAB_BUILD	where the program under test is (build); one that knows fake-sha1, see `make help`
#	J		how many are played at once (2)
set -u
here=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$here/../.." && pwd)
scenarios=${SCENARIOS:-$tree/../shared/scenarios}
runbound=${LAB_BUILD:-$tree/build}/runbound

if [ ! -x "$scenarios/play.sh" ]; then
	echo "No scenarios in $scenarios. SCENARIOS=DIR says where they are."
	echo "0 passed, 0 failed"
	exit 0
fi
[ "$(id -u)" = 0 ] || {
	echo "The scenarios need root: network namespaces." >&2
	exit 1
}

work=$(mktemp -d /tmp/rb-scenarios.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

export SHIFT_LIB=$work/timeshift.so
gcc -O2 -shared -fPIC -o "$SHIFT_LIB" "$scenarios/timeshift.c" -ldl || exit 1

# Processes of another user could not read the player's clock.
cat >"$work/runbound" <<PROGRAM
#!/bin/sh
printf 'server:\n\tresolver-username: root\n' >>ub.conf
exec "$runbound" "\$@"
PROGRAM
chmod +x "$work/runbound"

files=()
if [ $# -gt 0 ]; then
	for name; do
		files+=("$scenarios/$(basename "$name" .rpl).rpl")
	done
else
	files=("$scenarios"/*.rpl)
fi
J=${J:-2} KEEP_FAKE=1 "$scenarios/play.sh" "$work/verdicts" runbound "$work/runbound" "${files[@]}" >"$work/output" 2>&1 </dev/null
python3 "$here/compare.py" "$work/verdicts" "$here/known"

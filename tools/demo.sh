#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The demonstration: runbound in a small internet of its own, told for a person to read. Root; see
# `make demo`. Exits with 0 if all that it claims did happen.

. "$(dirname "$0")/../tests/netns/lab.sh"
set -e

if [ -t 1 ]; then
	BOLD=$'\e[1m' GREEN=$'\e[32m' RED=$'\e[31m' DIM=$'\e[2m' PLAIN=$'\e[0m'
else
	BOLD="" GREEN="" RED="" DIM="" PLAIN=""
fi
NAME=www.signed.example
FAILURES=0

heading() {
	printf '\n%s%s%s\n' "$BOLD" "$*" "$PLAIN"
}

# shown COMMAND...: the command line as a person would type it on that host.
shown() {
	printf '  %s$ %s%s\n' "$DIM" "$*" "$PLAIN"
}

indent() {
	sed 's/^/    /'
}

# claim TEXT CONDITION...
claim() {
	local text="$1"
	shift
	if "$@" >/dev/null 2>&1; then
		printf '  %sok%s  %s\n' "$GREEN" "$PLAIN" "$text"
	else
		printf '  %sNOT SO%s  %s\n' "$RED" "$PLAIN" "$text"
		FAILURES=$((FAILURES + 1))
	fi
}

# query DIG-ARGUMENT...: ask from the client; keeps the reply, how long it took and how many answers
# the kernel gave meanwhile.
query() {
	local before
	before=$(lab_kernel_answers)
	shown "dig @$LAB_SERVER4 $*"
	REPLY_TEXT=$(lab_in client dig -u "@$LAB_SERVER4" +tries=1 +time=3 "$@") || true
	FROM_KERNEL=$(($(lab_kernel_answers) - before))
	TIME=$(sed -n 's/^;; Query time: \([0-9]*\) usec/\1/p' <<<"$REPLY_TEXT")
	awk '
		/HEADER/ { sub(/.*status: /, ""); sub(/,.*/, ""); status = $0; next }
		/^;; flags/ { sub(/;; flags: /, ""); sub(/;.*/, ""); print status ", flags " $0; next }
		/^; EDE|timed out|refused/ { sub(/^;+ /, ""); print; next }
		/^[^;]/' <<<"$REPLY_TEXT" | indent
}

replied() {
	grep -qE -- "$1" <<<"$REPLY_TEXT"
}

# The resolver process that is asked.
in_force() {
	"$CACHECTL" -s "$LAB_SOCKET" status | sed -n 's/^resolver: in force, ready, pid \([0-9]*\),.*/\1/p' |
		head -1
}

counters() {
	shown "runbound-cachectl stats"
	"$CACHECTL" -p "$LAB_PINS" stats | awk '$2 ~ /^[0-9]+$/ && $2 > 0' | indent
}

record() {
	local place see
	shown "runbound-cachectl lookup $NAME A"
	place=$("$CACHECTL" -p "$LAB_PINS" lookup "$NAME" A)
	indent <<<"$place"
	see=$(grep -o 'bpftool map lookup.*' <<<"$place")
	shown "$see"
	# shellcheck disable=SC2086 # a command line, to be split
	RECORD=$(eval $see)
	tr -d '\n' <<<"$RECORD" | sed -E 's/[[:space:]]+/ /g' | fold -s -w 92 | indent
	echo
}

lab_up
lab_configure 'ede: yes'

cat <<TEXT
${BOLD}runbound: a DNS resolver whose answers live in the kernel${PLAIN}

Three network namespaces, each a host; nothing of this machine's own network is used:

  client 192.0.2.1 ---- runbound 192.0.2.53 ---- the internet: 198.51.100.1 serves the root,
                                                 .2 example., .3 signed.example. and others
TEXT

heading "1. runbound starts: real recursion from the root, DNSSEC validation"
shown "runbound runbound.conf"
lab_start_runbound
indent <"$LAB_LOG"
claim "its XDP program is on the interface that carries $LAB_SERVER4" lab_xdp_id

heading "2. The first question for a name"
query "$NAME"
FIRST=$TIME
claim "the answer is right, and validated (ad)" replied '203\.0\.113\.10$'
claim "userspace resolved it in $TIME us: root, example., signed.example., and their keys" \
	[ "$FROM_KERNEL" = 0 ]

heading "3. The same question again"
query "$NAME"
claim "the answer is the same" replied '203\.0\.113\.10$'
claim "the kernel answered, in $TIME us as dig sees it, instead of $FIRST us" [ "$FROM_KERNEL" = 1 ]
counters

heading "4. What strangers send is read by processes of their own: two of them crash"
shown "ps -o pid,ppid,user,comm \$(pidof runbound rb-server rb-resolver)"
ps -o pid=,ppid=,user=,comm= -p "$(cat "$LAB_DIR/runbound.pid")" --ppid "$(cat "$LAB_DIR/runbound.pid")" | indent
claim "there is one process named runbound, which reads nothing that clients send" \
	[ "$(pgrep --ns "$(cat "$LAB_DIR/runbound.pid")" --nslist net -c -x runbound)" = 1 ]
VICTIM=$(in_force)
shown "kill -SEGV $VICTIM"
kill -SEGV "$VICTIM"
query mixed.signed.example
claim "a name that nobody asked for before is answered" replied '203\.0\.113\.31$'
claim "by another process: the spare has taken over" eval '[ "$(in_force)" != "$VICTIM" ]'
claim "the log says so" grep -q "resolver $VICTIM was killed by SIGSEGV" "$LAB_LOG"
query "$NAME"
claim "the kernel has gone on answering" [ "$FROM_KERNEL" = 1 ]
VICTIM=$(lab_server)
shown "kill -SEGV $VICTIM"
kill -SEGV "$VICTIM"
query only-v4.signed.example
claim "the server's place is taken by another: the question has waited for it" replied '203\.0\.113\.11$'
query "$NAME"
claim "the kernel has gone on answering" [ "$FROM_KERNEL" = 1 ]

heading "5. The daemon is stopped (SIGSTOP): it cannot run at all"
shown "kill -STOP \$(pidof runbound rb-server)"
lab_suspend
query "$NAME"
claim "the kernel still answers" replied '203\.0\.113\.10$'
shown "kill -CONT \$(pidof runbound rb-server)"
lab_resume

heading "6. The daemon is killed (SIGKILL)"
shown "kill -KILL runbound"
lab_kill_runbound
query "$NAME"
claim "the kernel still answers what is fresh" replied '203\.0\.113\.10$'
shown "runbound runbound.conf"
lab_start_runbound
indent <"$LAB_LOG"
claim "the new daemon has adopted the table" grep -q 'adopted' "$LAB_LOG"
query "$NAME"
claim "and the kernel has gone on answering from it" [ "$FROM_KERNEL" = 1 ]

heading "7. A zone whose signature is broken: forged data is not given"
query www.bogus.example
claim "SERVFAIL, and the reason (EDE 6: DNSSEC bogus)" replied 'EDE: 6'
claim "no address" eval '! replied "203\.0\.113"'

heading "8. One record, as the kernel reads it"
record
claim "its fields have names" eval '[[ $RECORD == *\"expires_ns\"* ]]'

heading "9. The end"
shown "kill -TERM runbound"
claim "runbound ends in good order" lab_stop_runbound
claim "nothing is attached any more" eval '! lab_xdp_id'
claim "nothing is pinned any more" eval '! lab_pinned'
(lab_down) || true
claim "namespaces, processes and files of the demonstration are removed" eval \
	'[ ! -e "$LAB_DIR" ] && ! ip netns list | grep -q "$LAB_NAME"'
trap - EXIT

echo
if [ "$FAILURES" = 0 ]; then
	echo "${GREEN}All of it happened.${PLAIN}"
else
	echo "${RED}$FAILURES of the claims above are not so.${PLAIN}"
	exit 1
fi

# SPDX-License-Identifier: BSD-2-Clause
# What the *.test files share: behaviours, each told as "ok N name" or "not ok N name", and ways to ask.
# Sourced by each of them; stops the file where its set-up fails.

set -e
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"

HARNESS_COUNT=0
SERVER=$LAB_SERVER4

# not_sanitized: with the sanitizers the file ends here. What it is about is not memory, and other files
# lead through the same code.
not_sanitized() {
	case $LAB_BUILD in
	*asan*) exit 0 ;;
	esac
}

# What has been started and not ended.
running() {
	local started
	for started in "$LAB_DIR"/*.pid; do
		[ -e "${started%.pid}.status" ] || printf ' %s ' "$(basename "$started")"
	done
}

# behaviour NAME FAULT: run the function NAME; every command in it must succeed. FAULT says what would
# be wrong in the world if it failed. What a failed one has started is ended, so that the next can start it.
behaviour() {
	local name="$1" fault="$2" status before started
	HARNESS_COUNT=$((HARNESS_COUNT + 1))
	before=$(running)
	set +e
	(
		set -eE
		trap 'echo "failed: $BASH_COMMAND (line $LINENO)" >&2' ERR
		"$name"
	) >"$LAB_DIR/output" 2>&1
	status=$?
	set -e
	if [ "$status" = 0 ]; then
		echo "ok $HARNESS_COUNT $name"
		return
	fi
	echo "not ok $HARNESS_COUNT $name"
	echo "# That is: $fault"
	tail -40 "$LAB_DIR/output" | sed 's/^/# /'
	[ ! -e "$LAB_LOG" ] || tail -10 "$LAB_LOG" | sed 's/^/# runbound: /'
	for started in "$LAB_DIR"/*.pid; do
		started=$(basename "$started")
		[[ "$before" == *" $started "* ]] || lab_end "${started%.pid}"
	done
}

# expect REGEX COMMAND...: its output has a line that matches.
expect() {
	local regex="$1" output
	shift
	output=$("$@" 2>&1) || true
	grep -qE -- "$regex" <<<"$output" && return
	printf 'expected "%s" of: %s\n%s\n' "$regex" "$*" "$output"
	return 1
}

# reject REGEX COMMAND...: it succeeds, and no line of its output matches.
reject() {
	local regex="$1" output
	shift
	output=$("$@" 2>&1) && ! grep -qE -- "$regex" <<<"$output" && return
	printf 'did not expect "%s" or an error of: %s\n%s\n' "$regex" "$*" "$output"
	return 1
}

# not COMMAND...: it fails. (Bash lets `! COMMAND` pass in any case.)
not() {
	! "$@" && return
	echo "should have failed: $*"
	return 1
}

# ask DIG-ARGUMENT...: one question, sent once.
ask() {
	lab_in client dig "@$SERVER" +tries=1 +time=5 "$@"
}

# ask_many ASK-ARGUMENT...: the names of many.example, all right, and none asked a second time.
ask_many() {
	expect ' 0 wrong, 0 lost, 0 again' lab_in client "$LAB_TOOLS/ask" "$@"
}

# The keeper, which loads programs, and the server's main thread wait for something to do.
main_is_idle() {
	grep -q ') S ' "/proc/$(cat "$LAB_DIR/runbound.pid")/stat" && grep -q ') S ' "/proc/$(lab_server)/stat"
}

# kernel_alone COMMAND...: while the daemon is stopped. Not in the middle of its work: a stop makes the
# kernel give up loading a program, and whoever stops it again and again would wait for that in vain.
kernel_alone() {
	local status=0
	lab_wait_for main_is_idle
	lab_suspend
	lab_wait_for grep -q '^State:.T' "/proc/$(lab_server)/status"
	"$@" || status=$?
	lab_resume
	return "$status"
}

# same_from_kernel DIG-ARGUMENT...: what the daemon answers, the kernel then answers too, but for the
# ID and the age.
same_from_kernel() {
	local first second before
	first=$(ask "$@" | without_time)
	before=$(stats)
	second=$(kernel_alone ask "$@" | without_time) || true
	[ "$first" = "$second" ] && return
	echo "asked: $*"
	diff <(echo "$first") <(echo "$second") || true
	echo "the kernel's counters meanwhile:"
	diff <(echo "$before") <(stats)
}

stats() {
	"$CACHECTL" -p "$LAB_PINS" stats
}

# same_beyond_headroom DIG-ARGUMENT...: the same for a reply that is more than 216 bytes longer than its
# query. The copy that a veth makes of a datagram from a socket has no more room (a NIC has), so the
# kernel hands over, and the worker answers from the same record.
same_beyond_headroom() {
	local first second
	first=$(ask "$@" | without_time)
	second=$(ask "$@" | without_time)
	grep -q 'status: N' <<<"$second"
	[ "$first" = "$second" ] && [ "$(lab_counter no_tailroom)" -gt 0 ] && return
	echo "asked: $*"
	diff <(echo "$first") <(echo "$second")
}

# A reply of dig's without what differs from one to the next; records of a set in any order.
without_time() {
	sed -E -e '/^;; (Query time|WHEN|SERVER)|^; <<>>|^$/d' -e 's/, id: [0-9]+//' \
		-e '/^[^;]/s/^([^[:space:]]+[[:space:]]+)[0-9]+/\1TTL/' | sort
}

# The TTL of the first record of an answer.
ttl_of() {
	ask +noall +answer "$@" | awk 'NR == 1 { print $2 }'
}

# ask_control COMMAND: by the control socket, as unbound-control would; the answer.
ask_control() {
	python3 - "$LAB_SOCKET" "$1" <<-'PYTHON'
	import socket, sys
	control = socket.socket(socket.AF_UNIX)
	control.settimeout(20)
	control.connect(sys.argv[1])
	control.sendall(b"UBCT1 %s\n" % sys.argv[2].encode())
	while data := control.recv(4096):
	    sys.stdout.write(data.decode())
	PYTHON
}

# Something is with the resolvers.
is_waiting() {
	local counts
	counts=$(ask_control stats_noreset)
	[ "$(sed -n 's/^resolver_submitted=//p' <<<"$counts")" -gt "$(
		sed -n 's/^resolver_answered=//p' <<<"$counts")" ]
}

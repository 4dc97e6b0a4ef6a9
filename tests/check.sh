#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Run every test and count: the last line is "N passed, N failed". As root, after `make all tests`.
# With the argument "asan": tests from build/asan, without those of what no sanitizer sees.
set -u
cd "$(dirname "$0")/.." || exit 1
build=build
[ "${1:-}" != asan ] || build=build/asan
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}

passed=0
failed=0
failures=()
again=
work=$(mktemp -d /tmp/rb-check.XXXXXX)
output=$work/output
results=$work/unit
vm=
trap '[ -z "$vm" ] || kill $vm 2>/dev/null; rm -rf "$work"' EXIT

# counted NAME COMMAND...: a runner that says how many passed and failed, cmocka's way or ours.
counted() {
	local name=$1 status ok not_ok
	shift
	printf -- '--- %s, after %d s\n' "$name" $SECONDS
	"$@" 2>&1 | tee "$output" | grep -vE '^\[ RUN|^\[       OK|^\[=====|^ok ' | sed 's/^/    /'
	status=${PIPESTATUS[0]}
	ok=$(sed -nE -e 's/^\[  PASSED  \] ([0-9]+) test.*/\1/p' -e 's/^([0-9]+) passed, .*/\1/p' "$output" | tail -1)
	not_ok=$(sed -nE -e 's/^\[  FAILED  \] ([0-9]+) test.*/\1/p' -e 's/^[0-9]+ passed, ([0-9]+) failed.*/\1/p' "$output" | tail -1)
	[ "$status" = 0 ] || [ "${not_ok:-0}" != 0 ] || not_ok=1
	[ -n "${ok:-}" ] || [ "${not_ok:-0}" != 0 ] || not_ok=1
	[ "${not_ok:-0}" = 0 ] || failures+=("$name")
	again+=$(sed -nE 's/^# tried again, alone://p' "$output")
	passed=$((passed + ${ok:-0}))
	failed=$((failed + ${not_ok:-0}))
}

# whole NAME COMMAND...: one that succeeds or fails as a whole.
whole() {
	local name=$1
	shift
	printf -- '--- %s, after %d s\n' "$name" $SECONDS
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		failures+=("$name")
	fi
}

mount | grep -q ' /sys/fs/bpf ' || mount -t bpf bpf /sys/fs/bpf

# Without KVM the VM lab takes longest, and all it needs is a processor: it runs beside everything else.
if [ $build = build ]; then
	tests/vm/run.sh >"$work/vm" 2>&1 &
	vm=$!
	whole lint env LINT_NODES=10000 tests/lint.sh
	[ ! -x tests/model/run.sh ] || counted model tests/model/run.sh
fi
# Those of one module each disturb nobody: one per processor; then they are counted.
unit_tests=$(basename -s .c tests/unit/test_*.c)
mkdir "$results"
xargs -P "$(nproc)" -I{} sh -c '"$0/{}" >"$1/{}" 2>&1 || echo $? >"$1/{}.status"' \
	"$build/tests/unit" "$results" <<<"$unit_tests"
for test in $unit_tests; do
	counted "tests/unit/$test" sh -c 'cat "$0"; [ ! -e "$0.status" ] || exit "$(cat "$0.status")"' "$results/$test"
done
for test in tests/bpf/test_*.c; do
	[ $build = build ] || [ -x "$build/${test%.c}" ] || continue
	counted "${test%.c}" "$build/${test%.c}"
done
counted netns env LAB_BUILD="$PWD/$build" tests/netns/run.sh
if [ $build = build ]; then
	counted asan make --no-print-directory asan
	wait $vm
	counted vm sh -c 'cat "$0"; exit "$1"' "$work/vm" $?
fi

[ -z "$again" ] || echo "tried again, alone:$again"
[ ${#failures[@]} = 0 ] || printf 'failed: %s\n' "${failures[@]}"
echo "$passed passed, $failed failed"
[ $failed = 0 ]

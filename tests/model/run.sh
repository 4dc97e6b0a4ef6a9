#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Let spin prove the protocol of seqlock.pml and refuse each of its mutants. One line per run; the
# last line is "N passed, N failed".
set -u
cd "$(dirname "$0")/../.." || exit 1
model=$PWD/tests/model/seqlock.pml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

passed=0
failed=0

result() { # ok|FAILED NAME [file to show]
	printf '%s %s\n' "$1" "$2"
	if [ "$1" = ok ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		[ $# -lt 3 ] || sed 's/^/    /' "$3"
	fi
}

# explore OPTIMIZE FLAGS...: all states of the model into $work/out.
explore() (
	optimize=$1
	shift
	cd "$work" || exit 1
	{
		rm -f pan.c pan && spin -a "$@" "$model" &&
			cc "$optimize" -DSAFETY -DMEMLIM=2048 -o pan pan.c && ./pan -m100000
	} >out 2>&1
)

holds() { # NAME FLAGS...
	local name=$1
	shift
	explore -O2 "$@"
	# Exactly these: a search that gave up (memory, depth) proves nothing.
	if grep -q 'errors: 0$' "$work/out" &&
		! grep -qE 'Search not completed|max search depth too small|pan: out of memory|memory limit' "$work/out"; then
		result ok "$name: $(awk '/states, stored/ { print $1 }' "$work/out") states"
	else
		result FAILED "$name" "$work/out"
	fi
}

refused() { # NAME FLAGS...
	local name=$1
	shift
	explore -O0 "$@"
	if grep -q 'assertion violated.*copy' "$work/out" && grep -q 'errors: 1$' "$work/out"; then
		result ok "$name"
	else
		result FAILED "$name" "$work/out"
	fi
}

holds "two readers see whole records of their own key only" -DREADERS=2 -DSTORES=3
holds "nothing depends on the tag" -DREADERS=2 -DSTORES=2 -DVARIANT_NO_TAG
holds "the same for one reader through more stores" -DREADERS=1 -DSTORES=4 -DVARIANT_NO_TAG
# Else the model would prove that nobody reads anything.
refused "records are accepted, the last one too" -DWITNESS

for mutant in $(grep -oE 'MUTANT_[A-Z_]+' "$model" | grep -v '_$' | sort -u); do
	refused "refused: $mutant" -D"$mutant"
done

# What the model's readers rely on, and x86 alone gives without an instruction: elsewhere the
# program's fences are atomic operations that return a value. One whose value nobody uses is compiled
# to one that returns none, and orders nothing.
read -ra libraries < <(pkg-config --cflags libbpf)
for arch in arm64 riscv powerpc loongarch unheard_of; do
	name="fences of the XDP program for $arch are barriers"
	clang -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_$arch -Iskel -I. "${libraries[@]}" \
		-c kern/runbound.bpf.c -o "$work/$arch.o" >"$work/out" 2>&1 &&
		llvm-objdump -d "$work/$arch.o" >"$work/out"
	# On the stack: other atomics need be none.
	if grep -q 'atomic_fetch_add(.*r10' "$work/out" && ! grep -q 'lock .*r10' "$work/out"; then
		result ok "$name"
	else
		grep -E 'error|lock .*r10' "$work/out" >"$work/short"
		result FAILED "$name" "$work/short"
	fi
done

echo "$passed passed, $failed failed"
[ $failed = 0 ]

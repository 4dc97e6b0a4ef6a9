/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The one barrier that readers of a record need. */
#ifndef RB_FENCE_BPF_H
#define RB_FENCE_BPF_H

/* Loads before it complete before loads after it. Only x86 keeps that order by itself. */
#ifdef __TARGET_ARCH_x86
static __always_inline void load_fence(void)
{
	asm volatile("" ::: "memory");
}
#else
static __always_inline void load_fence(void)
{
	__u64 own = 0, was;

	/*
	 * An atomic operation that returns a value is a full barrier in the BPF memory model. If
	 * the value is unused, clang makes it an operation without a value, which orders nothing.
	 */
	was = __sync_fetch_and_add(&own, 1);
	asm volatile("" : : "r"(was) : "memory");
}
#endif

#endif

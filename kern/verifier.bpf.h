/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the verifier has to be told, or must not see, in a form that clang leaves as it is. */
#ifndef RB_VERIFIER_BPF_H
#define RB_VERIFIER_BPF_H

#include "abi.h"
#include "wire.h"

/*
 * Bound a value by a mask that does not change it, so that the verifier knows the bound from here
 * on. If clang has saved a register before a comparison, the verifier of Linux 6.1 does not apply
 * what the comparison says to the saved copy.
 */
static __always_inline __u32 masked(__u32 value, __u32 mask)
{
	RB_PIN_REGISTER(value);
	return value & mask;
}

/*
 * Return the same number, but as one that the verifier knows nothing about: it then follows the
 * code after this once, and not once for each value that it has seen. salt: any number that it does
 * not know either.
 */
static __always_inline __u64 forgotten(__u64 value, __u64 salt)
{
	asm volatile("%0 ^= %1; %0 ^= %1" : "+r"(value) : "r"(salt));
	return value;
}

/*
 * How a packet ends that does not take the usual way. The asm keeps clang from doing this in front
 * of the branch, and so for each packet that goes on.
 */
static __always_inline enum rb_result ended(enum rb_result result)
{
	asm volatile("");
	return result;
}

/*
 * The frame's bounds. In assembly, because clang may otherwise select one of the two fields'
 * addresses first and load from it afterwards; the verifier accepts no modified context pointer.
 */
static __always_inline void *frame_start(const struct xdp_md *ctx)
{
	void *start;

	asm volatile("%0 = *(u32 *)(%1 + %2)"
		     : "=r"(start)
		     : "r"(ctx), "i"(__builtin_offsetof(struct xdp_md, data)));
	return start;
}

static __always_inline void *frame_end(const struct xdp_md *ctx)
{
	void *end;

	asm volatile("%0 = *(u32 *)(%1 + %2)"
		     : "=r"(end)
		     : "r"(ctx), "i"(__builtin_offsetof(struct xdp_md, data_end)));
	return end;
}

#endif

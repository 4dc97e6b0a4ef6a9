/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What kern/top.bpf.c counts, and `runbound-cachectl top` shows. */
#ifndef RB_TOP_H
#define RB_TOP_H

#include "abi.h"

#define RB_TOP_NAMES 32768 /* question and CPU; the least recently asked are evicted */

/* How a question ended, as far as its frame shows. */
enum rb_top_kind {
	RB_TOP_ANSWERED, /* by the kernel, from the table */
	RB_TOP_MISSED,   /* handed over to userspace */
	RB_TOP_REFUSED,  /* by access-control: REFUSED or dropped */
	RB_TOP_KINDS,
};

/*
 * The key has the name's hash: keys as long as names would cost more than all the rest. Two names
 * with the same hash (a pair in 2^32) would be shown as one; only this display depends on it. The
 * CPU is part of the key, so that no two CPUs write one line of memory.
 */
struct rb_top_key {
	__u64 hash_sum; /* NH of the name, see hash.h */
	__be16 qtype;
	__u16 qname_len;
	__u32 cpu;
};

struct rb_top_entry {
	__u64 counts[RB_TOP_KINDS];
	__u8 name[RB_NAME_WORDS * 8]; /* lower case, wire form */
};

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The XDP program's maps besides the table: who writes, who reads, why this size. */
#ifndef RB_MAPS_BPF_H
#define RB_MAPS_BPF_H

#include "abi.h"
#include "control.bpf.h"
#include "table_maps.bpf.h"

/* How packets ended, and the clock. Written here; userspace sums up the counts. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rb_cpu);
} rb_counters SEC(".maps");

static __always_inline struct rb_cpu *cpu_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&rb_counters, &zero);
}

/* Count a rare event. Code that counts frequent ones has the CPU's value at hand. */
static __always_inline void count(enum rb_event event)
{
	struct rb_cpu *cpu = cpu_get();

	if (cpu)
		cpu->counters[event] += 1;
}

/*
 * The boot clock, with the resolution of a tick. Reading it is a call of 15 ns and more, so it is
 * read once a tick; the tick's number is one load. Unlike CLOCK_MONOTONIC it includes suspend.
 */
static __always_inline __u64 clock_ns(struct rb_cpu *cpu)
{
	__u64 jiffies = bpf_jiffies64();

	if (cpu->jiffies != jiffies) {
		cpu->now_ns = bpf_ktime_get_boot_ns();
		cpu->jiffies = jiffies;
	}
	return cpu->now_ns;
}

/* access-control, by epoch and netblock. Written by userspace at start and reload. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 17);
	__type(key, struct rb_acl_key);
	__type(value, __u32);
} rb_acl SEC(".maps");

/*
 * Recent results of rb_acl, per CPU: walking the trie costs 60 ns or more, this one cache line.
 * Direct-mapped; big enough for the clients that are active at one time, small enough for the
 * second-level cache.
 */
#define RB_ACL_MEMO_BITS 10

struct rb_acl_memo {
	__u32 addr[4];
	__u32 epoch; /* 0: empty */
	__u32 access;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1 << RB_ACL_MEMO_BITS);
	__type(key, __u32);
	__type(value, struct rb_acl_memo);
} rb_acl_memo SEC(".maps");

/*
 * Records whose refresh is due. Written here, once per record and refresh; read by main, which
 * hands them to the resolvers. Full: the record is not marked, and the next reader asks again.
 */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} rb_refreshes SEC(".maps");

/*
 * Replies for the log. Written here while rb_knobs.log_sample is set, read by main. Full: the reply
 * is not logged, which is counted.
 */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} rb_logged SEC(".maps");

/*
 * The AF_XDP socket of each queue of this interface. The keeper fills it while a server has the
 * sockets. Otherwise it is empty, and what is handed over passes to the stack.
 */
struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} rb_xsks SEC(".maps");

#endif

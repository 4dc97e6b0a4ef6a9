/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Count the names that are asked for: from rb_top_open() to rb_top_close(), or to any end of the
 * process, programs are attached behind the XDP programs (kern/top.bpf.c). Nothing is pinned, and
 * untraced XDP programs do not change.
 *
 * Thread: any, one at a time. Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_DATAPATH_TOP_H
#define RB_DATAPATH_TOP_H

#include <stddef.h>
#include <stdint.h>

#include "../kern/top.h"

struct rb_top;

/* A question, with how often it ended in each way since it was first seen. */
struct rb_top_name {
	uint8_t name[RB_NAME_MAX + 1]; /* lower case, wire form */
	uint16_t name_len;
	uint16_t qtype; /* host order */
	uint64_t counts[RB_TOP_KINDS];
};

/*
 * Trace the programs of the links pinned in pin_dir. sample: trace one of this many packets. Needs
 * CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN and CAP_SYS_ADMIN (to find programs by their ids). -ENOENT:
 * nothing is attached. -ESTALE: by another version of runbound. -EPERM. Other errors: the kernel
 * cannot trace.
 */
int rb_top_open(const char *pin_dir, unsigned int sample, struct rb_top **ret_top);
void rb_top_close(struct rb_top *top);
void rb_top_closep(struct rb_top **top);

/* Follow programs that came, went or were replaced. Returns how many are traced, or -errno. */
int rb_top_follow(struct rb_top *top);

/* The counts, by name and type in ascending order. The caller frees them. */
int rb_top_read(const struct rb_top *top, struct rb_top_name **ret_names, size_t *ret_count);

/* <0, 0, >0: the order of rb_top_read(). */
int rb_top_compare(const struct rb_top_name *a, const struct rb_top_name *b);

#endif

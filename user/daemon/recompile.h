/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local policy compiled anew from its files while everything else stays, in a process of its own that
 * ends with it: the keeper neither waits for it nor reads what strangers have written.
 *
 * Thread: the keeper's. Errors: 0 or -errno.
 */
#ifndef RB_DAEMON_RECOMPILE_H
#define RB_DAEMON_RECOMPILE_H

#include "config/config.h"
#include "keeper/process.h"

enum rb_recompiled {
	RB_RECOMPILED_IMAGE, /* to be put in place of the one in force */
	RB_RECOMPILED_ACL,   /* and it says whom the kernel may answer: that takes a reload */
};

/* What the process says in the end. */
struct rb_recompilation {
	enum rb_recompiled kind;
	uint32_t contents; /* see struct rb_local */
	int fd;            /* a sealed memfd; the caller's */
};

int rb_recompile_start(const struct rb_config *config, struct rb_process **ret_child);

/* -EAGAIN: it is not done; else the process can be freed. What went wrong is logged. */
int rb_recompile_result(struct rb_process *child, struct rb_recompilation *ret_result);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compile local policy from its files again, while everything else stays, in a process of its own:
 * the keeper must neither wait for that nor read what others have written.
 *
 * Thread: the keeper's. Errors: 0 or -errno.
 */
#ifndef RB_DAEMON_RECOMPILE_H
#define RB_DAEMON_RECOMPILE_H

#include "config/config.h"
#include "keeper/process.h"

enum rb_recompiled {
	RB_RECOMPILED_IMAGE, /* to be put in place of the one in force */
	RB_RECOMPILED_ACL, /* it also changes whom the kernel may answer, which requires a reload */
};

/* The result of the process. */
struct rb_recompilation {
	enum rb_recompiled kind;
	uint32_t contents; /* see struct rb_local */
	int fd;            /* a sealed memfd; the caller's */
};

int rb_recompile_start(const struct rb_config *config, struct rb_process **ret_child);

/*
 * -EAGAIN: it has not finished. 0: what remains for the process is to log what has changed, then it
 * ends. Other errors are logged: the process can be freed.
 */
int rb_recompile_result(struct rb_process *child, struct rb_recompilation *ret_result);

#endif

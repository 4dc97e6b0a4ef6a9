/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pin directory on the bpffs, where the table outlives its process.
 *
 * Thread: main. Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_TABLE_PINS_H
#define RB_TABLE_PINS_H

#include <limits.h>
#include <sys/types.h>

/*
 * Create the directory if it is missing, and lock it for one writing process. The descriptor holds
 * the lock. -ENOTSUP: not on a bpffs. -EBUSY: another process holds it.
 */
int rb_pins_lock(const char *pin_dir, int *ret_fd);

/*
 * Create the directory, mounting a bpffs if there is none, and give it and its pins to this owner.
 */
int rb_pins_give(const char *pin_dir, uid_t uid, gid_t gid);

/* -ENAMETOOLONG. */
int rb_pins_path(const char *pin_dir, const char *name, char ret_path[PATH_MAX]);

#endif

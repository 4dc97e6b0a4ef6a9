/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Capabilities, which are a thread's own: given up, and told of.
 *
 * Thread: any, for itself. Errors: 0 or -errno. Never logs.
 */
#ifndef RB_UTIL_PRIVILEGES_H
#define RB_UTIL_PRIVILEGES_H

#include <stddef.h>
#include <sys/capability.h>

#define RB_PRIVILEGES_TEXT 1024 /* bytes: names of all capabilities there are */

/*
 * Keep those of the capabilities given that this thread has, and no other, for good: neither it nor
 * a thread that it starts gets them back.
 */
int rb_privileges_keep(const cap_value_t *capabilities, size_t count);

/* Keep none: for a process that reads what strangers send, while it has one thread. */
int rb_privileges_drop(void);

/* execve() gives none back: to be called by who will be another user before it drops them. */
void rb_privileges_bound(void);

/* What this thread has, by name; "none". */
void rb_privileges_text(char ret_text[RB_PRIVILEGES_TEXT]);

#endif

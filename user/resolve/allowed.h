/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls that a resolver process may still make once libunbound is set up.
 *
 * Thread: any. Errors: 0 or -errno.
 */
#ifndef RB_RESOLVE_ALLOWED_H
#define RB_RESOLVE_ALLOWED_H

/* Allow only these from now on: allowed.c has the reason for each. */
int rb_allowed_enter(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls that a process needs that fetches; everything else fails from then on.
 *
 * Thread: the process's only one. Errors: 0 or -errno. Never logs.
 */
#ifndef RB_FETCH_ALLOWED_H
#define RB_FETCH_ALLOWED_H

int rb_fetch_allowed_enter(void);

#endif

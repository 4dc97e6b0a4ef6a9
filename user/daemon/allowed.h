/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls of rb-server. All files have been read by then, all sockets are open, and what
 * it needs later it asks the keeper for.
 *
 * Thread: main, while it is the only one; its threads inherit it. Errors: 0 or -errno. Never logs.
 */
#ifndef RB_DAEMON_ALLOWED_H
#define RB_DAEMON_ALLOWED_H

#include <stdbool.h>

/* Everything else fails from here on. uses_syslog: what libc needs to speak to it. */
int rb_server_allowed_enter(bool uses_syslog);

/* And no thread is started any more. */
int rb_server_allowed_end_threads(void);

#endif

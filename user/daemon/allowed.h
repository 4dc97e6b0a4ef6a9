/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls that rb-server may use. When they are limited, all files have been read and all
 * sockets are open; what the server needs later, it asks the keeper for.
 *
 * Thread: main, while it is the only one; its threads inherit it. Errors: 0 or -errno. Never logs.
 */
#ifndef RB_DAEMON_ALLOWED_H
#define RB_DAEMON_ALLOWED_H

#include <stdbool.h>

/* All other system calls fail from here on. uses_syslog: allow what libc needs for syslog. */
int rb_server_allowed_enter(bool uses_syslog);

/* From here on, starting a thread fails, too. */
int rb_server_allowed_end_threads(void);

#endif

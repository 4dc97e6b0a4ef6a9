/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration read again and put in force while everything serves on: made complete beside
 * the one in force, and only then, with nothing left that may fail, exchanged.
 *
 * Thread: main.
 */
#ifndef RB_DAEMON_RELOAD_H
#define RB_DAEMON_RELOAD_H

#include <stdio.h>

#include "daemon/parts.h"

/*
 * 0: the file is in force: whoever is refused now gets no answer any more, from the kernel neither.
 * Else -errno, logged, and the old configuration is in force as before.
 */
int rb_reload(struct rb_daemon *daemon);

/* The same for the control socket. context: the daemon. out: "ok" or "error", and what was logged.
 */
void rb_reload_command(void *context, FILE *out);

/* Free what former configurations were kept for. To be called now and then. */
void rb_reload_reap(struct rb_daemon *daemon);

#endif

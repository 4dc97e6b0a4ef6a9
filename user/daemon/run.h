/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rb-server: its parts started, run until the keeper wants it to stop, and stopped.
 *
 * Thread: the server's main thread. Errors: 0 or -errno, logged.
 */
#ifndef RB_DAEMON_RUN_H
#define RB_DAEMON_RUN_H

#include "daemon/parts.h"

/* daemon: what the keeper has made. All of it is freed at the end. */
int rb_run(struct rb_daemon *daemon);

/* For the control socket: ask the keeper to end all; tell it of another file for the log. */
void rb_run_stop(void *daemon);
void rb_run_log_reopened(void *daemon);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rb-server: its parts made; run from when the keeper has it take over until it is to stop, or
 * another one takes over; and stopped.
 *
 * Thread: the server's main thread. Errors: 0 or -errno, logged.
 */
#ifndef RB_DAEMON_RUN_H
#define RB_DAEMON_RUN_H

#include "daemon/parts.h"

#define RB_SERVER_NAME "rb-server"

/* daemon: what the keeper has made. All of it is freed at the end. */
int rb_run(struct rb_daemon *daemon);

/* For the control socket: what it asks the keeper for. */
int rb_run_ask_reload(void *daemon, int client_fd);
int rb_run_ask_option(void *daemon, unsigned int number, const char *value, int client_fd);
void rb_run_stop(void *daemon);

#endif

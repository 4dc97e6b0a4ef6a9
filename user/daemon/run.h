/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of rb-server: prepare its parts; run them, from when the keeper has it take over until
 * it has to stop or another server takes over; and stop them.
 *
 * Thread: the server's main thread. Errors: 0 or -errno, logged.
 */
#ifndef RB_DAEMON_RUN_H
#define RB_DAEMON_RUN_H

#include "daemon/parts.h"

#define RB_SERVER_NAME "rb-server"

/* daemon: with what the keeper has made. All of it is freed at the end. */
int rb_run(struct rb_daemon *daemon);

/* For the control socket: ask the keeper. */
int rb_run_ask_reload(void *daemon, bool keeps, int client_fd);
int rb_run_ask_option(void *daemon, unsigned int number, const char *value, int client_fd);
void rb_run_stop(void *daemon);

#endif

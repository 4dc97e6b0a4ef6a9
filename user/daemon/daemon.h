/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemon's life: its parts are wired and started, run until a signal says stop, and stopped.
 *
 * Thread: main. Errors: 0 or -errno, logged.
 */
#ifndef RB_DAEMON_DAEMON_H
#define RB_DAEMON_DAEMON_H

#include <stdbool.h>

#include "config/config.h"

/* What the command line said. It must outlive the daemon. */
struct rb_daemon_opts {
	const char *file;     /* the configuration */
	bool no_xdp;          /* whatever the configuration says */
	unsigned int verbose; /* added to the configuration's verbosity */
};

/*
 * The configuration with what the command line says otherwise; what is wrong with it is logged.
 * set, in_force: see rb_config_read().
 */
int rb_daemon_config_read(const struct rb_daemon_opts *opts, const char *set,
			  const struct rb_config *in_force, struct rb_config **ret_config);

/*
 * Whether libunbound takes the configuration; what it refuses is logged with file and line. For a
 * check, or when no resolver could be started: it takes as long as starting one.
 */
int rb_daemon_config_try(struct rb_config *config);

/* Have the log go where the configuration says. */
void rb_daemon_log_open(const struct rb_config *config);

/* Serve until a signal says stop. config: as read; the daemon's from here on. */
int rb_daemon_serve(const struct rb_daemon_opts *opts, struct rb_config *config);

#endif

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

/* The options of the command line. They must outlive the daemon. */
struct rb_daemon_opts {
	const char *file;     /* the configuration */
	bool no_xdp;          /* whatever the configuration says */
	unsigned int verbose; /* added to the configuration's verbosity */
};

/*
 * Read the configuration, and apply the options of the command line. Its errors and warnings are
 * logged. set, in_force: see rb_config_read().
 */
int rb_daemon_config_read(const struct rb_daemon_opts *opts, const char *set,
			  const struct rb_config *in_force, struct rb_config **ret_config);

/*
 * Whether libunbound accepts the configuration; what it refuses is logged with file and line. This
 * is for --check-config, and if no resolver could be started: it takes as long as starting one.
 */
int rb_daemon_config_try(struct rb_config *config);

/* Have the log go where the configuration says. */
void rb_daemon_log_open(const struct rb_config *config);

/* Serve until a signal says stop. config: as read; the daemon owns it from here on. */
int rb_daemon_serve(const struct rb_daemon_opts *opts, struct rb_config *config);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a process may have as many descriptors as the configuration allows it to use: in the
 * server for TCP connections, in a resolver process for queries to other servers.
 *
 * Thread: main. Changed values are logged.
 */
#ifndef RB_DAEMON_DESCRIPTORS_H
#define RB_DAEMON_DESCRIPTORS_H

#include "config/config.h"

/*
 * Raise the limit as far as possible, and lower incoming-num-tcp and outgoing-range to what fits.
 * workers: how many will serve. 0 or -ENOMEM.
 */
int rb_descriptors_fit(struct rb_config *config, unsigned int workers);

#endif

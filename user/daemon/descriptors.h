/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the descriptors that a process may have suffice for what the configuration allows: in the
 * server for connections over TCP, in a resolver process for questions to other servers.
 *
 * Thread: main. What is changed is logged.
 */
#ifndef RB_DAEMON_DESCRIPTORS_H
#define RB_DAEMON_DESCRIPTORS_H

#include "config/config.h"

/*
 * Raise the limit as far as it goes, and lower incoming-num-tcp and outgoing-range to what fits.
 * workers: that will serve. 0 or -ENOMEM.
 */
int rb_descriptors_fit(struct rb_config *config, unsigned int workers);

#endif

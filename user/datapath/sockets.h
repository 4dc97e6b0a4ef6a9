/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the configuration says about AF_XDP sockets and their workers.
 *
 * Thread: main. Never logs.
 */
#ifndef RB_DATAPATH_SOCKETS_H
#define RB_DATAPATH_SOCKETS_H

#include "config/config.h"
#include "xsk/make.h"

/* The options of every socket. */
struct rb_xsk_opts rb_sockets_opts(const struct rb_config *config);

/*
 * The number of workers: num-threads, or as many as there are queues on served interfaces, but no
 * more than CPUs.
 */
unsigned int rb_sockets_workers(const struct rb_config *config);

#endif

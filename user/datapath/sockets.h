/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the configuration asks for of AF_XDP sockets, and of the workers that have them.
 *
 * Thread: main. Never logs.
 */
#ifndef RB_DATAPATH_SOCKETS_H
#define RB_DATAPATH_SOCKETS_H

#include "config/config.h"
#include "xsk/make.h"

/* What the configuration says of every socket. */
struct rb_xsk_opts rb_sockets_opts(const struct rb_config *config);

/* As many workers as the queues of what is served and the CPUs allow, if the file does not say. */
unsigned int rb_sockets_workers(const struct rb_config *config);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The AF_XDP sockets of one interface, as the configuration asks for them.
 *
 * Thread: main. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_DATAPATH_SOCKETS_H
#define RB_DATAPATH_SOCKETS_H

#include <stdbool.h>

#include "config/config.h"
#include "xsk/xsk.h"

/* What the configuration says of every socket. */
struct rb_xsk_opts rb_sockets_opts(const struct rb_config *config);

/* One queue's. wait: for a moment, where a predecessor that was killed still has it. */
int rb_sockets_open(const struct rb_xsk_opts *opts, bool wait, struct rb_xsk **ret_xsk);

/* Log what has been asked for and what was got, of all sockets of an interface. */
void rb_sockets_log(const struct rb_xsk_opts *opts, struct rb_xsk *const *sockets, size_t count);

/* As many workers as the queues of what is served and the CPUs allow, if the file does not say. */
unsigned int rb_sockets_workers(const struct rb_config *config);

#endif

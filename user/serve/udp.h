/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The UDP sockets of one worker.
 *
 * Thread:   made and freed by main while the worker does not run, otherwise the worker's.
 * Lifetime: descriptors stay the caller's, and open until rb_udp_free().
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_SERVE_UDP_H
#define RB_SERVE_UDP_H

#include <stddef.h>

#include "serve/query.h"

struct event_base;
struct rb_udp;

int rb_udp_new(struct event_base *base, struct rb_serve *serve, const int *fds, size_t count,
	       struct rb_udp **ret_udp);
void rb_udp_free(struct rb_udp *udp);

#endif

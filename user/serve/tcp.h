/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TCP listeners of one worker and their connections: RFC 7766, queries pipelined, replies as
 * they complete.
 *
 * Thread:   made and freed by main while the worker does not run, otherwise the worker's.
 * Lifetime: listening descriptors stay the caller's, and open until rb_tcp_free().
 *	     Queries that wait for a resolver may outlive their connection, and this object.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_SERVE_TCP_H
#define RB_SERVE_TCP_H

#include <stddef.h>

#include "serve/query.h"

struct event_base;
struct rb_tcp;

int rb_tcp_new(struct event_base *base, struct rb_serve *serve, const int *fds, size_t count,
	       struct rb_tcp **ret_tcp);
void rb_tcp_free(struct rb_tcp *tcp);

/* Add a listening descriptor. */
int rb_tcp_add(struct rb_tcp *tcp, int fd);

/* Accept no more connections; existing ones end when they are idle for a moment. */
void rb_tcp_retire(struct rb_tcp *tcp);

#endif

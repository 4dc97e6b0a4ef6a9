/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The AF_XDP sockets of one worker.
 *
 * Thread:   made and freed by main while the worker does not run, otherwise the worker's.
 * Lifetime: the sockets stay the caller's, and open until rb_afxdp_remove() or rb_afxdp_free().
 *	     Replies to queries of a socket that was removed leave by UDP sockets.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_SERVE_XDP_H
#define RB_SERVE_XDP_H

#include <stddef.h>

#include "xsk/xsk.h"
#include "serve/query.h"

struct event_base;
struct rb_afxdp;
struct rb_udp;

/* udp: the worker's, which sends replies that do not fit a frame; it must live longer. */
int rb_afxdp_new(struct event_base *base, struct rb_serve *serve, const struct rb_udp *udp,
		 struct rb_afxdp **ret_afxdp);
void rb_afxdp_free(struct rb_afxdp *afxdp);

int rb_afxdp_add(struct rb_afxdp *afxdp, struct rb_xsk *xsk);
void rb_afxdp_remove(struct rb_afxdp *afxdp, const struct rb_xsk *xsk);

/* Take the queries that have come, and remove all sockets. */
void rb_afxdp_retire(struct rb_afxdp *afxdp);

/* Send the replies that rb_pending_collect() queued. */
void rb_afxdp_flush(struct rb_afxdp *afxdp);

#endif

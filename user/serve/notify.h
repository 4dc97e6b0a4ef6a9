/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NOTIFY (RFC 1996): a primary says that its zone has changed. This is passed on to the keeper,
 * which has the primary asked.
 *
 * Thread: the worker's.
 */
#ifndef RB_SERVE_NOTIFY_H
#define RB_SERVE_NOTIFY_H

#include "serve/query.h"

/* query: a well-formed NOTIFY. Returns the rcode of the reply. */
uint16_t rb_notify_take(const struct rb_serve *serve, const struct rb_received *received,
			const struct rb_query *query);

#endif

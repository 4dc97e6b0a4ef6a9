/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NOTIFY (RFC 1996): a primary says that its zone has changed. The keeper is told, and asks the
 * primary.
 *
 * Thread: the worker's.
 */
#ifndef RB_SERVE_NOTIFY_H
#define RB_SERVE_NOTIFY_H

#include "serve/query.h"

/* The rcode of the reply. query: a well-formed NOTIFY. */
uint16_t rb_notify_take(const struct rb_serve *serve, const struct rb_received *received,
			const struct rb_query *query);

#endif

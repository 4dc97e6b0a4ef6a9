/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log-queries, log-replies and log-servfail: a line for each query and reply, in Unbound's format,
 * from the workers, and from the kernel by its ring.
 *
 * Thread: the worker's. The lines per second of all workers are limited, so that the log cannot
 *	   stop service; rb_query_log_tell() reports how many were left out.
 */
#ifndef RB_SERVE_QUERY_LOG_H
#define RB_SERVE_QUERY_LOG_H

#include "serve/query.h"

#define RB_QUERY_LOG_LINES 20000 /* a second */

/* Where a reply came from. */
enum rb_query_log_source {
	RB_QUERY_LOG_CACHED,
	RB_QUERY_LOG_RESOLVED,
};

void rb_query_log_query(const struct rb_config *config, const uint8_t *client,
			const struct rb_query *query);

/* The client of a query, and our address that it was sent to. */
struct rb_query_log_client {
	const uint8_t *addr;
	const struct rb_acl_place *place;
	enum rb_transport transport;
};

/* took_ns: since the query came. len 0: nothing was sent; log nothing. */
void rb_query_log_reply(const struct rb_config *config, const struct rb_query_log_client *client,
			const struct rb_query *query, const uint8_t *reply, size_t len,
			enum rb_query_log_source source, uint64_t took_ns);

/* Log what the kernel has answered: both lines, if they are on. Thread: main. */
void rb_query_log_kernel(const struct rb_config *config, const struct rb_logged *logged);

/* log-servfail, for a query whose answer has come. */
void rb_query_log_servfail(const struct rb_serve *serve, const struct rb_pending *pending);

/* val-log-level and log-servfail, for a bogus response. */
void rb_query_log_bogus(const struct rb_serve *serve, const struct rb_pending *pending);

/* Main, now and then: log how many lines were left out. */
void rb_query_log_tell(void);

#endif

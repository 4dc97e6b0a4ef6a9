/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log-queries, log-replies and log-servfail: a line for each query and reply, in Unbound's format,
 * for the workers and, from its ring, for the kernel.
 *
 * Thread: the worker's. The lines of all workers in a second are limited, so that the log cannot
 *	   stop service; those left out are counted, and reported by rb_query_log_tell().
 */
#ifndef RB_SERVE_QUERY_LOG_H
#define RB_SERVE_QUERY_LOG_H

#include "serve/query.h"

struct rb_asked;
struct rb_dnstap;

#define RB_QUERY_LOG_LINES 20000 /* a second */

/* How a reply came about. */
enum rb_query_log_source {
	RB_QUERY_LOG_CACHED,
	RB_QUERY_LOG_RESOLVED,
};

void rb_query_log_query(const struct rb_config *config, const uint8_t *client,
			const struct rb_query *query);

/* The client of a query, and the address of ours that it was sent to. */
struct rb_query_log_client {
	const uint8_t *addr;
	const struct rb_acl_destination *destination;
	enum rb_transport transport;
};

/* took_ns: since the query came. len 0: nothing is sent, so nothing is logged. */
void rb_query_log_reply(const struct rb_config *config, const struct rb_query_log_client *client,
			const struct rb_query *query, const uint8_t *reply, size_t len,
			enum rb_query_log_source source, uint64_t took_ns);

/* What gets the kernel's replies besides the log; NULL: it does not. */
struct rb_query_log_also {
	struct rb_asked *asked;
	struct rb_dnstap *dnstap;
};

/* A reply of the kernel: log the query and the reply, if that is configured. Thread: main. */
void rb_query_log_kernel(const struct rb_config *config, const struct rb_query_log_also *also,
			 const struct rb_logged *logged);

/* A client exceeds ip-ratelimit. */
void rb_query_log_rate(const struct rb_config *config, const uint8_t *client);

/* log-servfail: for a query whose answer has come. */
void rb_query_log_servfail(const struct rb_serve *serve, const struct rb_pending *pending);

/* val-log-level and log-servfail: the answer that has come is bogus. */
void rb_query_log_bogus(const struct rb_serve *serve, const struct rb_pending *pending);

/* Main, now and then: log how many lines were left out. */
void rb_query_log_tell(void);

#endif

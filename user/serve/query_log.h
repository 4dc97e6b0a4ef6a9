/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log-queries, log-replies and log-servfail: a line for each query and reply, as Unbound
 * writes them: of the workers, and of the kernel by its ring.
 *
 * Thread: the worker's. So many lines a second, of all workers, that the log cannot stop service;
 *	   the rest is counted, and told by rb_query_log_tell().
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

/* Whose query it was, and which address of ours it was sent to. */
struct rb_query_log_client {
	const uint8_t *addr;
	const struct rb_acl_place *place;
	enum rb_transport transport;
};

/* took_ns: since the query came. len 0: nothing is sent, and nothing logged. */
void rb_query_log_reply(const struct rb_config *config, const struct rb_query_log_client *client,
			const struct rb_query *query, const uint8_t *reply, size_t len,
			enum rb_query_log_source source, uint64_t took_ns);

/* Who are told of the kernel's answers besides the log; NULL: is not. */
struct rb_query_log_also {
	struct rb_asked *asked;
	struct rb_dnstap *dnstap;
};

/* What the kernel has answered: both lines, where they are asked for. Thread: main. */
void rb_query_log_kernel(const struct rb_config *config, const struct rb_query_log_also *also,
			 const struct rb_logged *logged);

/* ip-ratelimit is exceeded by a client. */
void rb_query_log_rate(const struct rb_config *config, const uint8_t *client);

/* log-servfail: of a query whose answer has come. */
void rb_query_log_servfail(const struct rb_serve *serve, const struct rb_pending *pending);

/* val-log-level, and log-servfail: what has come is bogus. */
void rb_query_log_bogus(const struct rb_serve *serve, const struct rb_pending *pending);

/* Main, now and then: tell what was left out. */
void rb_query_log_tell(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One worker thread: an event loop over its UDP sockets, TCP listeners, AF_XDP sockets and the jobs
 * that the resolvers have finished for it.
 *
 * Thread:   every function is main's; none but rb_worker_counters() while another runs.
 * Lifetime: new, add sockets, start, stop, free; free only after the resolvers have stopped, since
 *	     until then they may write to this worker's queries.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_SERVE_WORKER_H
#define RB_SERVE_WORKER_H

#include "config/config.h"
#include "policy/acl.h"
#include "policy/guard.h"
#include "resolve/resolver.h"
#include "serve/counters.h"
#include "table/table.h"

struct rb_limits;
struct rb_quotas;
struct rb_asked;
struct rb_dnstap;
struct rb_worker;
struct rb_xsk;
struct ssl_ctx_st;

int rb_worker_new(const struct rb_config *config, struct rb_table *table, const struct rb_acl *acl,
		  const struct rb_guard *guard, struct rb_resolvers *resolvers, unsigned int number,
		  struct rb_worker **ret_worker);

/* Before it runs: copy messages to this; NULL: to none. */
void rb_worker_set_dnstap(struct rb_worker *worker, struct rb_dnstap *dnstap);

/* Before it runs: count queries in this; NULL: in none. */
void rb_worker_set_asked(struct rb_worker *worker, struct rb_asked *asked);

/* Before it runs: the slots in which NOTIFY is noted; NULL: none. */
void rb_worker_set_feeds(struct rb_worker *worker, struct rb_feed_slot *feeds);

/* Before it runs: how many connections clients may have. */
void rb_worker_set_limits(struct rb_worker *worker, struct rb_limits *limits,
			  struct rb_quotas *quotas);

/* Before it runs: what TLS is served with. */
void rb_worker_set_tls(struct rb_worker *worker, struct ssl_ctx_st *tls);

/* Takes the socket (of type SOCK_DGRAM, or listening SOCK_STREAM) unless it fails. */
int rb_worker_add(struct rb_worker *worker, int type, int fd);

/* Changes that a running worker makes between two events. */
struct rb_worker_change {
	const struct rb_acl *acl; /* NULL: unchanged, as with the next two */
	const struct rb_guard *guard;
	struct ssl_ctx_st *tls;
	struct rb_xsk *xsk_added, *xsk_removed; /* NULL: none. They stay the caller's */
	bool retires; /* accept no more queries, and answer the pending ones */
};

/* Returns when it is done; the worker then no longer uses the old rules. */
int rb_worker_change(struct rb_worker *worker, const struct rb_worker_change *change);

int rb_worker_start(struct rb_worker *worker);

/* Join the thread; close sockets and connections. Does nothing if it does not run. */
void rb_worker_stop(struct rb_worker *worker);

void rb_worker_free(struct rb_worker *worker);

/* Whether it has been through its loop since the last call. */
bool rb_worker_moves(struct rb_worker *worker);

const struct rb_serve_counters *rb_worker_counters(const struct rb_worker *worker);

#endif

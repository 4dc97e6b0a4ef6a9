/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Resolver threads: each owns a range of the table's shards and a libunbound context of its own;
 * it resolves, publishes into the hot table and hands the answer back.
 *
 * Thread:   start and stop by main. submit and collect by worker number `worker`, that one only.
 * Lifetime: a job must stay where it is from submit until collect returns it, or until its worker
 *	     has stopped; only those two touch it. The answer in it is then the worker's to free.
 *	     Start and stop may be repeated. A configuration must outlive the resolvers, or be
 *	     replaced by rb_resolvers_switch() and then be kept while rb_resolvers_use() it.
 * Errors:   0 or -errno. Start-up failures are logged with what libunbound said.
 */
#ifndef RB_RESOLVE_RESOLVER_H
#define RB_RESOLVE_RESOLVER_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "dns/answer.h"
#include "dns/flush.h"
#include "table/table.h"
#include "util/histogram.h"

struct rb_resolvers;

/* One question on its way through a resolver. Embedded in the worker's own struct. */
struct rb_job {
	struct rb_table_key key; /* name in lower case; hash chooses the thread */
	uint16_t qclass;         /* host order */
	bool publishable;        /* key is valid for the table, and the answer may go there */
	bool dnssec_ok;
	bool checking_disabled;   /* CD=1: bogus data is answered, and is not published */
	bool unsynthesized;       /* to be asked without DNS64 */
	unsigned int worker;      /* who submitted it */
	struct rb_answer *answer; /* result; NULL: answer nothing (a local zone of type deny) */
};

/*
 * Refreshes. A record in the last tenth of its life (prefetch) or past its end (serve-expired) is
 * resolved again past libunbound's cache, which has no such thing: of two contexts used in turn,
 * the one that did not fetch last time has let its copy expire.
 */

/* answered is submitted, but for what is still inside; rejected and bogus are among servfail. */
struct rb_resolver_stats {
	uint64_t submitted;
	uint64_t answered;
	uint64_t servfail;
	uint64_t bogus;
	uint64_t published;
	uint64_t unpublished; /* too large, ttl 0, CD, names that no record can hold */
	uint64_t rejected;    /* over num-queries-per-thread for jostle-timeout: SERVFAIL */
	uint64_t refreshed;   /* records resolved again; among answered, like the next */
	uint64_t unrefreshed; /* that failed: the old record stays, and is tried again later */
	uint64_t stale; /* clients given an expired record instead of SERVFAIL or more waiting */
	struct rb_histogram_sum took; /* libunbound, for each question that it was asked */
};

/* workers: how many will submit. table must outlive the resolvers. */
int rb_resolvers_start(const struct rb_config *config, struct rb_table *table, unsigned int workers,
		       struct rb_resolvers **ret_resolvers);

/* Stops the threads; what is still inside is dropped (the workers have stopped before). */
void rb_resolvers_stop(struct rb_resolvers *resolvers);

/*
 * All libunbound contexts, and with them its caches, made anew while the threads serve on: by
 * rb_resolvers_renew(), or where other things may fail in between by rb_resolvers_prepare(), then
 * by the same thread rb_resolvers_switch() or rb_resolvers_discard(). When rb_resolvers_switch()
 * returns, new questions go to the new contexts alone; what was under way is answered by the old
 * ones, up to some milliseconds later than otherwise, and not published any more. num_threads and
 * num_queries_per_thread stay as they were at the start. Thread: main. Takes as long as libunbound
 * takes to read its configuration, times threads, and waits for a flush that is under way.
 */
int rb_resolvers_renew(struct rb_resolvers *resolvers, const struct rb_config *config);
int rb_resolvers_prepare(struct rb_resolvers *resolvers, const struct rb_config *config);
void rb_resolvers_switch(struct rb_resolvers *resolvers);
void rb_resolvers_discard(struct rb_resolvers *resolvers);

/*
 * When it returns, what is flushed and what depends on it is asked of contexts that cannot remember
 * it, and what others find of it is not published: the table's own records are the caller's to
 * remove then. It costs one new context, which one more thread has; a top-level domain or the root,
 * and too many flushes in the time that caches remember, a new one for each thread. Thread: any,
 * not one that serves: it takes as long as libunbound takes to read its configuration.
 */
int rb_resolvers_flush(struct rb_resolvers *resolvers, const struct rb_flush *flush);

/* Main: free contexts that have answered their last question. To be called now and then. */
void rb_resolvers_reap(struct rb_resolvers *resolvers);

/* Main: whether contexts that are not freed yet belong, or may belong, to this configuration. */
bool rb_resolvers_use(struct rb_resolvers *resolvers, const struct rb_config *config);

/* -EAGAIN: the thread's ring is full. -ENOMEM. The caller answers SERVFAIL. */
int rb_resolvers_submit(struct rb_resolvers *resolvers, struct rb_job *job);

/*
 * Ask for the refresh of a record whose claim is the caller's (RB_MARK_REFRESH is set). Nothing
 * comes back but through the table; the worker must go on collecting. Errors release the claim.
 */
int rb_resolvers_refresh(struct rb_resolvers *resolvers, unsigned int worker,
			 struct rb_table_place place);

/* The next finished job of this worker, NULL: none. */
struct rb_job *rb_resolvers_collect(struct rb_resolvers *resolvers, unsigned int worker);

/* Becomes readable when jobs of this worker finished; reset it with rb_resolvers_drain() first. */
int rb_resolvers_fd(struct rb_resolvers *resolvers, unsigned int worker);
void rb_resolvers_drain(struct rb_resolvers *resolvers, unsigned int worker);

/* Sum over all threads; approximate while they run. */
void rb_resolvers_stats(const struct rb_resolvers *resolvers, struct rb_resolver_stats *ret_stats);

#endif

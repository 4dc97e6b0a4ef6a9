/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The resolvers: processes in which libunbound runs, each asked for a range of the table's shards.
 * What they say is checked here, published into the hot table, and handed back. One that ends is
 * replaced by a spare; what it had under way is asked once more.
 *
 * Thread:   start, stop and all that says so by main. submit and collect by worker number `worker`,
 *	     that one only.
 * Lifetime: a job must stay where it is from submit until collect returns it, or until its worker
 *	     has stopped; only those two touch it. The answer in it is then the worker's to free.
 *	     Start and stop may be repeated. A configuration must outlive the resolvers.
 *	     Processes are this program anew: its main() begins with rb_resolver_is().
 * Errors:   0 or -errno. Start-up failures are logged with what libunbound said.
 */
#ifndef RB_RESOLVE_RESOLVER_H
#define RB_RESOLVE_RESOLVER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "config/config.h"
#include "dns/answer.h"
#include "dns/flush.h"
#include "dns/name.h"
#include "keeper/user.h"
#include "table/table.h"
#include "upstream/counters.h"
#include "util/histogram.h"

struct rb_resolvers;

/* One question on its way through a resolver. Embedded in the worker's own struct. */
struct rb_job {
	struct rb_table_key key; /* name in lower case; hash chooses the process */
	uint16_t qclass;         /* host order */
	bool publishable;        /* key is valid for the table, and the answer may go there */
	bool dnssec_ok;
	bool checking_disabled;   /* CD=1: bogus data is answered, and is not published */
	bool unsynthesized;       /* to be asked without DNS64 */
	unsigned int worker;      /* who submitted it */
	struct rb_answer *answer; /* result; NULL: answer nothing (a local zone of type deny) */
	char *why;  /* it failed or is bogus, where the log is to tell; NULL: nothing is known */
	bool bogus; /* what the resolver found */
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
	uint64_t stale;   /* clients given an expired record instead of SERVFAIL or more waiting */
	uint64_t retried; /* questions whose process ended, asked once more */
	uint64_t lost; /* whose second process ended too, or for which there was none: SERVFAIL */
	struct rb_histogram_sum took; /* a process, for each question that it was asked */
	/* Of processes. */
	uint64_t processes;                       /* that are ready, with the spare */
	uint64_t ended;                           /* that nobody had told to */
	uint64_t upstreams[RB_UPSTREAM_COUNTERS]; /* what is asked over TLS */
	uint64_t hung; /* among ended: killed, since they got nowhere with questions waiting */
};

/* Whom resolver processes are to become: for who starts them. Logged. */
int rb_resolvers_user(const struct rb_config *config, struct rb_process_user *ret_user);

/* workers: how many will submit. table must outlive the resolvers. */
int rb_resolvers_start(const struct rb_config *config, struct rb_table *table, unsigned int workers,
		       struct rb_resolvers **ret_resolvers);

/* Ends the processes; what is still under way is dropped (the workers have stopped before). */
void rb_resolvers_stop(struct rb_resolvers *resolvers);

/*
 * Main: processes that end are replaced, those that hang are killed, what they say is logged, by
 * rb_resolvers_watch(), which does not wait. To be called when rb_resolvers_watch_fd() is readable.
 */
int rb_resolvers_watch_fd(const struct rb_resolvers *resolvers);
void rb_resolvers_watch(struct rb_resolvers *resolvers);

/*
 * All processes, and with them libunbound's caches, made anew beside those that serve on. When it
 * returns, new questions go to the new processes alone; what was under way is answered by the old
 * ones, and not published any more. num_threads and num_queries_per_thread stay as they were at the
 * start. Thread: main. Takes as long as libunbound takes to read its configuration, twice; flushes
 * wait.
 */
int rb_resolvers_renew(struct rb_resolvers *resolvers, const struct rb_config *config);

/*
 * When it returns, what is flushed and what depends on it is asked of a process that cannot
 * remember it, and what others find of it is not published: the table's own records are the
 * caller's to remove then. The spare becomes that process; a top-level domain or the root, and too
 * many flushes in the time that caches remember, take new ones for all. Thread: any, not one that
 * serves: it may have to wait until main, in rb_resolvers_watch(), has started what it needs.
 */
int rb_resolvers_flush(struct rb_resolvers *resolvers, const struct rb_flush *flush);

/* Have flushes that wait fail. For main, which is about to wait for who flushes. */
void rb_resolvers_cancel_flushes(struct rb_resolvers *resolvers);

/* Main: end processes that have answered their last question. To be called now and then. */
void rb_resolvers_reap(struct rb_resolvers *resolvers);

/* Main: local policy alone is another one. A renewal takes that of its configuration. */
void rb_resolvers_use_policy(struct rb_resolvers *resolvers, const struct rb_policy_images *images);

/* Nothing of what they answer is published from now on: another server does that. */
void rb_resolvers_retire(struct rb_resolvers *resolvers);

/* Main: a line of each process for the operator. */
void rb_resolvers_describe(struct rb_resolvers *resolvers, FILE *out);

/* -EAGAIN: this worker has too many under way. -ENOMEM. The caller answers SERVFAIL. */
int rb_resolvers_submit(struct rb_resolvers *resolvers, struct rb_job *job);

/*
 * Ask for the refresh of a record whose claim is the caller's (RB_MARK_REFRESH is set). Nothing
 * comes back but through the table; the worker must go on collecting. Errors release the claim.
 */
int rb_resolvers_refresh(struct rb_resolvers *resolvers, unsigned int worker,
			 struct rb_table_ref ref);

/* The next finished job of this worker, NULL: none. */
struct rb_job *rb_resolvers_collect(struct rb_resolvers *resolvers, unsigned int worker);

/*
 * Becomes readable when jobs of this worker may have finished, or something is due: then call
 * rb_resolvers_drain(), and collect.
 */
int rb_resolvers_fd(struct rb_resolvers *resolvers, unsigned int worker);
void rb_resolvers_drain(struct rb_resolvers *resolvers, unsigned int worker);

/*
 * Counts go on where resolvers follow others: totals are memory that they share, room for a struct
 * rb_resolver_stats of zeros. rb_resolvers_account() is to be called once a second, and at the end.
 */
int rb_resolvers_go_on(struct rb_resolvers *resolvers, void *totals);
void rb_resolvers_account(struct rb_resolvers *resolvers);

/* A question that is worked on. */
enum rb_work_state {
	RB_WORK_WAITS, /* for its turn, or for a process */
	RB_WORK_ASKED, /* of a process */
	RB_WORK_DONE,  /* its worker is about to collect it */
};

struct rb_work {
	enum rb_work_state state;
	bool has_client; /* who waits for it; else it is for the table alone */
	int process;     /* that is asked */
	uint64_t age_ns;
	uint16_t qtype, qclass;
	uint8_t qname[RB_NAME_MAX];
};

/*
 * Main: what a worker has under way, and have all of it dropped: no client of it is answered. own:
 * the worker that the caller is. What a process works on already goes on there, for the table.
 */
int rb_resolvers_list(struct rb_resolvers *resolvers, unsigned int worker, unsigned int own,
		      struct rb_work **ret_works, size_t *ret_count);
/* How many clients. */
size_t rb_resolvers_drop(struct rb_resolvers *resolvers, unsigned int own);

/* Sum over all workers; approximate while they run. Thread: main. */
void rb_resolvers_stats(struct rb_resolvers *resolvers, struct rb_resolver_stats *ret_stats);

#endif

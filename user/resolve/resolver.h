/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The resolvers: processes in which libunbound runs, each for a range of the table's shards. Their
 * responses are checked here, published into the hot table, and returned to the workers. A process
 * that ends is replaced by a spare; its pending questions are asked once more.
 *
 * Thread:   start, stop and all functions marked so by main. submit and collect by worker number
 *	     `worker` only.
 * Lifetime: a job must stay where it is from submit until collect returns it, or until its worker
 *	     has stopped; only those two touch it. The worker then has to free the answer in it.
 *	     Start and stop may be repeated. A configuration must outlive the resolvers.
 *	     A process executes this program again: its main() begins with rb_resolver_is().
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
#include "resolve/setup.h"
#include "table/table.h"
#include "upstream/counters.h"
#include "upstream/tap.h"
#include "util/histogram.h"

struct rb_resolvers;

/* One question on its way through a resolver. Embedded in the worker's own struct. */
struct rb_job {
	struct rb_table_key key; /* name in lower case; hash chooses the process */
	uint16_t qclass;         /* host order */
	bool publishable;        /* key is valid for the table, and the answer may go there */
	bool dnssec_ok;
	bool checking_disabled;   /* CD=1: bogus data is answered, and is not published */
	bool unsynthesized;       /* ask it without DNS64 */
	unsigned int worker;      /* that submitted it */
	struct rb_answer *answer; /* result; NULL: answer nothing (a local zone of type deny) */
	char *why;                /* why it failed or is bogus, if that is logged; NULL: unknown */
	bool bogus;               /* the resolver has found that */
};

/*
 * Refreshes. A record in the last tenth of its life (prefetch) or past its end (serve-expired) is
 * resolved again. libunbound cannot be told to bypass its cache. So two contexts are used in turn:
 * the one that did not resolve it last time has let its copy expire.
 */

/* answered is submitted, except for jobs still inside; servfail includes rejected and bogus. */
struct rb_resolver_stats {
	uint64_t submitted;
	uint64_t answered;
	uint64_t servfail;
	uint64_t bogus;
	uint64_t published;
	uint64_t unpublished; /* too large, ttl 0, CD, names that no record can hold */
	uint64_t rejected;    /* over num-queries-per-thread for jostle-timeout: SERVFAIL */
	uint64_t refreshed;   /* records resolved again; part of answered, like the next */
	uint64_t unrefreshed; /* failed refreshes: the old record stays, for another try later */
	uint64_t stale;   /* clients that got an expired record, not SERVFAIL or a longer wait */
	uint64_t retried; /* questions whose process ended, asked once more */
	uint64_t lost; /* questions whose second process ended, too, or that had none: SERVFAIL */
	struct rb_histogram_sum took; /* how long a process took for each question */
	/* Processes. */
	uint64_t processes;                       /* ready ones, with the spare */
	uint64_t ended;                           /* those that ended without being told to */
	uint64_t upstreams[RB_UPSTREAM_COUNTERS]; /* of queries over TLS */
	uint64_t hung;   /* part of ended: killed, since they made no progress with questions */
	uint64_t unseen; /* messages for dnstap, between processes and servers, that were lost */
};

/* The user that resolver processes become, for the process that starts them. Logged. */
int rb_resolvers_user(const struct rb_config *config, struct rb_process_user *ret_user);

/* workers: how many will submit. table must outlive the resolvers. */
int rb_resolvers_start(const struct rb_config *config, struct rb_table *table, unsigned int workers,
		       struct rb_resolvers **ret_resolvers);

/* End the processes; pending questions are dropped (the workers have stopped before). */
void rb_resolvers_stop(struct rb_resolvers *resolvers);

/* A message between a resolver process and a server. */
struct rb_shown {
	const struct rb_upstream_seen *seen;
	const uint8_t *message;
	size_t len;
	const uint8_t *zone; /* of the forwarder that was asked; NULL: another server, or unknown */
	size_t zone_len;
};

typedef void rb_shower(void *context, const struct rb_shown *shown);

/*
 * Main: show these messages, of the kinds that the clause dnstap asks for, in rb_resolvers_watch().
 * context must outlive the resolvers.
 */
void rb_resolvers_show(struct rb_resolvers *resolvers, rb_shower *show, void *context);

/*
 * Main: rb_resolvers_watch() replaces processes that have ended, kills those that hang, and logs
 * their output, without waiting. To be called when rb_resolvers_watch_fd() is readable.
 */
int rb_resolvers_watch_fd(const struct rb_resolvers *resolvers);
void rb_resolvers_watch(struct rb_resolvers *resolvers);

/*
 * Replace all processes, and with them libunbound's caches. The old ones serve until the new ones
 * are ready. When it returns, new questions go only to the new processes; pending ones are answered
 * by the old processes, but no longer published. num_threads and num_queries_per_thread stay as at
 * the start. Thread: main. It takes twice the time in which libunbound reads its configuration;
 * flushes wait meanwhile.
 */
int rb_resolvers_renew(struct rb_resolvers *resolvers, const struct rb_config *config);

/*
 * The same for zones whose files have changed, without waiting: rb_resolvers_watch() puts the new
 * processes into force once they are ready. Questions for these zones wait for them, half a second
 * at most. config: says what the files contain now. Thread: main.
 */
int rb_resolvers_renew_zones(struct rb_resolvers *resolvers, const struct rb_config *config,
			     const struct rb_zone_copy *copies, size_t count);

/* -EAGAIN: not yet; 0: they are in force; -ECANCELED: another renewal was made; or why they failed. */
int rb_resolvers_renewed(struct rb_resolvers *resolvers);

/*
 * When it returns, the flushed names and what depends on them are asked of a process that cannot
 * have them cached, and such answers of other processes are not published. The caller then has to
 * remove the table's own records. The spare becomes that process. To flush a top-level domain or
 * the root, or too many names within the time that caches remember, all processes are replaced.
 * Thread: any except one that serves: it may have to wait until main, in rb_resolvers_watch(), has
 * started the processes.
 */
int rb_resolvers_flush(struct rb_resolvers *resolvers, const struct rb_flush *flush);

/* Make waiting flushes fail. For main, before it waits for the thread that flushes. */
void rb_resolvers_cancel_flushes(struct rb_resolvers *resolvers);

/* Main: end processes that have answered their last question. To be called now and then. */
void rb_resolvers_reap(struct rb_resolvers *resolvers);

/* Main: use another local policy. A renewal takes that of its configuration. */
void rb_resolvers_use_policy(struct rb_resolvers *resolvers, const struct rb_policy_images *images);

/* Publish no answers from now on: another server does that. */
void rb_resolvers_retire(struct rb_resolvers *resolvers);

/* Main: write a line about each process, for the operator. */
void rb_resolvers_describe(struct rb_resolvers *resolvers, FILE *out);

/* -EAGAIN: this worker has too many jobs under way. -ENOMEM. The caller answers SERVFAIL. */
int rb_resolvers_submit(struct rb_resolvers *resolvers, struct rb_job *job);

/*
 * Ask for the refresh of a record that the caller has claimed (RB_MARK_REFRESH is set). The result
 * only goes to the table; the worker must go on collecting. Errors release the claim.
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
 * Let counts continue those of earlier resolvers. totals: memory that they share, at first a struct
 * rb_resolver_stats of zeros. rb_resolvers_account() is to be called once a second, and at the end.
 */
int rb_resolvers_go_on(struct rb_resolvers *resolvers, void *totals);
void rb_resolvers_account(struct rb_resolvers *resolvers);

/* The state of a question in the resolvers. */
enum rb_work_state {
	RB_WORK_WAITS, /* for its turn, or for a process */
	RB_WORK_ASKED, /* of a process */
	RB_WORK_DONE,  /* its worker is about to collect it */
};

struct rb_work {
	enum rb_work_state state;
	bool has_client; /* a client waits for it; else it is only for the table */
	int process;     /* the one that is asked */
	uint64_t age_ns;
	uint16_t qtype, qclass;
	uint8_t qname[RB_NAME_MAX];
};

/*
 * Main: list a worker's questions, and drop those of all workers: their clients get no answer. own:
 * the caller's worker number. Questions that a process has go on there, for the table.
 */
int rb_resolvers_list(struct rb_resolvers *resolvers, unsigned int worker, unsigned int own,
		      struct rb_work **ret_works, size_t *ret_count);
/* Returns how many clients get no answer. */
size_t rb_resolvers_drop(struct rb_resolvers *resolvers, unsigned int own);

/* Sum over all workers; approximate while they run. Thread: main. */
void rb_resolvers_stats(struct rb_resolvers *resolvers, struct rb_resolver_stats *ret_stats);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker's side of the resolvers: questions wait here for their turn, go to a resolver process,
 * go to another one if that ends, and come back as answers, which are checked and published here.
 *
 * Thread:   its worker's, except open, close, rb_clients_pass(), rb_client_kick(),
 *	     rb_client_order() and rb_client_stats(), which are main's.
 * Lifetime: pool must outlive it.
 * Errors:   0 or -errno.
 */
#ifndef RB_RESOLVE_CLIENT_H
#define RB_RESOLVE_CLIENT_H

#include <semaphore.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include "dns/answer.h"
#include "resolve/pool.h"
#include "resolve/resolver.h"
#include "resolve/timers.h"
#include "util/histogram.h"

struct rb_client;

enum rb_task_kind {
	RB_TASK_JOB,     /* a worker waits for it */
	RB_TASK_REFRESH, /* of a claimed record */
	RB_TASK_ORPHAN,  /* its client got an expired record, so it is only for the table */
};

struct rb_task {
	enum rb_task_kind kind;
	struct rb_table_key key;
	uint32_t epoch; /* in force when this was given to the resolvers */
	uint16_t qclass;
	bool publishable;
	bool dnssec_ok;
	bool checking_disabled;
	bool unsynthesized; /* ask it without DNS64 */
	bool bogus;         /* by libunbound; with CD=1 it is still answered */
	bool second;        /* ask the second context */
	bool retired;       /* a process of a former configuration answered it */
	bool retried;       /* the first process has ended */
	unsigned int slot;
	struct rb_job *job; /* NULL: none */
	struct rb_client *client;
	TAILQ_ENTRY(rb_task) entry;     /* in the list of those that wait, or are done */
	struct rb_timer client_timeout; /* serve-expired-client-timeout */
	struct rb_answer *answer;
	char *why;         /* as in struct rb_job */
	uint64_t waits_ns; /* since when it waits for a process or its turn; rb_clock_ns() */
	uint64_t asked_ns; /* when the process was asked; rb_clock_ns() */
};
TAILQ_HEAD(rb_tasks, rb_task);

/* The variant of a record that the task is for. */
static inline uint8_t rb_task_serves(const struct rb_task *task)
{
	return task->dnssec_ok ? RB_SERVES_DO1 : RB_SERVES_DO0;
}

/* Only the worker counts, and any thread reads. */
struct rb_client_counters {
	atomic_uint_fast64_t submitted;
	atomic_uint_fast64_t answered;
	atomic_uint_fast64_t servfail;
	atomic_uint_fast64_t bogus;
	atomic_uint_fast64_t published;
	atomic_uint_fast64_t unpublished;
	atomic_uint_fast64_t rejected;
	atomic_uint_fast64_t refreshed;
	atomic_uint_fast64_t unrefreshed;
	atomic_uint_fast64_t stale;
	atomic_uint_fast64_t retried;
	atomic_uint_fast64_t lost;
	struct rb_histogram took; /* how long a process took for a question */
};

struct rb_holdoff;
LIST_HEAD(rb_holdoffs, rb_holdoff);

/* Work that main gives the worker, to do between two events. */
struct rb_order {
	void (*run)(struct rb_client *client, void *context);
	void *context;
	sem_t done;
};

struct rb_client {
	alignas(64) atomic_uint passes; /* odd while the worker is inside, see rb_clients_pass() */
	struct rb_pool *pool;
	unsigned int number;
	int epoll_fd; /* of the links' ends, the timers and kick_fd; edge-triggered, so that nothing
		       * is read */
	int kick_fd;
	_Atomic(struct rb_order *) order; /* NULL: none */
	struct rb_timers timers;
	struct rb_timer pace;       /* when to look again at what waits */
	struct rb_tasks done;       /* for the worker to collect */
	struct rb_tasks *waiting;   /* for each slot: tasks that wait for their turn, or for a
				     * process */
	struct rb_tasks held;       /* tasks that wait for a renewal: see hold.h */
	struct rb_link_ends active; /* ends with pending questions */
	struct rb_holdoffs holdoffs;
	size_t inside, inside_max; /* tasks; those of a job until it is collected */
	struct rb_response_room room;
	struct rb_client_counters counters;
};

int rb_client_open(struct rb_client *client, struct rb_pool *pool, unsigned int number);

/* Free it with all its tasks, before the links. Claims on refreshes are released. */
void rb_client_close(struct rb_client *client);

int rb_client_submit(struct rb_client *client, struct rb_job *job);
int rb_client_refresh(struct rb_client *client, struct rb_table_ref ref);
struct rb_job *rb_client_collect(struct rb_client *client);
void rb_client_drain(struct rb_client *client);

/* Main: the processes have changed, for questions that wait or that an ended process had. */
void rb_client_kick(struct rb_client *client);

/* Main: wait until every worker has left the function that it is inside. */
void rb_clients_pass(struct rb_client *clients, unsigned int count);

/*
 * Main: make the worker do it in its next rb_client_drain(), which then posts order->done. One
 * order at a time.
 */
void rb_client_order(struct rb_client *client, struct rb_order *order);

/* Add this client's counts. */
void rb_client_stats(const struct rb_client *client, struct rb_resolver_stats *sum);

#endif

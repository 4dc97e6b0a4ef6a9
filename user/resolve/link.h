/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A resolver process as the server sees it: the memory that both map, and the pending questions of
 * each worker.
 *
 * Thread:   main opens, watches and frees it; an end belongs to its worker, except for atomic
 *	     members.
 * Lifetime: free it only when no worker has a pending question or can reach it any more.
 * Trust:    an id that was not issued is -EPROTO, like everything that protocol.h refuses.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_RESOLVE_LINK_H
#define RB_RESOLVE_LINK_H

#include <stdalign.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include "keeper/process.h"
#include "resolve/protocol.h"
#include "resolve/setup.h"

struct rb_task;

/*
 * An entry for a pending question; its id consists of the entry's number and of how often it was
 * used.
 */
struct rb_flight {
	struct rb_task *task; /* NULL: free */
	uint32_t times;
	uint32_t next; /* in the free list */
};

struct rb_link_end {
	alignas(64) struct rb_link *link;
	TAILQ_ENTRY(rb_link_end) entry; /* the worker's list of ends with pending questions */
	struct rb_channel_writer requests;
	struct rb_channel_reader responses;
	struct rb_flight *flights;
	uint32_t flight_count, free;
	int wake_fd;        /* the process writes to it */
	bool watched;       /* by the worker's epoll */
	atomic_uint inside; /* pending questions, counted by the worker; main reads it */
};
TAILQ_HEAD(rb_link_ends, rb_link_end);

enum rb_link_role {
	RB_LINK_PREPARED, /* with a configuration that is not in force yet */
	RB_LINK_SPARE,    /* ready to take over */
	RB_LINK_IN_FORCE,
	RB_LINK_RETIRED, /* its pending questions are answered, but not published */
};

enum rb_link_state {
	RB_LINK_STARTING,
	RB_LINK_READY,
	RB_LINK_ENDED,
};

/* Why it is killed. */
enum rb_link_fault {
	RB_LINK_SOUND,
	RB_LINK_HANGS,
	RB_LINK_LIES,
};

struct rb_link {
	struct rb_exchange *exchange;
	size_t exchange_bytes;
	struct rb_link_end *ends;
	unsigned int end_count;
	int questions_fd;
	struct rb_channel_reader seen; /* what the process has seen for dnstap */
	/* Read by workers. */
	atomic_uint outstanding; /* pending questions of all workers */
	atomic_bool asked;       /* its caches may have something */
	atomic_bool retired;
	atomic_bool broken; /* it sent something invalid: main must kill it */
	atomic_bool ended;  /* no responses will come except those in the channels */
	/* Main's. */
	struct rb_setup *setup;
	struct rb_process *child;
	LIST_ENTRY(rb_link) entry;
	enum rb_link_role role;
	enum rb_link_state state;
	enum rb_link_fault fault;
	uint64_t started_ns;
	uint32_t beat_seen;
	unsigned int stalls; /* consecutive checks without progress */
};
LIST_HEAD(rb_links, rb_link);

struct rb_link_opts {
	struct rb_setup *setup;
	unsigned int workers;
	const struct rb_process_user *user;
	int seen_fd; /* the process writes to it when it has seen something for dnstap */
};

/* Start the process. It reports by its control socket when it is ready. */
int rb_link_open(const struct rb_link_opts *opts, struct rb_link **ret_link);

/* Kill the process if it runs. The workers free the tasks. */
void rb_link_free(struct rb_link *link);

/* Main: whether any worker has a pending question. */
bool rb_link_is_used(const struct rb_link *link);

/* Main: tell it the current verbosity. */
void rb_link_set_verbosity(struct rb_link *link);

/* Main: messages for dnstap that the process had no room for. */
static inline uint64_t rb_link_unseen(const struct rb_link *link)
{
	return atomic_load_explicit(&link->exchange->unseen, memory_order_relaxed);
}

/* --- worker ---------------------------------------------------------------------------------- */

/* request: everything except the id. -EAGAIN: no room now. -ENOMEM, -EPROTO. */
int rb_link_ask(struct rb_link_end *end, struct rb_task *task, struct rb_request *request);

/* The next response and the task that it is for. -EAGAIN: none. -EPROTO. */
int rb_link_take(struct rb_link_end *end, struct rb_response_room *room,
		 struct rb_response *ret_response, struct rb_task **ret_task);

/* Any task that an ended process still had; NULL: none. */
struct rb_task *rb_link_take_lost(struct rb_link_end *end);

#endif

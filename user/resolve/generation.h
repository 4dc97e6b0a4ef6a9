/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One generation of a resolver thread's libunbound contexts: the configuration that they were made
 * for, and an event base of their own, so that the next generation can be made beside a running
 * one, and the last one be freed, without either disturbing the thread.
 *
 * Thread:   made and freed by others, one at a time, while no thread runs it; run by one thread in
 * between. Lifetime: config, table and log must outlive it. Errors:   0 or -errno, those of
 * libunbound logged; ret_ arguments untouched on failure.
 */
#ifndef RB_RESOLVE_GENERATION_H
#define RB_RESOLVE_GENERATION_H

#include <event2/event.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/queue.h>
#include <unbound.h>

#include "config/config.h"
#include "resolve/holdoff.h"

enum rb_context {
	RB_CONTEXT_FIRST,
	RB_CONTEXT_SECOND, /* refreshes alone; NULL without prefetch and serve-expired */
	RB_CONTEXT_CD,     /* without DNS64; NULL where no context has it */
	RB_CONTEXTS,
};

struct rb_generation {
	const struct rb_config *config;
	struct event_base *base;
	struct event *bell; /* wakes the base's loop for new tasks */
	struct event *pace; /* wakes it while older generations have tasks */
	struct ub_ctx *contexts[RB_CONTEXTS];
	struct rb_holdoffs holdoffs;
	unsigned int outstanding;        /* tasks inside libunbound */
	atomic_bool asked;               /* by the thread: its contexts may remember something */
	bool closing;                    /* libunbound calls back for what it drops */
	LIST_ENTRY(rb_generation) known; /* the makers': of all that are not freed */
	LIST_ENTRY(rb_generation) entry; /* the thread's: of those that are retired */
	struct rb_generation *drained;   /* the next one that may be freed */
};
LIST_HEAD(rb_generations, rb_generation);

/* on_bell(bell_fd, ..., arg): called in the loop when bell_fd is readable. */
int rb_generation_new(const struct rb_config *config, FILE *log, int bell_fd,
		      event_callback_fn on_bell, void *arg, struct rb_generation **ret_generation);

/* With what is inside: callbacks see closing. */
void rb_generation_free(struct rb_generation *generation);
void rb_generation_freep(struct rb_generation **generation);

/* Thread: no new questions come, but those that are inside go on. */
void rb_generation_retire(struct rb_generation *generation);

/* Thread: run its events, without waiting for any. */
void rb_generation_poll(struct rb_generation *generation);

/* Thread: see that its loop does not wait for long. */
void rb_generation_hurry(struct rb_generation *generation);

#endif

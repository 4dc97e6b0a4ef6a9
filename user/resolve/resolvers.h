/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all resolver threads together keep, for resolver.c (questions in, answers out) and
 * exchange.c (new contexts while they run).
 */
#ifndef RB_RESOLVE_RESOLVERS_H
#define RB_RESOLVE_RESOLVERS_H

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdio.h>

#include "resolve/bell.h"
#include "resolve/flushed.h"
#include "resolve/resolver.h"
#include "resolve/thread.h"

/* Of one worker, and only its. */
struct rb_resolver_client {
	alignas(64) unsigned int next; /* thread whose lane is looked into first */
};

struct rb_resolvers {
	struct rb_table *table;
	FILE *log;
	/*
	 * The first thread_count threads share the questions. The one after them is opened by the
	 * first flush, and gets what asks for what was flushed: its contexts are as new as that.
	 */
	struct rb_thread **threads;
	unsigned int thread_count;
	atomic_uint open_count;
	struct rb_flushed *flushed;
	struct rb_bell *bells; /* of the workers */
	struct rb_resolver_client *clients;
	unsigned int client_count;
	/* Held by whoever makes or frees contexts; guards the next two. */
	pthread_mutex_t contexts;
	const struct rb_config *config;   /* of the contexts in use */
	const struct rb_config *prepared; /* of those that rb_resolvers_switch() will take */
};

/* Opened, not started; number: of the thread. */
int rb_resolvers_thread_open(const struct rb_resolvers *resolvers, const struct rb_config *config,
			     unsigned int number, struct rb_thread **ret_thread);

static inline unsigned int rb_resolvers_opened(const struct rb_resolvers *resolvers)
{
	return atomic_load_explicit(&resolvers->open_count, memory_order_acquire);
}

/* The thread after those that share the questions; NULL: nothing was flushed yet. */
static inline struct rb_thread *rb_resolvers_fresh(const struct rb_resolvers *resolvers)
{
	return rb_resolvers_opened(resolvers) > resolvers->thread_count
		       ? resolvers->threads[resolvers->thread_count]
		       : NULL;
}

#endif

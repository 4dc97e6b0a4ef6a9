/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The resolvers' side of a worker, played by the test in place of user/resolve: it keeps jobs in
 * the order in which they come, and hands them back when the test says so. To be included by one
 * file of a program.
 */
#ifndef RB_TESTS_PLAYED_RESOLVER_H
#define RB_TESTS_PLAYED_RESOLVER_H

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "resolve/resolver.h"

#define PLAYED_JOBS    400 /* more than a worker collects in one go */
#define PLAYED_AT_ONCE SIZE_MAX

struct rb_resolvers {
	struct rb_job *jobs[PLAYED_JOBS];
	atomic_size_t submitted;
	atomic_size_t finished; /* so many of the jobs go back, with what the test put into them */
	size_t collected;
	unsigned int worker; /* whose jobs they are: nobody else gets any */
};

int rb_resolvers_submit(struct rb_resolvers *resolvers, struct rb_job *job)
{
	size_t count = atomic_load(&resolvers->submitted);

	if (count == PLAYED_JOBS)
		return -EAGAIN;
	resolvers->jobs[count] = job;
	atomic_store(&resolvers->submitted, count + 1);
	return 0;
}

/* Nothing in these tests grows old. */
int rb_resolvers_refresh(struct rb_resolvers *resolvers, unsigned int worker,
			 struct rb_table_place place)
{
	(void)resolvers;
	(void)worker;
	(void)place;
	return -EAGAIN;
}

struct rb_job *rb_resolvers_collect(struct rb_resolvers *resolvers, unsigned int worker)
{
	if (worker != resolvers->worker ||
	    resolvers->collected == atomic_load(&resolvers->submitted) ||
	    resolvers->collected == atomic_load(&resolvers->finished))
		return NULL;
	return resolvers->jobs[resolvers->collected++];
}

#endif

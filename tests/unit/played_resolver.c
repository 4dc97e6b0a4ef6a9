/* SPDX-License-Identifier: BSD-2-Clause */
/* The resolvers' side of a worker, played. */
#include "played_resolver.h"

#include <errno.h>

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
			 struct rb_table_ref ref)
{
	(void)resolvers;
	(void)worker;
	(void)ref;
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

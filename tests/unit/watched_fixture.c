/* SPDX-License-Identifier: BSD-2-Clause */
/* A worker and main in one. */
#include "watched_fixture.h"

struct rb_job *collect_watched(struct world *world, int wait_ms)
{
	uint64_t end_ns = rb_clock_ns() + (uint64_t)wait_ms * RB_NS_PER_MS;
	struct pollfd fds[] = {
		{.fd = rb_resolvers_fd(world->resolvers, 0), .events = POLLIN},
		{.fd = rb_resolvers_watch_fd(world->resolvers), .events = POLLIN},
	};
	struct rb_job *job;

	while (!(job = rb_resolvers_collect(world->resolvers, 0))) {
		if (rb_clock_ns() > end_ns)
			return NULL;
		poll(fds, 2, 10);
		rb_resolvers_drain(world->resolvers, 0);
		rb_resolvers_watch(world->resolvers);
	}
	return job;
}

/* The first process whose line says so; 0: there is none. */
static pid_t process_that_is(struct world *world, const char *what)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	char *rest, *line;

	rb_resolvers_describe(world->resolvers, out);
	fclose(out);
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (strstr(line, what))
			return (pid_t)strtol(strstr(line, "pid ") + 4, NULL, 10);
	return 0;
}

pid_t wait_for_process(struct world *world, const char *what)
{
	uint64_t end_ns = rb_clock_ns() + WAIT_MS * RB_NS_PER_MS;
	pid_t pid;

	while (!(pid = process_that_is(world, what))) {
		assert_true(rb_clock_ns() < end_ns);
		assert_null(collect_watched(world, 5));
	}
	return pid;
}

struct rb_answer *ask_watched(struct world *world, const char *name)
{
	struct rb_job job = job_make(world, name, RB_TYPE_A, 0);

	assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
	assert_ptr_equal(collect_watched(world, WAIT_MS), &job);
	return job.answer;
}

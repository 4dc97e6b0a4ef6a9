/* SPDX-License-Identifier: BSD-2-Clause */
/* Resolver threads with many questions at once: limits, wake-ups, rates. */
#include "resolve_fixture.h"

#include <errno.h>
#include <pthread.h>

/* Wait for the next query at the silent server; whether it begins with this label. */
static bool silent_got(const struct world *world, const char *label)
{
	struct pollfd poll_fd = {.fd = world->silent_fd, .events = POLLIN};
	uint8_t query[512];

	assert_int_equal(poll(&poll_fd, 1, WAIT_MS), 1);
	assert_true(recv(world->silent_fd, query, sizeof(query), 0) > 12);
	return !memcmp(query + 12, label, strlen(label));
}

/* Otherwise: a cold name that many ask for would be asked upstream as often. */
static void equal_questions_in_flight_are_asked_once(void **state)
{
	struct world *world = *state;
	struct rb_job jobs[100], last;
	int queries = 0;

	start(world, 1, 1);
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		jobs[i] = job_make(world, "same.silent.example", RB_TYPE_A, 0);
		assert_int_equal(rb_resolvers_submit(world->resolvers, &jobs[i]), 0);
	}
	/* One thread takes them in turn: what it asks for last comes last. */
	last = job_make(world, "last.silent.example", RB_TYPE_A, 0);
	assert_int_equal(rb_resolvers_submit(world->resolvers, &last), 0);
	while (!silent_got(world, "\4last"))
		queries++;
	assert_int_equal(queries, 1);
	/* And a stop with all of them in flight loses no memory (AddressSanitizer looks). */
}

/* Otherwise: an upstream that is silent would let an attacker fill our memory. */
static void over_the_limit_without_jostle_timeout_is_servfail_at_once(void **state)
{
	struct world *world = *state;
	struct rb_job jobs[10];
	char name[64];

	world->config.num_queries_per_thread = 4;
	start(world, 1, 1);
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		snprintf(name, sizeof(name), "n%zu.silent.example", i);
		jobs[i] = job_make(world, name, RB_TYPE_A, 0);
		assert_int_equal(rb_resolvers_submit(world->resolvers, &jobs[i]), 0);
	}
	for (size_t i = 4; i < ARRAY_SIZE(jobs); i++) {
		struct rb_job *job = collect(world->resolvers, 0);

		assert_ptr_equal(job, &jobs[i]);
		assert_int_equal(rcode(job->answer), RB_RCODE_SERVFAIL);
		rb_answer_free(job->answer);
	}
	assert_int_equal(stats(world).rejected, 6);
	assert_false(is_published(world, "n9.silent.example", RB_TYPE_A, RB_SERVES_DO0));
}

/* Otherwise: a burst that is over in a moment would cost its clients a SERVFAIL each. */
static void over_the_limit_a_question_waits_for_its_turn(void **state)
{
	enum { LIMIT = 4, BURST = 200 };
	struct world *world = *state;
	struct rb_job jobs[BURST];
	char name[64];

	world->config.num_queries_per_thread = LIMIT;
	world->config.jostle_timeout_ms = WAIT_MS;
	start(world, 1, 1);
	for (size_t i = 0; i < BURST; i++) {
		snprintf(name, sizeof(name), "b%zu.w.plain.example", i);
		jobs[i] = job_make(world, name, RB_TYPE_A, 0);
		assert_int_equal(rb_resolvers_submit(world->resolvers, &jobs[i]), 0);
	}
	for (size_t i = 0; i < BURST; i++) {
		struct rb_job *job = collect(world->resolvers, 0);

		assert_non_null(job);
		assert_int_equal(rcode(job->answer), 0);
		rb_answer_free(job->answer);
	}
	assert_int_equal(stats(world).rejected, 0);
}

/* Otherwise: with upstreams that are silent, everybody would wait as long as those do. */
static void over_the_limit_nobody_waits_longer_than_jostle_timeout(void **state)
{
	struct world *world = *state;
	struct rb_job jobs[6];
	uint64_t begin_ns = rb_clock_ns();
	char name[64];

	world->config.num_queries_per_thread = 4;
	world->config.jostle_timeout_ms = 100;
	start(world, 1, 1);
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		snprintf(name, sizeof(name), "w%zu.silent.example", i);
		jobs[i] = job_make(world, name, RB_TYPE_A, 0);
		assert_int_equal(rb_resolvers_submit(world->resolvers, &jobs[i]), 0);
	}
	for (size_t i = 4; i < ARRAY_SIZE(jobs); i++) {
		struct rb_job *job = collect(world->resolvers, 0);

		assert_ptr_equal(job, &jobs[i]);
		assert_int_equal(rcode(job->answer), RB_RCODE_SERVFAIL);
		rb_answer_free(job->answer);
	}
	assert_true(rb_clock_ns() - begin_ns >= 90 * RB_NS_PER_MS);
	assert_int_equal(stats(world).rejected, 2);
}

/* Otherwise: a worker that no longer collects would stop the resolver for all others. */
static void a_full_lane_says_so(void **state)
{
	struct world *world = *state;
	_cleanup_free_ struct rb_job *jobs = calloc(20000, sizeof(*jobs));
	size_t taken = 0;
	int err = 0;

	start(world, 1, 2);
	while (taken < 20000 && !err) {
		jobs[taken] = job_make(world, "x.static.lz", RB_TYPE_A, 0);
		err = rb_resolvers_submit(world->resolvers, &jobs[taken]);
		taken += !err;
	}
	assert_int_equal(err, -EAGAIN);
	jobs[taken] = job_make(world, "x.static.lz", RB_TYPE_A, 0);
	jobs[taken].worker = 1;
	assert_int_equal(rb_resolvers_submit(world->resolvers, &jobs[taken]), 0);
	assert_ptr_equal(collect(world->resolvers, 1), &jobs[taken]);
	rb_answer_free(jobs[taken].answer);
	for (size_t i = 0; i < taken; i++) {
		struct rb_job *job = collect(world->resolvers, 0);

		assert_non_null(job);
		rb_answer_free(job->answer);
	}
}

enum load {
	LOAD_NAMES = 100,
	LOAD_WORKERS = 2,
	LOAD_JOBS = 100000, /* of each worker */
	LOAD_WINDOW = 200,
	PING_JOBS = 20000, /* one at a time, so that both sides sleep in between */
};

struct load_worker {
	const struct world *world;
	unsigned int number;
	unsigned int wrong;
	unsigned int lost;
};

/* Keep window jobs going until all came back. */
static void load(struct load_worker *load, const struct rb_job *kinds, unsigned int all,
		 unsigned int window)
{
	struct rb_resolvers *resolvers = load->world->resolvers;
	struct rb_job jobs[LOAD_WINDOW];
	unsigned int sent = 0, returned = 0;

	while (returned < all) {
		struct rb_job *job;

		if (sent < all && sent < window) {
			job = &jobs[sent];
		} else {
			job = collect(resolvers, load->number);
			if (!job) {
				load->lost += sent - returned;
				return;
			}
			returned++;
			load->wrong += !job->answer || job->answer->ancount != 1;
			rb_answer_free(job->answer);
			if (sent == all)
				continue;
		}
		*job = kinds[(sent++ * 7 + load->number) % LOAD_NAMES];
		job->worker = load->number;
		if (rb_resolvers_submit(resolvers, job)) {
			load->lost++;
			return;
		}
	}
}

static void *load_run(void *arg)
{
	struct load_worker *worker = arg;
	_cleanup_free_ struct rb_job *kinds = calloc(LOAD_NAMES, sizeof(*kinds));
	char name[32];

	for (int i = 0; i < LOAD_NAMES; i++) {
		snprintf(name, sizeof(name), "h%d.redirect.lz", i);
		kinds[i] = job_make(worker->world, name, RB_TYPE_A, 0);
	}
	load(worker, kinds, LOAD_JOBS, LOAD_WINDOW);
	load(worker, kinds, PING_JOBS, 1);
	return NULL;
}

/* Otherwise: now and then a client would wait for ever, with the answer lying in a ring. */
static void every_job_comes_back_under_load(void **state)
{
	struct world *world = *state;
	struct load_worker workers[LOAD_WORKERS];
	pthread_t threads[LOAD_WORKERS];
	uint64_t begin_ns = rb_clock_ns();

	start(world, 2, LOAD_WORKERS);
	for (unsigned int i = 0; i < LOAD_WORKERS; i++) {
		workers[i] = (struct load_worker){.world = world, .number = i};
		assert_int_equal(pthread_create(&threads[i], NULL, load_run, &workers[i]), 0);
	}
	for (unsigned int i = 0; i < LOAD_WORKERS; i++)
		pthread_join(threads[i], NULL);
	print_message("           %d jobs and %d one by one in %u ms\n", LOAD_WORKERS * LOAD_JOBS,
		      LOAD_WORKERS * PING_JOBS,
		      (unsigned int)((rb_clock_ns() - begin_ns) / 1000000));
	for (unsigned int i = 0; i < LOAD_WORKERS; i++) {
		assert_int_equal(workers[i].lost, 0);
		assert_int_equal(workers[i].wrong, 0);
	}
	assert_int_equal(stats(world).answered, LOAD_WORKERS * (LOAD_JOBS + PING_JOBS));
}

/*
 * Otherwise: the resolver would fall asleep over a question, until another wakes it.
 * The worker spins, and submits a little later each time, so that every moment between the
 * resolver's last look and its sleep gets its submission.
 */
static void a_submission_at_any_moment_is_seen(void **state)
{
	enum { JOBS = 100000, DELAYS = 2048, SPIN_S = 5 };
	struct world *world = *state;
	struct rb_job kind, job;

	start(world, 1, 1);
	kind = job_make(world, "x.redirect.lz", RB_TYPE_A, 0);
	for (unsigned int i = 0; i < JOBS; i++) {
		uint64_t end_ns = rb_clock_ns() + SPIN_S * RB_NS_PER_S;

		for (volatile unsigned int delay = i % DELAYS; delay; delay--)
			;
		job = kind;
		assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
		while (!rb_resolvers_collect(world->resolvers, 0))
			assert_true(rb_clock_ns() < end_ns);
		rb_answer_free(job.answer);
	}
}

/* Otherwise: names that nobody asked for yet would be slower than the upstream is. */
static void cold_names_are_resolved_in_parallel(void **state)
{
	enum { COLD_JOBS = 4000, COLD_WINDOW = 100 };
	struct world *world = *state;
	_cleanup_free_ struct rb_job *jobs = calloc(COLD_JOBS, sizeof(*jobs));
	unsigned int sent = 0;
	uint64_t begin_ns = rb_clock_ns();
	char name[64];

	start(world, 1, 1);
	for (unsigned int returned = 0; returned < COLD_JOBS;) {
		struct rb_job *job;

		if (sent < COLD_JOBS && sent < returned + COLD_WINDOW) {
			snprintf(name, sizeof(name), "c%u.w.plain.example", sent);
			jobs[sent] = job_make(world, name, RB_TYPE_A, 0);
			assert_int_equal(rb_resolvers_submit(world->resolvers, &jobs[sent++]), 0);
			continue;
		}
		job = collect(world->resolvers, 0);
		assert_non_null(job);
		assert_int_equal(job->answer->ancount, 1);
		rb_answer_free(job->answer);
		returned++;
	}
	print_message("           %u cold names/s, one thread\n",
		      (unsigned int)(COLD_JOBS * RB_NS_PER_S / (rb_clock_ns() - begin_ns)));
	assert_int_equal(stats(world).servfail, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		CASE(equal_questions_in_flight_are_asked_once),
		CASE(over_the_limit_without_jostle_timeout_is_servfail_at_once),
		CASE(over_the_limit_a_question_waits_for_its_turn),
		CASE(over_the_limit_nobody_waits_longer_than_jostle_timeout),
		CASE(a_full_lane_says_so),
		CASE(every_job_comes_back_under_load),
		CASE(a_submission_at_any_moment_is_seen),
		CASE(cold_names_are_resolved_in_parallel),
	};

	if (rb_resolver_is(argc, argv))
		return rb_resolver_main(argv);
	return cmocka_run_group_tests(tests, world_new, world_free);
}

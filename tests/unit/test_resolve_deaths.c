/* SPDX-License-Identifier: BSD-2-Clause */
/* Resolver processes that end, hang, or run out of memory. */
#include "resolve_fixture.h"
#include "watched_fixture.h"

#include <signal.h>

#include "keeper/sandbox.h"

/* Otherwise: a zone's owner who knows of a fault in libunbound would end the service. */
static void the_spare_takes_over(void **state)
{
	static const int signals[] = {SIGSEGV, SIGABRT, SIGKILL, SIGBUS};
	struct world *world = *state;

	start(world, 1, 1);
	rb_answer_free(ask_watched(world, "a.plain.example"));
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		pid_t spare = wait_for_process(world, SPARE);
		uint64_t begin_ns = rb_clock_ns();
		struct rb_answer *answer;

		kill(wait_for_process(world, IN_FORCE), signals[i]);
		while (stats(world).ended <= i)
			assert_null(collect_watched(world, 1));
		answer = ask_watched(world, "a.plain.example");
		print_message("           %s: answered after %u ms\n", sigabbrev_np(signals[i]),
			      (unsigned int)((rb_clock_ns() - begin_ns) / RB_NS_PER_MS));
		assert_int_equal(rcode(answer), 0);
		rb_answer_free(answer);
		assert_int_equal(wait_for_process(world, IN_FORCE), spare);
	}
	assert_int_equal(stats(world).servfail, 0);
}

/* Otherwise: who waits when it happens would get no answer, or SERVFAIL for a good name. */
static void questions_under_way_are_asked_once_more(void **state)
{
	struct world *world = *state;
	struct rb_job job = job_make(world, "a.silent.example", RB_TYPE_A, 0);
	uint8_t question[QUESTION_MAX];
	struct sockaddr_storage from;
	socklen_t from_len;

	start(world, 1, 1);
	wait_for_process(world, SPARE);
	assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
	wait_for_question(world, question, &from, &from_len);
	kill(wait_for_process(world, IN_FORCE), SIGSEGV);
	while (!stats(world).retried)
		assert_null(collect_watched(world, 1));
	wait_for_question(world, question, &from, &from_len);
	answer_question(world, question, &from, from_len);
	assert_ptr_equal(collect_watched(world, WAIT_MS), &job);
	assert_int_equal(rcode(job.answer), 0);
	assert_int_equal(job.answer->body[job.answer->body_len - 1], 77);
	rb_answer_free(job.answer);
	assert_true(is_published(world, "a.silent.example", RB_TYPE_A, RB_SERVES_DO0));
	assert_int_equal(stats(world).lost, 0);
}

/* Otherwise: one question that ends libunbound would end it again and again. */
static void a_question_that_ends_two_is_given_up(void **state)
{
	struct world *world = *state;
	struct rb_job job = job_make(world, "a.silent.example", RB_TYPE_A, 0);
	uint8_t question[QUESTION_MAX];
	struct sockaddr_storage from;
	socklen_t from_len;

	start(world, 1, 1);
	wait_for_process(world, SPARE);
	assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
	for (int i = 0; i < 2; i++) {
		while (stats(world).retried < (uint64_t)i)
			assert_null(collect_watched(world, 1));
		wait_for_question(world, question, &from, &from_len);
		kill(wait_for_process(world, IN_FORCE), SIGSEGV);
		while (stats(world).ended <= (uint64_t)i)
			if (collect_watched(world, 1))
				break;
	}
	if (!job.answer)
		assert_ptr_equal(collect_watched(world, WAIT_MS), &job);
	assert_int_equal(rcode(job.answer), RB_RCODE_SERVFAIL);
	assert_int_equal(job.answer->ede, EDE_OTHER);
	rb_answer_free(job.answer);
	assert_false(is_published(world, "a.silent.example", RB_TYPE_A, RB_SERVES_DO0));
	assert_int_equal(stats(world).lost, 1);
	rb_answer_free(ask_watched(world, "a.plain.example"));
}

/* Otherwise: all names would wait for one process's questions to be asked again. */
static void the_other_processes_go_on(void **state)
{
	struct world *world = *state;
	char name[64];

	start(world, 2, 1);
	for (int killed = 0; killed <= 1; killed++) {
		struct rb_resolver_stats before = stats(world);

		for (int i = 0; i < 64; i++) {
			snprintf(name, sizeof(name), "n%d.w.plain.example", i);
			rb_answer_free(ask_watched(world, name));
		}
		assert_int_equal(stats(world).servfail, before.servfail);
		if (!killed)
			kill(wait_for_process(world, IN_FORCE), SIGKILL);
	}
	assert_int_equal(stats(world).ended, 1);
}

/* Otherwise: a loop in libunbound would leave a part of all names without answers for ever. */
static void one_that_hangs_is_killed(void **state)
{
	struct world *world = *state;
	uint64_t begin_ns;

	start(world, 1, 1);
	wait_for_process(world, SPARE);
	kill(wait_for_process(world, IN_FORCE), SIGSTOP);
	begin_ns = rb_clock_ns();
	rb_answer_free(ask_watched(world, "a.plain.example"));
	print_message("           answered after %u ms\n",
		      (unsigned int)((rb_clock_ns() - begin_ns) / RB_NS_PER_MS));
	assert_int_equal(stats(world).hung, 1);
	assert_int_equal(stats(world).ended, 1);
	assert_int_equal(stats(world).retried, 1);
	assert_int_equal(stats(world).servfail, 0);
}

/* Otherwise: a machine that was suspended would find its caches gone, or a slow upstream would
 * cost them. */
static void one_that_waits_is_left_alone(void **state)
{
	struct world *world = *state;
	struct rb_job job = job_make(world, "a.silent.example", RB_TYPE_A, 0);
	pid_t idle;

	start(world, 1, 1);
	idle = wait_for_process(world, IN_FORCE);
	assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
	kill(wait_for_process(world, SPARE), SIGSTOP);
	assert_null(collect_watched(world, 4500));
	assert_int_equal(wait_for_process(world, IN_FORCE), idle);
	assert_int_equal(stats(world).ended, 0);
	kill(wait_for_process(world, SPARE), SIGCONT);
}

static uint64_t memory_of(pid_t pid)
{
	unsigned long pages = 0;
	char path[32];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	file = fopen(path, "r");
	assert_int_equal(fscanf(file, "%lu", &pages), 1);
	fclose(file);
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Otherwise: a zone that takes all memory would take down the machine, and everybody on it; or
 * leave behind a process that answers SERVFAIL for ever. */
static void one_that_reaches_its_limit_of_memory_is_replaced(void **state)
{
	enum { NAMES = 30000 };
	struct world *world = *state;
	char name[64];

	if (RB_SANDBOX_IS_OFF)
		skip();
	start(world, 1, 1);
	world->config.resolver_memory_bytes =
		memory_of(wait_for_process(world, IN_FORCE)) + (9 << 20);
	assert_int_equal(rb_resolvers_renew(world->resolvers, &world->config), 0);
	for (int i = 0; i < NAMES && !stats(world).ended; i++) {
		snprintf(name, sizeof(name), "m%d.w.plain.example", i);
		rb_answer_free(ask_watched(world, name));
	}
	assert_int_equal(stats(world).ended, 1);
	assert_int_equal(stats(world).servfail, 0);
	rb_answer_free(ask_watched(world, "a.plain.example"));
	assert_int_equal(stats(world).servfail, 0);
}

/* Otherwise: the service would start, and answer nothing. */
static void a_limit_that_is_too_low_fails_the_start(void **state)
{
	struct world *world = *state;

	if (RB_SANDBOX_IS_OFF)
		skip();
	world->config.resolver_memory_bytes = 1 << 20;
	world->config.num_threads = 1;
	assert_int_not_equal(rb_resolvers_start(&world->config, world->table, 1, &world->resolvers),
			     0);
}

/* Otherwise: a fault that comes at once would have the machine start processes all day. */
static void those_that_keep_ending_are_given_time(void **state)
{
	struct world *world = *state;
	uint64_t begin_ns = rb_clock_ns();

	start(world, 1, 1);
	for (int i = 0; i < 5; i++) {
		kill(wait_for_process(world, IN_FORCE), SIGKILL);
		while (stats(world).ended <= (uint64_t)i)
			assert_null(collect_watched(world, 1));
	}
	wait_for_process(world, IN_FORCE);
	/* At once, 0.5 s, 1 s, 2 s, though the first two had a spare. */
	assert_true(rb_clock_ns() - begin_ns > 1200 * RB_NS_PER_MS);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CASE(the_spare_takes_over),
		CASE(questions_under_way_are_asked_once_more),
		CASE(a_question_that_ends_two_is_given_up),
		CASE(the_other_processes_go_on),
		CASE(one_that_hangs_is_killed),
		CASE(one_that_waits_is_left_alone),
		CASE(one_that_reaches_its_limit_of_memory_is_replaced),
		CASE(a_limit_that_is_too_low_fails_the_start),
		CASE(those_that_keep_ending_are_given_time),
	};

	if (rb_resolver_is(argc, argv))
		return rb_resolver_main(argv);
	return cmocka_run_group_tests(tests, world_new, world_free);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Resolver processes that end, hang, run out of memory, or have been taken over. */
#include "resolve_fixture.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "keeper/process.h"
#include "keeper/sandbox.h"
#include "resolve/protocol.h"

#define HOSTILE   "RB_TEST_HOSTILE" /* in the environment: how a process is to behave */
#define EDE_OTHER 1

enum hostility {
	UNKNOWN_ID = 1,
	INDEX_BEYOND,
	LENGTH_BEYOND,
	NO_SUCH_RCODE,
	GARBAGE,
	JUNK_IN_THE_LOG,
	ENDS_AT_ONCE,
};

/* --- a process that was taken over ---------------------------------------------------------- */

static struct rb_exchange *exchange_map(void)
{
	int fd = RB_PROCESS_FD(RB_FD_MEMORY);
	struct stat stat;

	fstat(fd, &stat);
	return mmap(NULL, (size_t)stat.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static void misbehave(enum hostility how, struct rb_channel *channel, uint64_t id)
{
	static const char junk[] = "<3>\x1b[31m\0junk \xff%s%n\n<9>\n\n";
	static const uint8_t garbage[] = {1, 2, 3, 0xc0, 0xc0, 5};
	struct rb_response response = {.id = id, .packet = garbage, .packet_len = sizeof(garbage)};
	struct rb_channel_writer writer;

	rb_channel_writer_init(channel, RB_RESPONSES_BYTES, &writer);
	if (how == UNKNOWN_ID)
		response.id += 7;
	if (how == NO_SUCH_RCODE)
		response.rcode = 4000;
	rb_response_put(&writer, &response);
	if (how == LENGTH_BEYOND)
		memset(channel->bytes, 0xff, 4);
	if (how == INDEX_BEYOND)
		atomic_store(&channel->written, RB_RESPONSES_BYTES + 8);
	for (int i = 0; how == JUNK_IN_THE_LOG && i < 100000; i++)
		if (write(STDERR_FILENO, junk, sizeof(junk) - 1) < 0)
			break;
}

static int hostile_main(enum hostility how, char *const *argv)
{
	struct rb_exchange *exchange = exchange_map();
	struct rb_channel_reader reader;
	struct rb_request request;
	char ready = 1;

	if (rb_process_enter(argv) || send(RB_PROCESS_CONTROL_FD, &ready, 1, MSG_NOSIGNAL) != 1 ||
	    how == ENDS_AT_ONCE)
		return 1;
	rb_channel_reader_init(rb_exchange_questions(exchange, 0), RB_QUESTIONS_BYTES, &reader);
	for (;;) {
		rb_channel_arm(&reader);
		if (rb_request_get(&reader, &request)) {
			usleep(1000);
			continue;
		}
		misbehave(how, rb_exchange_responses(exchange, 0), request.id);
		eventfd_write(RB_PROCESS_FD(RB_FD_RESPONSES), 1);
		pause();
	}
}

/* --- a worker and main in one ---------------------------------------------------------------- */

/* Wait for a job, and look after the processes meanwhile. NULL: none came in that time. */
static struct rb_job *collect_watched(struct world *world, int wait_ms)
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

static pid_t wait_for_process(struct world *world, const char *what)
{
	uint64_t end_ns = rb_clock_ns() + WAIT_MS * RB_NS_PER_MS;
	pid_t pid;

	while (!(pid = process_that_is(world, what))) {
		assert_true(rb_clock_ns() < end_ns);
		assert_null(collect_watched(world, 5));
	}
	return pid;
}

static struct rb_answer *ask_watched(struct world *world, const char *name)
{
	struct rb_job job = job_make(world, name, RB_TYPE_A, 0);

	assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
	assert_ptr_equal(collect_watched(world, WAIT_MS), &job);
	return job.answer;
}

#define IN_FORCE "in force, ready"
#define SPARE    "spare, ready"

/* --- what is to hold -------------------------------------------------------------------------- */

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

static void start_hostile(struct world *world, enum hostility how)
{
	char text[8];

	snprintf(text, sizeof(text), "%d", how);
	setenv(HOSTILE, text, 1);
	start(world, 1, 1);
}

/* Otherwise: who takes over libunbound would take over the server, or stop it. */
static void what_cannot_be_ends_the_process_that_says_it(void **state)
{
	static const enum hostility kinds[] = {UNKNOWN_ID, INDEX_BEYOND, LENGTH_BEYOND,
					       NO_SUCH_RCODE};
	struct world *world = *state;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct rb_answer *answer;

		start_hostile(world, kinds[i]);
		answer = ask_watched(world, "a.plain.example");
		assert_int_equal(rcode(answer), RB_RCODE_SERVFAIL);
		assert_int_equal(answer->ede, EDE_OTHER);
		rb_answer_free(answer);
		assert_true(stats(world).ended >= 1);
		assert_false(is_published(world, "a.plain.example", RB_TYPE_A, RB_SERVES_DO0));
		rb_resolvers_stop(TAKE_PTR(world->resolvers));
	}
	unsetenv(HOSTILE);
}

/* Otherwise: bytes that are no message would be read as one. */
static void a_packet_is_checked_like_any_other(void **state)
{
	struct world *world = *state;
	struct rb_answer *answer;

	start_hostile(world, GARBAGE);
	answer = ask_watched(world, "a.plain.example");
	assert_int_equal(rcode(answer), RB_RCODE_SERVFAIL);
	rb_answer_free(answer);
	assert_int_equal(stats(world).ended, 0);
	assert_false(is_published(world, "a.plain.example", RB_TYPE_A, RB_SERVES_DO0));
	unsetenv(HOSTILE);
}

/* Otherwise: who takes over libunbound would fill the journal, or steer the terminal. */
static void the_log_takes_so_much_and_no_more(void **state)
{
	struct world *world = *state;
	_cleanup_close_ int real = dup(STDERR_FILENO), log = memfd_create("log", MFD_CLOEXEC);
	_cleanup_free_ char *text = calloc(1, 1 << 20);
	unsigned int lines = 0;

	dup2(log, STDERR_FILENO);
	start_hostile(world, JUNK_IN_THE_LOG);
	rb_answer_free(ask_watched(world, "a.plain.example"));
	assert_null(collect_watched(world, 200));
	dup2(real, STDERR_FILENO);
	unsetenv(HOSTILE);
	assert_true(pread(log, text, (1 << 20) - 1, 0) > 0);
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	assert_in_range(lines, 2, 500);
	assert_non_null(strstr(text, ": ?[31m?junk ?%s%n\n"));
	assert_null(strchr(text, 0x1b));
}

/* Otherwise: a start or a reload would wait for ever, or take a dead process for a live one. */
static void processes_that_end_at_once_are_no_success(void **state)
{
	struct world *world = *state;
	struct rb_answer *answer;

	setenv(HOSTILE, "7", 1);
	world->config.num_threads = 1;
	if (!rb_resolvers_start(&world->config, world->table, 1, &world->resolvers)) {
		answer = ask_watched(world, "a.plain.example");
		assert_int_equal(rcode(answer), RB_RCODE_SERVFAIL);
		rb_answer_free(answer);
	}
	unsetenv(HOSTILE);
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
		CASE(what_cannot_be_ends_the_process_that_says_it),
		CASE(a_packet_is_checked_like_any_other),
		CASE(the_log_takes_so_much_and_no_more),
		CASE(processes_that_end_at_once_are_no_success),
	};

	if (rb_resolver_is(argc, argv))
		return getenv(HOSTILE) ? hostile_main((enum hostility)atoi(getenv(HOSTILE)), argv)
				       : rb_resolver_main(argv);
	return cmocka_run_group_tests(tests, world_new, world_free);
}

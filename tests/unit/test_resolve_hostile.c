/* SPDX-License-Identifier: BSD-2-Clause */
/* Resolver processes that were taken over, and do to the server what they can. */
#include "resolve_fixture.h"
#include "watched_fixture.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "keeper/process.h"
#include "resolve/protocol.h"

#define HOSTILE "RB_TEST_HOSTILE" /* in the environment: how a process is to behave */

enum hostility {
	UNKNOWN_ID = 1,
	INDEX_BEYOND,
	LENGTH_BEYOND,
	NO_SUCH_RCODE,
	GARBAGE,
	JUNK_IN_THE_LOG,
	ENDS_AT_ONCE,
	BELL_IS_FULL,
	/* Of what it has seen for dnstap: */
	SEEN_TRANSPORT,
	SEEN_TOO_SHORT,
	SEEN_INDEX_BEYOND,
};

static struct rb_exchange *exchange_map(void)
{
	int fd = RB_PROCESS_FD(RB_FD_MEMORY);
	struct stat stat;

	fstat(fd, &stat);
	return mmap(NULL, (size_t)stat.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static void see(enum hostility how, struct rb_exchange *exchange)
{
	struct rb_channel *channel = rb_exchange_seen(exchange, exchange->workers);
	struct rb_upstream_seen seen = {.transport = how == SEEN_TRANSPORT ? 9 : 1};
	struct rb_channel_writer writer;
	const uint8_t message[20] = {0};

	rb_channel_writer_init(channel, RB_SEEN_BYTES, &writer);
	rb_seen_put(&writer, &seen, message, how == SEEN_TOO_SHORT ? 11 : sizeof(message));
	if (how == SEEN_INDEX_BEYOND)
		atomic_store(&channel->written, RB_SEEN_BYTES + 8);
	eventfd_write(RB_PROCESS_FD(RB_FD_SEEN), 1);
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
	if (how == BELL_IS_FULL) {
		eventfd_write(RB_PROCESS_FD(RB_FD_RESPONSES), UINT64_MAX - 1);
		usleep(50000);
		_exit(1);
	}
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
		if (how >= SEEN_TRANSPORT) {
			see(how, exchange);
			pause();
		}
		misbehave(how, rb_exchange_responses(exchange, 0), request.id);
		eventfd_write(RB_PROCESS_FD(RB_FD_RESPONSES), 1);
		pause();
	}
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
	static const enum hostility kinds[] = {UNKNOWN_ID,       INDEX_BEYOND,   LENGTH_BEYOND,
					       NO_SUCH_RCODE,    SEEN_TRANSPORT, SEEN_TOO_SHORT,
					       SEEN_INDEX_BEYOND};
	struct world *world = *state;

	world->config.dnstap.enabled = world->config.dnstap.resolver_queries = true;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct rb_answer *answer;

		start_hostile(world, kinds[i]);
		answer = ask_watched(world, "a.plain.example");
		assert_int_equal(rcode(answer), RB_RCODE_SERVFAIL);
		assert_int_equal(answer->ede, EDE_OTHER);
		rb_answer_free(answer);
		assert_true(stats(world).ended >= 1);
		/* It is not waited for until it passes for one that hangs. */
		assert_true(kinds[i] < SEEN_TRANSPORT || !stats(world).hung);
		assert_false(is_published(world, "a.plain.example", RB_TYPE_A, RB_SERVES_DO0));
		rb_resolvers_stop(TAKE_PTR(world->resolvers));
	}
	unsetenv(HOSTILE);
}

/* Otherwise: who takes over libunbound could leave questions without an answer for good. */
static void its_end_is_seen_even_if_it_has_filled_the_bell(void **state)
{
	struct world *world = *state;
	struct rb_job job = job_make(world, "a.plain.example", RB_TYPE_A, 0);
	struct pollfd own = {.events = POLLIN}, watch = {.events = POLLIN};

	start_hostile(world, BELL_IS_FULL);
	own.fd = rb_resolvers_fd(world->resolvers, 0);
	watch.fd = rb_resolvers_watch_fd(world->resolvers);
	/* No spare may be there to take over, of which the worker would be told. */
	for (uint64_t i = 0; i < 2; i++) {
		kill(wait_for_process(world, SPARE), SIGKILL);
		while (stats(world).ended <= i)
			assert_null(collect_watched(world, 1));
	}
	assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
	while (stats(world).ended < 3) {
		rb_resolvers_drain(world->resolvers, 0);
		poll(&watch, 1, 10);
		rb_resolvers_watch(world->resolvers);
	}
	assert_int_equal(poll(&own, 1, 300), 1);
	assert_ptr_equal(collect_watched(world, WAIT_MS), &job);
	rb_answer_free(job.answer);
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
		CASE(what_cannot_be_ends_the_process_that_says_it),
		CASE(its_end_is_seen_even_if_it_has_filled_the_bell),
		CASE(a_packet_is_checked_like_any_other),
		CASE(the_log_takes_so_much_and_no_more),
		CASE(processes_that_end_at_once_are_no_success),
	};

	if (rb_resolver_is(argc, argv))
		return getenv(HOSTILE) ? hostile_main((enum hostility)atoi(getenv(HOSTILE)), argv)
				       : rb_resolver_main(argv);
	return cmocka_run_group_tests(tests, world_new, world_free);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Flushes: what the resolvers still remember must not come back. */
#include "resolve_fixture.h"

#define QUESTION_MAX 300

/*
 * The upstream of silent.example, played by the test: "alias*" is a CNAME of the rest of its name,
 * any other name has an address whose last byte is `version`.
 */
struct upstream {
	struct world *world;
	uint8_t version;
	unsigned int questions;
};

static const uint8_t counts[] = {0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0};

/* Answer one question, if one comes soon. */
static void upstream_answer(struct upstream *upstream, int timeout_ms)
{
	struct pollfd ready = {.fd = upstream->world->silent_fd, .events = POLLIN};
	uint8_t message[2 * QUESTION_MAX];
	struct sockaddr_storage from;
	socklen_t from_len = sizeof(from);
	size_t len = 12, rest = 12;
	ssize_t got;

	if (poll(&ready, 1, timeout_ms) != 1)
		return;
	got = recvfrom(ready.fd, message, QUESTION_MAX, 0, (struct sockaddr *)&from, &from_len);
	assert_true(got > 16);
	upstream->questions++;
	len += strlen((const char *)message + 12) + 1 + 4;
	memcpy(message + 2, counts, sizeof(counts));
	if (!memcmp(message + 13, "alias", 5)) {
		/* Two records: the alias, and its target's address. */
		rest += 1 + (size_t)message[12];
		message[7] = 2;
		memcpy(message + len, "\xc0\x0c\0\5\0\1\0\0\1\x2c\0\2\xc0", 13);
		message[len + 13] = (uint8_t)rest;
		len += 14;
	}
	memcpy(message + len, "\xc0\0\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2", 15);
	message[len + 1] = (uint8_t)rest;
	message[len + 15] = upstream->version;
	len += 16;
	assert_true(sendto(ready.fd, message, len, 0, (struct sockaddr *)&from, from_len) > 0);
}

/* The version of the name's address as the resolvers tell it; the upstream answers meanwhile. */
static uint8_t version_of(struct upstream *upstream, const char *name)
{
	struct world *world = upstream->world;
	struct rb_job job = job_make(world, name, RB_TYPE_A, 0), *done;
	uint64_t end_ns = rb_clock_ns() + WAIT_MS * RB_NS_PER_MS;
	uint8_t version;

	assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
	while (!(done = rb_resolvers_collect(world->resolvers, 0))) {
		assert_true(rb_clock_ns() < end_ns);
		upstream_answer(upstream, 1);
	}
	assert_ptr_equal(done, &job);
	assert_int_equal(rcode(job.answer), 0);
	version = job.answer->body[job.answer->body_len - 1];
	rb_answer_free(job.answer);
	return version;
}

/* The same, and that no upstream had to be asked, or that one had. */
static uint8_t remembered(struct upstream *upstream, const char *name)
{
	unsigned int before = upstream->questions;
	uint8_t version = version_of(upstream, name);

	assert_int_equal(upstream->questions, before);
	return version;
}

static int flush(struct world *world, enum rb_flush_reach reach, const char *name)
{
	struct rb_flush flush = {.reach = reach, .type = RB_TYPE_A};

	flush.name_len = (uint16_t)rb_name_from_text(name, flush.name);
	return rb_resolvers_flush(world->resolvers, &flush);
}

static struct upstream begin(struct world *world)
{
	start(world, 2, 1);
	return (struct upstream){.world = world, .version = 1};
}

static const struct flush_case {
	const char *name;
	enum rb_flush_reach reach;
	const char *flushed;
	const char *asked; /* is told anew */
	const char *other; /* is still remembered; NULL: nothing is */
} cases[] = {
	{"name_is_asked_anew", RB_FLUSH_NAME, "www.silent.example", "www.silent.example",
	 "a.www.silent.example"},
	{"type_is_asked_anew", RB_FLUSH_TYPE, "www.silent.example", "www.silent.example",
	 "a.www.silent.example"},
	{"zone_is_asked_anew", RB_FLUSH_ZONE, "v.silent.example", "www.v.silent.example",
	 "www.silent.example"},
	{"alias_of_a_flushed_name_is_asked_anew", RB_FLUSH_NAME, "silent.example",
	 "alias.silent.example", "www.silent.example"},
	{"alias_into_a_flushed_zone_is_asked_anew", RB_FLUSH_ZONE, "v.silent.example",
	 "alias.v.silent.example", "alias.w.silent.example"},
	{"everything_is_asked_anew", RB_FLUSH_ZONE, ".", "www.silent.example", NULL},
	{"top_level_domain_is_asked_anew", RB_FLUSH_ZONE, "example", "www.silent.example", NULL},
};

/* Otherwise: a flush would be undone by the resolver's own cache at the next question. */
static void flushed_is_asked_anew(void **state)
{
	struct world *world = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct flush_case *test = &cases[i];
		struct upstream upstream = begin(world);

		print_message("%s\n", test->name);
		assert_int_equal(version_of(&upstream, test->asked), 1);
		if (test->other)
			assert_int_equal(version_of(&upstream, test->other), 1);
		upstream.version = 2;
		assert_int_equal(remembered(&upstream, test->asked), 1);
		for (int again = 0; again < 3; again++) {
			upstream.version++;
			assert_int_equal(flush(world, test->reach, test->flushed), 0);
			assert_int_equal(version_of(&upstream, test->asked), upstream.version);
			assert_int_equal(remembered(&upstream, test->asked), upstream.version);
			assert_true(is_published(world, test->asked, RB_TYPE_A, RB_SERVES_DO0));
			if (test->other)
				assert_int_equal(remembered(&upstream, test->other), 1);
		}
		rb_resolvers_stop(TAKE_PTR(world->resolvers));
	}
}

/* Otherwise: after many flushes the first of them would be undone. */
static void more_flushes_than_are_kept_hold_all_the_same(void **state)
{
	struct world *world = *state;
	struct upstream upstream = begin(world);
	char name[64];

	for (int i = 0; i < 300; i += 50) {
		snprintf(name, sizeof(name), "n%d.silent.example", i);
		assert_int_equal(version_of(&upstream, name), 1);
	}
	upstream.version = 2;
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "n%d.silent.example", i);
		assert_int_equal(flush(world, RB_FLUSH_NAME, name), 0);
	}
	for (int i = 0; i < 300; i += 50) {
		snprintf(name, sizeof(name), "n%d.silent.example", i);
		assert_int_equal(version_of(&upstream, name), 2);
	}
}

/* Otherwise: the answer that was under way would bring the old address back. */
static void what_is_under_way_is_asked_again(void **state)
{
	static const char *const names[] = {"www.silent.example", "alias.www.silent.example"};
	struct world *world = *state;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct upstream upstream = begin(world);
		struct rb_job job = job_make(world, names[i], RB_TYPE_A, 0), *done;
		struct pollfd ready = {.fd = world->silent_fd, .events = POLLIN};

		assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
		assert_int_equal(poll(&ready, 1, WAIT_MS), 1);
		assert_int_equal(flush(world, RB_FLUSH_NAME, "www.silent.example"), 0);
		upstream_answer(&upstream, WAIT_MS);
		upstream.version = 2;
		while (!(done = rb_resolvers_collect(world->resolvers, 0)))
			upstream_answer(&upstream, 1);
		assert_ptr_equal(done, &job);
		assert_int_equal(job.answer->body[job.answer->body_len - 1], 2);
		rb_answer_free(job.answer);
		assert_true(is_published(world, names[i], RB_TYPE_A, RB_SERVES_DO0));
		rb_resolvers_stop(TAKE_PTR(world->resolvers));
	}
}

/* Otherwise: names would be asked of one thread for ever, or a reload would undo a flush. */
static void a_reload_ends_what_was_flushed(void **state)
{
	struct world *world = *state;
	struct upstream upstream = begin(world);
	struct rb_config next = world->config;

	assert_int_equal(version_of(&upstream, "www.silent.example"), 1);
	assert_int_equal(flush(world, RB_FLUSH_NAME, "www.silent.example"), 0);
	upstream.version = 2;
	assert_int_equal(version_of(&upstream, "www.silent.example"), 2);
	assert_int_equal(rb_resolvers_renew(world->resolvers, &next), 0);
	upstream.version = 3;
	assert_int_equal(version_of(&upstream, "www.silent.example"), 3);
	upstream.version = 4;
	assert_int_equal(flush(world, RB_FLUSH_NAME, "www.silent.example"), 0);
	assert_int_equal(version_of(&upstream, "www.silent.example"), 4);
	/* next lives on this stack. */
	rb_resolvers_stop(TAKE_PTR(world->resolvers));
}

/* Otherwise: an operator's script would bring the resolver to a halt. */
static void flushes_do_not_disturb_other_questions(void **state)
{
	struct world *world = *state;
	struct upstream upstream = begin(world);
	uint64_t start_ns, longest_ns = 0;

	assert_int_equal(version_of(&upstream, "www.silent.example"), 1);
	assert_int_equal(version_of(&upstream, "victim.silent.example"), 1);
	for (int i = 0; i < 20; i++) {
		start_ns = rb_clock_ns();
		assert_int_equal(flush(world, RB_FLUSH_NAME, "victim.silent.example"), 0);
		start_ns = rb_clock_ns() - start_ns;
		longest_ns = start_ns > longest_ns ? start_ns : longest_ns;
		assert_int_equal(version_of(&upstream, "victim.silent.example"), 1);
		assert_int_equal(remembered(&upstream, "www.silent.example"), 1);
	}
	print_message("a flush takes up to %llu ms\n",
		      (unsigned long long)(longest_ns / RB_NS_PER_MS));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CASE(flushed_is_asked_anew),
		CASE(more_flushes_than_are_kept_hold_all_the_same),
		CASE(what_is_under_way_is_asked_again),
		CASE(a_reload_ends_what_was_flushed),
		CASE(flushes_do_not_disturb_other_questions),
	};

	if (rb_resolver_is(argc, argv))
		return rb_resolver_main(argv);
	return cmocka_run_group_tests(tests, world_new, world_free);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Resolver threads whose contexts are made anew while they serve. */
#include "resolve_fixture.h"

#include <errno.h>
#include <limits.h>
#include <sys/mman.h>

#define RENEWALS 20

/* Like world->text, with one more local record: of its address the last byte is `last`. */
static void text_with_data(const struct world *world, unsigned int last, char text[8192])
{
	const char *rest = strchr(world->text, '\n') + 1;

	snprintf(text, 8192, "server:\n  local-data: 'new.lz. 60 A 192.0.2.%u'\n%s", last, rest);
}

static uint8_t last_byte(struct world *world, const char *name)
{
	_cleanup_(rb_answer_freep) struct rb_answer *answer = ask(world, name, RB_TYPE_A, 0);

	assert_non_null(answer);
	assert_int_equal(rcode(answer), 0);
	return answer->body[answer->body_len - 1];
}

/* Whether there are processes that were in force before a renewal. */
static bool has_former(struct world *world)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	bool found;

	assert_non_null(out);
	rb_resolvers_describe(world->resolvers, out);
	fclose(out);
	found = strstr(text, "retired");
	return found;
}

static void wait_until_unused(struct world *world)
{
	uint64_t end_ns = rb_clock_ns() + (uint64_t)WAIT_MS * 1000000;

	while (has_former(world)) {
		assert_true(rb_clock_ns() < end_ns);
		rb_resolvers_reap(world->resolvers);
		usleep(1000);
	}
}

/* Otherwise: a reload would leave the old forwarders, blocklists and keys in force. */
static void new_contexts_have_the_new_configuration(void **state)
{
	struct world *world = *state;
	static char texts[2][8192];
	struct rb_config configs[2];

	for (int i = 0; i < 2; i++) {
		text_with_data(world, 10 + (unsigned int)i, texts[i]);
		configs[i] = world->config;
		configs[i].num_threads = 2;
		configs[i].resolver_text = texts[i];
	}
	start(world, 2, 1);
	for (int i = 0; i < RENEWALS; i++) {
		assert_int_equal(rb_resolvers_renew(world->resolvers, &configs[i % 2]), 0);
		rb_table_bump_epoch(world->table);
		assert_int_equal(last_byte(world, "new.lz"), 10 + i % 2);
	}
	wait_until_unused(world);
	wait_until_unused(world);
	/* Those in use live on this stack. */
	rb_resolvers_stop(TAKE_PTR(world->resolvers));
}

/* Otherwise: a slip in a forward-zone would take the service down. */
static void a_configuration_that_libunbound_refuses_changes_nothing(void **state)
{
	struct world *world = *state;
	struct rb_config broken = world->config;

	broken.resolver_text = "server:\n  no-such-option: yes\n";
	start(world, 2, 1);
	assert_int_not_equal(rb_resolvers_renew(world->resolvers, &broken), 0);
	assert_false(has_former(world));
	rb_answer_free(ask(world, "a.plain.example", RB_TYPE_A, 0));
	assert_true(is_published(world, "a.plain.example", RB_TYPE_A, RB_SERVES_DO0));
}

/* Otherwise: a reload would lose the questions that it finds under way. */
static void what_is_under_way_is_answered(void **state)
{
	struct world *world = *state;
	struct rb_job job = job_make(world, "a.silent.example", RB_TYPE_A, 0);
	uint8_t question[QUESTION_MAX];
	struct sockaddr_storage from;
	socklen_t from_len;

	start(world, 1, 1);
	assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
	wait_for_question(world, question, &from, &from_len);
	assert_int_equal(rb_resolvers_renew(world->resolvers, &world->config), 0);
	assert_int_equal(rb_resolvers_renew(world->resolvers, &world->config), 0);
	/* The new contexts answer while the old ones wait. */
	rb_answer_free(ask(world, "a.plain.example", RB_TYPE_A, 0));
	answer_question(world, question, &from, from_len);
	assert_ptr_equal(collect(world->resolvers, 0), &job);
	assert_non_null(job.answer);
	assert_int_equal(rcode(job.answer), 0);
	assert_int_equal(job.answer->body[job.answer->body_len - 1], 77);
	rb_answer_free(job.answer);
}

/* Otherwise: a name that a reload blocks would be answered by the kernel until its TTL ends. */
static void what_another_configuration_asked_for_is_not_stored(void **state)
{
	struct world *world = *state;
	struct rb_job job = job_make(world, "a.silent.example", RB_TYPE_A, 0);
	uint8_t question[QUESTION_MAX];
	struct sockaddr_storage from;
	socklen_t from_len;

	start(world, 1, 1);
	assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
	wait_for_question(world, question, &from, &from_len);
	rb_table_bump_epoch(world->table);
	answer_question(world, question, &from, from_len);
	assert_ptr_equal(collect(world->resolvers, 0), &job);
	assert_int_equal(rcode(job.answer), 0);
	assert_false(is_published(world, "a.silent.example", RB_TYPE_A, RB_SERVES_DO0));
	rb_answer_free(job.answer);
}

/* Otherwise: what a flush or a reload did away with would be back a moment later. */
static void what_old_contexts_find_is_not_published(void **state)
{
	struct world *world = *state;

	start(world, 1, 1);
	for (int renew = 0; renew <= 1; renew++) {
		const char *name = renew ? "b.silent.example" : "a.silent.example";
		struct rb_job job = job_make(world, name, RB_TYPE_A, 0);
		uint8_t question[QUESTION_MAX];
		struct sockaddr_storage from;
		socklen_t from_len;

		assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
		wait_for_question(world, question, &from, &from_len);
		if (renew)
			assert_int_equal(rb_resolvers_renew(world->resolvers, &world->config), 0);
		answer_question(world, question, &from, from_len);
		assert_ptr_equal(collect(world->resolvers, 0), &job);
		rb_answer_free(job.answer);
		assert_int_equal(is_published(world, name, RB_TYPE_A, RB_SERVES_DO0), !renew);
	}
}

/* Otherwise: every reload would keep a copy of the resolver's cache. */
static void contexts_are_freed_when_they_have_answered(void **state)
{
	struct world *world = *state;
	struct rb_config next = world->config;
	struct rb_job job = job_make(world, "a.silent.example", RB_TYPE_A, 0);
	uint8_t question[QUESTION_MAX];
	struct sockaddr_storage from;
	socklen_t from_len;

	start(world, 1, 1);
	assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
	wait_for_question(world, question, &from, &from_len);
	assert_int_equal(rb_resolvers_renew(world->resolvers, &next), 0);
	rb_resolvers_reap(world->resolvers);
	assert_true(has_former(world));
	answer_question(world, question, &from, from_len);
	assert_ptr_equal(collect(world->resolvers, 0), &job);
	rb_answer_free(job.answer);
	wait_until_unused(world);
	rb_answer_free(ask(world, "a.plain.example", RB_TYPE_A, 0));
	/* next lives on this stack. */
	rb_resolvers_stop(TAKE_PTR(world->resolvers));
}

/* Otherwise: a stop soon after a reload would crash, or never end. */
static void a_stop_drops_what_all_generations_have(void **state)
{
	struct world *world = *state;
	struct rb_job jobs[3];

	start(world, 1, 1);
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		uint8_t question[QUESTION_MAX];
		struct sockaddr_storage from;
		socklen_t from_len;

		jobs[i] = job_make(world, "a.silent.example", RB_TYPE_A, 0);
		assert_int_equal(rb_resolvers_submit(world->resolvers, &jobs[i]), 0);
		wait_for_question(world, question, &from, &from_len);
		assert_int_equal(rb_resolvers_renew(world->resolvers, &world->config), 0);
	}
	rb_resolvers_stop(TAKE_PTR(world->resolvers));
}

/* The zone with another address in place of the one that it had, as a file. */
static struct rb_zone_copy zone_copy(const struct world *world, char path[PATH_MAX],
				     const char *text)
{
	struct rb_zone_copy copy = {
		.path = path,
		.fd = memfd_create("zone", MFD_CLOEXEC),
		.name = (const uint8_t *)"\4auth\7example",
		.name_len = sizeof("\4auth\7example"),
	};

	snprintf(path, PATH_MAX, "%s/auth.example", world->authority.dir);
	assert_true(copy.fd >= 0);
	assert_int_equal(write(copy.fd, text, strlen(text)), strlen(text));
	return copy;
}

static int renewed(struct world *world)
{
	uint64_t end_ns = rb_clock_ns() + (uint64_t)WAIT_MS * 1000000;
	int result;

	while ((result = rb_resolvers_renewed(world->resolvers)) == -EAGAIN) {
		assert_true(rb_clock_ns() < end_ns);
		rb_resolvers_watch(world->resolvers);
		usleep(1000);
	}
	return result;
}

/* Otherwise: who asks once a transfer is over would be told what was before it. */
static void questions_for_a_zone_wait_for_its_contents(void **state)
{
	static const char next[] = "$ORIGIN auth.example.\n@ 300 SOA ns h 1 2 3 4 5\n@ NS ns\n"
				   "a 300 A 192.0.2.9\n";
	struct world *world = *state;
	char path[PATH_MAX];
	struct rb_zone_copy copy = zone_copy(world, path, next);
	struct rb_job job = job_make(world, "a.auth.example", RB_TYPE_A, 0);

	start(world, 2, 1);
	assert_int_equal(last_byte(world, "a.auth.example"), 3);
	assert_int_equal(rb_resolvers_renew_zones(world->resolvers, &world->config, &copy, 1), 0);
	assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
	/* Others do not. */
	rb_answer_free(ask(world, "a.plain.example", RB_TYPE_A, 0));
	assert_int_equal(renewed(world), 0);
	assert_ptr_equal(collect(world->resolvers, 0), &job);
	assert_int_equal(job.answer->body[job.answer->body_len - 1], 9);
	rb_answer_free(job.answer);
	close(copy.fd);
}

/* Otherwise: a primary could take away a zone that it sends broken, and all others with it. */
static void a_zone_that_cannot_be_read_changes_nothing(void **state)
{
	struct world *world = *state;
	char path[PATH_MAX];
	struct rb_zone_copy copy = zone_copy(world, path, "a A 192.0.2\n");

	start(world, 1, 1);
	assert_int_equal(rb_resolvers_renew_zones(world->resolvers, &world->config, &copy, 1), 0);
	assert_int_equal(renewed(world), -EIO);
	assert_false(has_former(world));
	assert_int_equal(last_byte(world, "a.auth.example"), 3);
	/* Another renewal is in its place. */
	assert_int_equal(rb_resolvers_renew_zones(world->resolvers, &world->config, &copy, 1), 0);
	assert_int_equal(rb_resolvers_renew(world->resolvers, &world->config), 0);
	assert_int_equal(renewed(world), -ECANCELED);
	assert_int_equal(last_byte(world, "a.auth.example"), 3);
	close(copy.fd);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Otherwise: an operator could neither see what hangs, nor be rid of it. */
static void what_is_under_way_is_listed_and_dropped(void **state)
{
	struct world *world = *state;
	struct rb_job job = job_make(world, "a.silent.example", RB_TYPE_A, 0);
	uint8_t question[QUESTION_MAX];
	struct sockaddr_storage from;
	struct rb_work *works;
	socklen_t from_len;
	size_t count;

	start(world, 1, 1);
	assert_int_equal(rb_resolvers_list(world->resolvers, 0, 0, &works, &count), 0);
	assert_int_equal(count, 0);
	free(works);
	assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
	wait_for_question(world, question, &from, &from_len);
	assert_int_equal(rb_resolvers_list(world->resolvers, 0, 0, &works, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(works->state, RB_WORK_ASKED);
	assert_true(works->has_client);
	assert_true(works->process > 0);
	assert_int_equal(works->qtype, RB_TYPE_A);
	assert_memory_equal(works->qname, job.key.qname, job.key.qname_len);
	free(works);
	assert_int_equal(rb_resolvers_drop(world->resolvers, 0), 1);
	assert_ptr_equal(collect(world->resolvers, 0), &job);
	assert_null(job.answer);
	/* It goes on for the table, and is nobody's to drop again. */
	assert_int_equal(rb_resolvers_drop(world->resolvers, 0), 0);
	assert_int_equal(rb_resolvers_list(world->resolvers, 0, 0, &works, &count), 0);
	assert_int_equal(count, 1);
	assert_false(works->has_client);
	free(works);
	answer_question(world, question, &from, from_len);
	while (!is_published(world, "a.silent.example", RB_TYPE_A, RB_SERVES_DO0)) {
		rb_resolvers_drain(world->resolvers, 0);
		assert_null(rb_resolvers_collect(world->resolvers, 0));
	}
	assert_int_equal(stats(world).submitted, stats(world).answered);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CASE(new_contexts_have_the_new_configuration),
		CASE(questions_for_a_zone_wait_for_its_contents),
		CASE(a_zone_that_cannot_be_read_changes_nothing),
		CASE(a_configuration_that_libunbound_refuses_changes_nothing),
		CASE(what_is_under_way_is_answered),
		CASE(what_another_configuration_asked_for_is_not_stored),
		CASE(what_old_contexts_find_is_not_published),
		CASE(what_is_under_way_is_listed_and_dropped),
		CASE(contexts_are_freed_when_they_have_answered),
		CASE(a_stop_drops_what_all_generations_have),
	};

	if (rb_resolver_is(argc, argv))
		return rb_resolver_main(argv);
	return cmocka_run_group_tests(tests, world_new, world_free);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a check says that the start would find out: libunbound's verdict on what is passed to it,
 * with the place in the operator's files.
 */
#include <fcntl.h>

#include <event2/event.h>

#include "resolve/context.h"
#include "resolve/newer.h"
#include "resolve/setup.h"
#include "resolve/trial.h"
#include "unit/config_fixture.h"

#define S "server:\n"

static void context_delete(struct ub_ctx *context)
{
	rb_context_deletep(&context);
}

/* Whether a start would succeed: libunbound is set up here and now. What it says is not shown. */
static bool starts(const struct rb_config *config)
{
	int null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC), err_fd = dup(STDERR_FILENO);
	struct event_base *base = event_base_new();
	_cleanup_(rb_setup_unrefp) struct rb_setup *setup = NULL;
	struct ub_ctx *context = NULL;
	char path[64];
	int err;

	assert_non_null(base);
	assert_true(null_fd >= 0 && err_fd >= 0);
	assert_int_equal(rb_setup_new(config, 0, NULL, &setup), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", setup->text_fd);
	dup2(null_fd, STDERR_FILENO);
	err = rb_context_new(base, path, stderr, &context);
	if (!err)
		context_delete(context);
	dup2(err_fd, STDERR_FILENO);
	close(err_fd);
	close(null_fd);
	event_base_free(base);
	return !err;
}

static const struct trial_case {
	const char *name;
	const char *text;
	const char *errors[4]; /* how they begin; none: libunbound takes it */
} cases[] = {
	{"nothing_wrong", S "local-data: \"a.example A 192.0.2.1\"\n", {NULL}},
	{"two_directives_in_a_line",
	 S "verbosity: 0 module-config: \"dns64 iterator\" dns64-prefix: 64:ff9b::/95\n",
	 {"t.conf:2: libunbound: dns64-prefix length"}},
	{"a_module_that_does_not_like_its_prefix",
	 S "module-config: \"dns64 iterator\"\ndns64-prefix: 64:ff9b::/95\n",
	 {"t.conf:3: libunbound: dns64-prefix length"}},
};

/* Otherwise: a check promises what the start breaks, or does not say where. */
static void libunbound_is_asked(void **state)
{
	const struct trial_case *c = *state;
	_cleanup_(rb_config_freep) struct rb_config *config = read_text(c->text, 0);
	bool started = starts(config);
	size_t i;

	assert_int_equal(rb_trial_run(config), c->errors[0] ? -EINVAL : 0);
	assert_int_equal(started, !c->errors[0]);
	for (i = 0; i < ARRAY_SIZE(c->errors) && c->errors[i]; i++) {
		const char *text = message_of(config, RB_MESSAGE_ERROR, i);

		assert_non_null(text);
		if (strncmp(text, c->errors[i], strlen(c->errors[i])) != 0)
			assert_string_equal(text, c->errors[i]);
	}
	assert_null(message_of(config, RB_MESSAGE_ERROR, i));
}

/* What no directive expects, in the form that we let through. */
static const char *const nonsense[] = {"nonsense", "\"\"", "-1", "99999999999", "0", "a..b", "*"};

/* The directive of line 3 (of line 2 in server:) with this for all its values. */
static struct rb_config *config_of(const struct rb_clause *clause,
				   const struct rb_directive *directive, const char *value)
{
	struct rb_config *config = NULL;
	char text[256];
	size_t used, i;

	used = (size_t)snprintf(text, sizeof(text), "%s:\n%s%s:", clause->name,
				clause->kind == RB_CLAUSE_SERVER ? "" : "name: a.example\n",
				directive->name);
	for (i = 0; i < RB_VALUES_MAX && directive->kinds[i]; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, " %s", value);
	rb_config_read_text("t.conf", text, strlen(text), &config);
	assert_non_null(config);
	return config;
}

static void assert_same_verdict(const struct rb_clause *clause,
				const struct rb_directive *directive, const char *value)
{
	_cleanup_(rb_config_freep) struct rb_config *config = config_of(clause, directive, value);
	const char *location = clause->kind == RB_CLAUSE_SERVER ? "t.conf:2: " : "t.conf:1: ";
	bool started;

	/* An error of ours is one for check and start alike. */
	if (message_of(config, RB_MESSAGE_ERROR, 0))
		return;
	assert_int_equal(rb_newer_drop_unknown(config), 0);
	started = starts(config);
	if (rb_trial_run(config) != (started ? 0 : -EINVAL))
		fail_msg("check and start differ: %s: %s", directive->name, value);
	if (!started &&
	    strncmp(message_of(config, RB_MESSAGE_ERROR, 0), location, strlen(location)) != 0)
		fail_msg("wrong place: %s", message_of(config, RB_MESSAGE_ERROR, 0));
}

/* Otherwise: there is one more directive of which a check promises what the start breaks. */
static void nonsense_is_judged_alike_by_check_and_start(void **state)
{
	const struct rb_directive *directive;
	size_t i, k;

	(void)state;
	for (i = 0; i < rb_clause_count; i++)
		for (directive = rb_clauses[i].directives; directive->name; directive++)
			for (k = 0; k < ARRAY_SIZE(nonsense); k++)
				if (directive->passed || directive->shared)
					assert_same_verdict(&rb_clauses[i], directive, nonsense[k]);
}

/* Otherwise: a file for a newer Unbound keeps runbound from starting. */
static void what_libunbound_does_not_know_is_left_out_aloud(void **state)
{
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_text(S "iter-scrub-promiscuous: no\n"
			    "val-hash-attempts: 32\n"
			    "domain-insecure: a.example\n",
			  0);
	size_t i;

	(void)state;
	/* One that no libunbound knows, in place of one that some do. */
	memcpy(strstr(config->resolver_text, "val-hash"), "val-hush", 8);
	assert_int_equal(rb_newer_drop_unknown(config), 0);
	assert_null(strstr(config->resolver_text, "val-hush"));
	assert_non_null(strstr(config->resolver_text, "domain-insecure: a.example"));
	for (i = 0; i < config->message_count; i++)
		if (strstr(config->messages[i].text, "t.conf:3: val-hush-attempts: ignored: the "
						     "installed libunbound"))
			break;
	assert_true(i < config->message_count);
	assert_true(starts(config));
}

/* Otherwise: of the directives that this libunbound knows some are not passed, or others are. */
static void each_newer_directive_is_passed_where_it_is_known(void **state)
{
	const struct rb_directive *directive;
	size_t count = 0;

	(void)state;
	for (directive = rb_clause_find("server")->directives; directive->name; directive++) {
		_cleanup_(rb_config_freep) struct rb_config *config = NULL;

		if (!directive->newer)
			continue;
		config = config_of(rb_clause_find("server"), directive,
				   directive->kinds[0] == RB_VALUE_YESNO      ? "yes"
				   : directive->kinds[0] == RB_VALUE_NETBLOCK ? "64:ff9b::/96"
									      : "1");
		assert_int_equal(rb_newer_drop_unknown(config), 0);
		assert_true(starts(config));
		count++;
	}
	assert_true(count > 10);
}

/* Otherwise: a file for Unbound's own scenarios cannot be played, or others get unsafe ones. */
static void debian_has_iter_scrub_promiscuous(void **state)
{
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_text(S "iter-scrub-promiscuous: no\n", 0);

	(void)state;
	if (strcmp(ub_version(), "1.17.1") != 0)
		skip();
	assert_int_equal(rb_newer_drop_unknown(config), 0);
	assert_int_equal(config->message_count, 0);
	assert_non_null(strstr(config->resolver_text, "\titer-scrub-promiscuous: no\n"));
}

/* Otherwise: a directive that asks for what happens anyway fills the log. */
static void unknown_ones_that_change_nothing_are_left_out_in_silence(void **state)
{
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_text(S "dns-error-reporting: no\ndo-nat64: no\n", 0);

	(void)state;
	assert_int_equal(rb_newer_drop_unknown(config), 0);
	assert_int_equal(config->message_count, 0);
	assert_true(starts(config));
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases)];
	const struct CMUnitTest single[] = {
		cmocka_unit_test(nonsense_is_judged_alike_by_check_and_start),
		cmocka_unit_test(what_libunbound_does_not_know_is_left_out_aloud),
		cmocka_unit_test(each_newer_directive_is_passed_where_it_is_known),
		cmocka_unit_test(debian_has_iter_scrub_promiscuous),
		cmocka_unit_test(unknown_ones_that_change_nothing_are_left_out_in_silence),
	};
	int failed;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){cases[i].name, libunbound_is_asked, NULL, NULL,
					       (void *)&cases[i]};
	failed = cmocka_run_group_tests_name("trial cases", tests, NULL, NULL);
	return failed + cmocka_run_group_tests_name("trial", single, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What libunbound is told: real libunbound reads it and says what it understood. */
#include <fcntl.h>
#include <sys/mman.h>

#include <unbound.h>

#include "unit/config_fixture.h"

static void ub_ctx_deletep(struct ub_ctx **context)
{
	if (*context)
		ub_ctx_delete(*context);
}

static int context_config(struct ub_ctx *context, const char *text)
{
	_cleanup_close_ int fd = memfd_create("resolver.conf", MFD_CLOEXEC);
	char path[32];

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return ub_ctx_config(context, path);
}

/* A context that has read the text, set up so far that it would have rejected bad data. */
static struct ub_ctx *context_of(const struct rb_config *config)
{
	struct ub_ctx *context = ub_ctx_create();

	assert_non_null(context);
	assert_int_equal(context_config(context, config->resolver_text), 0);
	/* The first call that needs zones applies the rest of the configuration. */
	assert_int_equal(ub_ctx_data_remove(context, "nothing.example."), 0);
	return context;
}

static void assert_option(struct ub_ctx *context, const char *option, const char *expected)
{
	_cleanup_free_ char *value = NULL;

	assert_int_equal(ub_ctx_get_option(context, option, &value), 0);
	assert_string_equal(value, expected);
}

/* An answer from local data; libunbound gives it without asking anybody. */
static struct ub_result *resolve_local(struct ub_ctx *context, const char *name, int type)
{
	struct ub_result *result = NULL;

	assert_int_equal(ub_resolve(context, name, type, 1, &result), 0);
	assert_non_null(result);
	return result;
}

static const struct option_case {
	const char *name;
	const char *text;
	const char *option, *expected;
} option_cases[] = {
	/* the daemon's defaults, which the library does not share */
	{"outgoing_range", "", "outgoing-range", "1024"},
	{"outgoing_tcp", "", "outgoing-num-tcp", "10"},
	{"message_cache", "", "msg-cache-size", "4194304"},
	{"rrset_cache", "", "rrset-cache-size", "4194304"},
	{"negative_cache", "", "neg-cache-size", "1048576"},
	{"minimal", "", "minimal-responses", "yes"},
	{"localhost", "", "do-not-query-localhost", "yes"},
	{"modules", "", "module-config", "validator iterator"},
	/* the operator's word */
	{"localhost_allowed", "do-not-query-localhost: no", "do-not-query-localhost", "no"},
	{"verbosity", "verbosity: 0", "verbosity", "0"},
	{"no_ip6", "do-ip6: no", "do-ip6", "no"},
	{"dns64", "module-config: 'dns64 validator iterator'", "module-config",
	 "dns64 validator iterator"},
	{"modules_it_lacks", "module-config: \"respip subnetcache validator cachedb iterator\"",
	 "module-config", "validator iterator"},
	{"range", "outgoing-range: 200", "outgoing-range", "200"},
	{"ports_avoided", "outgoing-port-avoid: 0-32767", "outgoing-range", "1024"},
	/* totals, shared by the threads, whatever comes first */
	{"shared_cache", "msg-cache-size: 64m\nnum-threads: 4", "msg-cache-size", "16777216"},
	{"shared_default", "num-threads: 2", "rrset-cache-size", "2097152"},
	{"shared_hosts", "num-threads: 3\ninfra-cache-numhosts: 10", "infra-cache-numhosts", "4"},
	{"shared_rate", "num-threads: 3\nratelimit: 2", "ratelimit", "1"},
	{"rate_limit_off", "num-threads: 3\nratelimit: 0", "ratelimit", "0"},
	{"per_thread_is_not_shared", "num-threads: 2\nnum-queries-per-thread: 99",
	 "num-queries-per-thread", "99"},
};

/* Otherwise: the resolver works with a library's limits, or a multiple of the operator's. */
static void option_reaches_libunbound(void **state)
{
	const struct option_case *c = *state;
	_cleanup_(rb_config_freep) struct rb_config *config = NULL;
	_cleanup_(ub_ctx_deletep) struct ub_ctx *context = NULL;
	char text[256];

	snprintf(text, sizeof(text), "server:\n%s\n", c->text);
	config = read_text(text, 0);
	context = context_of(config);
	assert_option(context, c->option, c->expected);
}

/* Otherwise: zones are asked elsewhere than the operator says, or libunbound takes no file. */
static void zones_and_files_are_passed(void **state)
{
	struct lab lab;
	char text[1024];

	(void)state;
	lab_open(&lab);
	lab_file(&lab, "hints", ". 3600 NS a.example.\na.example. 3600 A 192.0.2.1\n");
	lab_file(&lab, "root.key",
		 ". IN DS 20326 8 2 "
		 "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n");
	lab_file(&lab, "it's a zone",
		 "z.example. 60 SOA a. b. 1 1 1 1 60\nz.example. 60 NS a.\n"
		 "z.example. 60 A 192.0.2.9\n");
	snprintf(text, sizeof(text),
		 "server:\nverbosity: 0\ndirectory: %s\nroot-hints: hints\n"
		 "trust-anchor-file: root.key\nprivate-address: 10.0.0.0/8\n"
		 "domain-insecure: f.example\n"
		 "forward-zone:\nname: \"f.example\"\nforward-addr: 192.0.2.1@5353\n"
		 "forward-host: ns.example\nforward-first: yes\nforward-no-cache: no\n"
		 "stub-zone:\nname: s.example\nstub-addr: 2001:db8::1\nstub-prime: no\n"
		 "auth-zone:\nname: z.example\nzonefile: \"it's a zone\"\nfor-upstream: yes\n"
		 "for-downstream: yes\n",
		 lab.path);
	{
		_cleanup_(rb_config_freep) struct rb_config *config = read_text(text, 0);
		_cleanup_(ub_ctx_deletep) struct ub_ctx *context = context_of(config);
		struct ub_result *result = resolve_local(context, "z.example", 1);

		assert_true(result->havedata);
		assert_memory_equal(result->data[0], "\xc0\0\2\x09", 4);
		ub_resolve_free(result);
	}
	lab_close(&lab);
}

/* Otherwise: libunbound gets what it cannot do, or what makes it crash. */
static void what_is_ours_is_not_passed(void **state)
{
	static const char *const ours[] = {
		"prefetch:", "serve-expired", "interface", "port:", "access-control", "username",
		"hot-cache", "xdp", "ede",
		/* Without an upstream that is asked over TLS they ask for nothing. */
		"tls-", "ssl-", "pad-queries"};
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_text("server:\nprefetch: yes\nserve-expired: yes\ninterface: 192.0.2.1\n"
			  "port: 99\naccess-control: 10.0.0.0/8 allow\nusername: root\nxdp: no\n"
			  "hot-cache-size: 4m\nede: yes\nede-serve-expired: yes\n"
			  "tls-cert-bundle: /nonexistent/bundle\nssl-cert-bundle: \"\"\n"
			  "tls-system-cert: yes\ntls-win-cert: yes\ntls-use-sni: no\n"
			  "tls-upstream: no\nssl-upstream: no\npad-queries: yes\n"
			  "pad-queries-block-size: 128\n"
			  "forward-zone:\nname: a.example\nforward-tls-upstream: no\n"
			  "forward-ssl-upstream: no\n"
			  "stub-zone:\nname: b.example\nstub-tls-upstream: no\n"
			  "stub-ssl-upstream: no\n",
			  0);
	size_t i;

	(void)state;
	assert_int_equal(config->message_count, 0);
	for (i = 0; i < ARRAY_SIZE(ours); i++)
		assert_null(strstr(config->resolver_text, ours[i]));
}

/* Otherwise: validators behind us get addresses that DNS64 made, or there is a context more
 * than is needed. */
static void modules_for_checking_disabled_are_those_without_dns64(void **state)
{
	static const struct {
		const char *text;
		const char *modules; /* NULL: none of their own */
		unsigned int contexts;
	} cases[] = {
		{"server:\n", NULL, 1},
		{"server:\nprefetch: yes\n", NULL, 2},
		{"server:\nmodule-config: \"validator iterator\"\n", NULL, 1},
		{"server:\nmodule-config: \"iterator\"\nserve-expired: yes\n", NULL, 2},
		{"server:\nmodule-config: \"dns64 validator iterator\"\n", "validator iterator", 2},
		{"server:\nmodule-config: \"respip dns64 iterator\"\n", "iterator", 2},
		{"server:\nmodule-config: \" dns64   iterator\"\nprefetch: yes\n", "iterator", 3},
		{"server:\nmodule-config: \"dns64 iterator\"\nmodule-config: iterator\n", NULL, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(rb_config_freep) struct rb_config *config = read_text(cases[i].text, 0);

		if (cases[i].modules)
			assert_string_equal(config->cd_modules, cases[i].modules);
		else
			assert_null(config->cd_modules);
		assert_int_equal(rb_config_contexts(config), cases[i].contexts);
	}
}

/* Otherwise: rrset-roundrobin: no gives some order that libunbound draws. */
static void whose_order_is_kept_libunbound_keeps_too(void **state)
{
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_text("server:\nrrset-roundrobin: no\n", 0);

	(void)state;
	assert_false(config->rrset_roundrobin);
	assert_non_null(strstr(config->resolver_text, "rrset-roundrobin: no"));
}

/* A value of this kind that the directive takes; top: the largest one. */
static void sample(const struct rb_directive *directive, enum rb_value_kind kind, bool top,
		   char *buffer, size_t bytes)
{
	static const char *const texts[] = {
		[RB_VALUE_TEXT] = "1",
		[RB_VALUE_YESNO] = "no",
		[RB_VALUE_NUMBERS] = "'1 2'",
		[RB_VALUE_SIZE] = "1m",
		[RB_VALUE_PORTS] = "0",
		[RB_VALUE_NETBLOCK] = "2001:db8::/32",
		[RB_VALUE_ADDRESS] = "192.0.2.1@53",
		[RB_VALUE_DOMAIN] = "a.example",
		[RB_VALUE_HOST] = "ns.example@53",
	};

	if (kind == RB_VALUE_NUMBER)
		snprintf(buffer, bytes, "%llu",
			 (unsigned long long)(top ? directive->max : directive->min));
	else if (top && kind == RB_VALUE_PORTS)
		snprintf(buffer, bytes, "0-32767");
	else
		snprintf(buffer, bytes, "%s", kind == RB_VALUE_YESNO && top ? "yes" : texts[kind]);
}

/* The directive alone in a file, as we read it and pass it on. */
static void assert_libunbound_takes(const struct rb_clause *clause,
				    const struct rb_directive *directive, bool top)
{
	_cleanup_(rb_config_freep) struct rb_config *config = NULL;
	_cleanup_(ub_ctx_deletep) struct ub_ctx *context = ub_ctx_create();
	char text[512], value[64];
	size_t used, i;

	used = (size_t)snprintf(text, sizeof(text), "%s:\n%s%s:", clause->name,
				clause->kind == RB_CLAUSE_SERVER ? "" : "name: a.example\n",
				directive->name);
	for (i = 0; i < RB_VALUES_MAX && directive->kinds[i]; i++) {
		sample(directive, directive->kinds[i], top, value, sizeof(value));
		used += (size_t)snprintf(text + used, sizeof(text) - used, " %s", value);
	}
	if (!strcmp(directive->name, "local-zone"))
		snprintf(text, sizeof(text), "server:\nlocal-zone: a.example deny");
	if (!strcmp(directive->name, "local-data-ptr"))
		snprintf(text, sizeof(text), "server:\nlocal-data-ptr: \"192.0.2.1 a.example\"");
	if (!strcmp(directive->name, "trust-anchor"))
		snprintf(text, sizeof(text), "server:\ntrust-anchor: \"a.example DS 1 13 2 00\"");
	assert_non_null(context);
	rb_config_read_text("t.conf", text, strlen(text), &config);
	if (!config->resolver_text ||
	    (clause->kind != RB_CLAUSE_AUTH && message_of(config, RB_MESSAGE_ERROR, 0)))
		fail_msg("we do not take: %s: %s", text, message_of(config, RB_MESSAGE_ERROR, 0));
	assert_non_null(strstr(config->resolver_text, directive->name));
	if (context_config(context, config->resolver_text))
		fail_msg("libunbound does not take: %s", config->resolver_text);
}

/* Otherwise: one line that we accept makes libunbound reject the whole file at start. */
static void libunbound_takes_every_directive_that_is_passed(void **state)
{
	const struct rb_directive *directive;
	size_t i, count = 0;

	(void)state;
	for (i = 0; i < rb_clause_count; i++) {
		for (directive = rb_clauses[i].directives; directive->name; directive++) {
			if (directive->newer || (!directive->passed && !directive->shared))
				continue;
			assert_libunbound_takes(&rb_clauses[i], directive, false);
			assert_libunbound_takes(&rb_clauses[i], directive, true);
			count++;
		}
	}
	assert_true(count > 100);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(option_cases)];
	const struct CMUnitTest single[] = {
		cmocka_unit_test(zones_and_files_are_passed),
		cmocka_unit_test(what_is_ours_is_not_passed),
		cmocka_unit_test(whose_order_is_kept_libunbound_keeps_too),
		cmocka_unit_test(modules_for_checking_disabled_are_those_without_dns64),
		cmocka_unit_test(libunbound_takes_every_directive_that_is_passed),
	};
	size_t i;
	int failed;

	for (i = 0; i < ARRAY_SIZE(option_cases); i++)
		tests[i] = (struct CMUnitTest){option_cases[i].name, option_reaches_libunbound,
					       NULL, NULL, (void *)&option_cases[i]};
	failed = cmocka_run_group_tests_name("options for libunbound", tests, NULL, NULL);
	return failed + cmocka_run_group_tests_name("text for libunbound", single, NULL, NULL);
}

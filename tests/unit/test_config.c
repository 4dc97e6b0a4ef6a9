/* SPDX-License-Identifier: BSD-2-Clause */
/* The grammar of unbound.conf and its values. */
#include "unit/config_fixture.h"

#define S "server:\n"

/* A snippet that is taken, and the field it sets. */
#define FIELD(name, text, field, expected)                                                         \
	{                                                                                          \
		name, text, offsetof(struct rb_config, field),                                     \
			sizeof(((struct rb_config *)NULL)->field), expected                        \
	}

static const struct field_case {
	const char *name;
	const char *text;
	size_t offset, width;
	uint64_t expected;
} field_cases[] = {
	FIELD("port", S "port: 5353", port, 5353),
	FIELD("default_port", "", port, 53),
	FIELD("no_space_behind_the_colon", S "port:5353", port, 5353),
	FIELD("value_on_the_next_line", S "port:\n  5353\n", port, 5353),
	FIELD("two_directives_in_a_line", S "verbosity: 0 port: 5353", port, 5353),
	FIELD("quoted_number", S "port: \"5353\"", port, 5353),
	FIELD("single_quoted_number", S "port: '5353'", port, 5353),
	FIELD("comment_behind_a_value", S "port: 5353 # not 53\n", port, 5353),
	FIELD("comment_without_newline", "# port: 1", port, 53),
	FIELD("carriage_returns", "server:\r\n\tport: 5353\r\n", port, 5353),
	FIELD("the_last_one_counts", S "port: 1\nport: 2\n", port, 2),
	FIELD("clauses_repeat", S "port: 1\nremote-control:\n" S "port: 2\n", port, 2),
	FIELD("yes", S "prefetch: yes", prefetch, 1),
	FIELD("no", S "rrset-roundrobin: no", rrset_roundrobin, 0),
	FIELD("roundrobin_is_the_default", "", rrset_roundrobin, 1),
	FIELD("prefetch_is_not", "", prefetch, 0),
	FIELD("sentinel_by_default", "", root_key_sentinel, 1),
	FIELD("no_sentinel", S "root-key-sentinel: no", root_key_sentinel, 0),
	FIELD("extended_errors", S "ede: yes", ede, 1),
	FIELD("no_extended_errors_by_default", "", ede, 0),
	FIELD("extended_errors_of_stale_records", S "ede-serve-expired: yes", ede_serve_expired, 1),
	FIELD("and_none_by_default", S "ede: yes", ede_serve_expired, 0),
	FIELD("serve_expired", S "serve-expired: yes", serve_expired, 1),
	FIELD("serve_expired_ttl", S "serve-expired-ttl: 86400", serve_expired_ttl_s, 86400),
	FIELD("serve_expired_for_ever", "", serve_expired_ttl_s, 0),
	FIELD("serve_expired_reply_ttl", "", serve_expired_reply_ttl_s, 30),
	FIELD("serve_expired_client_timeout", S "serve-expired-client-timeout: 1800",
	      serve_expired_client_timeout_ms, 1800),
	FIELD("skew_at_least", S "val-sig-skew-min: 7", val_sig_skew_min_s, 7),
	FIELD("skew_at_most", S "val-sig-skew-max: 8", val_sig_skew_max_s, 8),
	FIELD("skew_at_least_by_default", "", val_sig_skew_min_s, 3600),
	FIELD("skew_at_most_by_default", "", val_sig_skew_max_s, 86400),
	FIELD("date_as_signatures_have_it", S "val-override-date: \"20200601000000\"",
	      val_override_date, 1590969600),
	FIELD("date_in_seconds", S "val-override-date: 1590969600", val_override_date, 1590969600),
	FIELD("any_date", S "val-override-date: -1", val_override_date, UINT64_MAX),
	FIELD("date_of_today", S "val-override-date: 0", val_override_date, 0),
	FIELD("no_other_date", S "val-override-date: \"\"", val_override_date, 0),
	FIELD("xdp_off", S "xdp: no", xdp, 0),
	FIELD("xdp_is_the_default", "", xdp, 1),
	FIELD("steering", S "xdp-steer: yes", xdp_steer, 1),
	FIELD("no_steering_by_default", "", xdp_steer, 0),
	FIELD("zero_copy", S "xdp-zero-copy: yes", xdp_zero_copy, 1),
	FIELD("busy_poll", S "xdp-busy-poll: yes", xdp_busy_poll, 1),
	FIELD("ring_size", S "xdp-ring-size: 4096", xdp_ring_size, 4096),
	FIELD("ring_size_by_default", "", xdp_ring_size, 1024),
	FIELD("frames", S "xdp-frames: 2048", xdp_frames, 2048),
	FIELD("frames_before_their_ring", S "xdp-frames: 128\nxdp-ring-size: 64", xdp_frames, 128),
	FIELD("threads_of_the_file", S "num-threads: 1", num_threads_set, 1),
	FIELD("threads_by_the_machine", "", num_threads_set, 0),
	FIELD("size_m", S "hot-cache-size: 64m", hot_cache_bytes, 64 << 20),
	FIELD("size_G", S "hot-cache-size: 2G", hot_cache_bytes, 2ULL << 30),
	FIELD("size_with_unit", S "hot-cache-size: \"128 MB\"", hot_cache_bytes, 128 << 20),
	FIELD("size_in_bytes", S "hot-cache-size: 1048577", hot_cache_bytes, 1048577),
	FIELD("threads", S "num-threads: 4", num_threads, 4),
	FIELD("max_ttl", S "cache-max-ttl: 0", cache_max_ttl_s, 0),
	FIELD("udp_size", S "max-udp-size: 4096", max_udp_size, 4096),
};

/* Otherwise: the operator's settings are not what runbound works with. */
static void field_is_set(void **state)
{
	const struct field_case *c = *state;
	_cleanup_(rb_config_freep) struct rb_config *config = read_text(c->text, 0);
	uint64_t value = 0;

	memcpy(&value, (const char *)config + c->offset, c->width);
	assert_int_equal(value, c->expected);
	assert_int_equal(config->message_count, 0);
}

/* Otherwise: a file that Unbound 1.26 reads is refused for a name. */
static void names_of_newer_versions_are_known(void **state)
{
	static const struct {
		const char *clause, *name;
	} newer[] = {
		{"server", "iter-scrub-rrsig"},
		{"server", "val-validation-attempts"},
		{"server", "val-hash-attempts"},
		{"server", "max-transfer-size"},
		{"server", "max-transfer-time"},
		{"server", "tls-protocols"},
		{"cachedb", "redis-replica-server-host"},
		{"cachedb", "redis-replica-server-port"},
		{"cachedb", "redis-replica-server-path"},
		{"cachedb", "redis-replica-server-password"},
		{"cachedb", "redis-replica-timeout"},
		{"cachedb", "redis-replica-command-timeout"},
		{"cachedb", "redis-replica-connect-timeout"},
		{"cachedb", "redis-replica-logical-db"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(newer); i++)
		if (!rb_directive_find(rb_clause_find(newer[i].clause), newer[i].name))
			fail_msg("%s", newer[i].name);
}

/* Otherwise: a file of another kind crashes the reader or passes as a configuration. */
static void bytes_that_are_no_text_are_refused(void **state)
{
	struct rb_config *config = NULL;

	(void)state;
	assert_int_equal(rb_config_read_text("t.conf", "server:\0port: 1\n", 16, &config), -EINVAL);
	assert_string_equal(message_of(config, RB_MESSAGE_ERROR, 0), "t.conf: not a text file");
	rb_config_free(config);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(field_cases)];
	const struct CMUnitTest single[] = {
		cmocka_unit_test(names_of_newer_versions_are_known),
		cmocka_unit_test(bytes_that_are_no_text_are_refused),
	};
	size_t i;
	int failed;

	for (i = 0; i < ARRAY_SIZE(field_cases); i++)
		tests[i] = (struct CMUnitTest){field_cases[i].name, field_is_set, NULL, NULL,
					       (void *)&field_cases[i]};
	failed = cmocka_run_group_tests_name("config cases", tests, NULL, NULL);
	return failed + cmocka_run_group_tests_name("config", single, NULL, NULL);
}

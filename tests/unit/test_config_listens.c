/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the configuration has runbound listen, and to whom. */
#include <arpa/inet.h>

#include "unit/config_fixture.h"

#define S "server:\n"

/* Nothing is made of them here. */
#define KEYS "tls-service-key: /dev/null\ntls-service-pem: /dev/null\n"

static void assert_listens(const struct rb_config *config, const char *const *expected)
{
	static const char *const names[] = {
		[RB_SPEECH_DNS] = "", [RB_SPEECH_TLS] = " TLS", [RB_SPEECH_HTTPS] = " HTTPS"};
	size_t i;

	for (i = 0; i < config->listen_count; i++) {
		const struct sockaddr_storage *addr = &config->listens[i].addr;
		char ip[INET6_ADDRSTRLEN], text[80];
		const void *bytes = &((const struct sockaddr_in6 *)addr)->sin6_addr;
		unsigned int port = ntohs(((const struct sockaddr_in6 *)addr)->sin6_port);

		if (addr->ss_family == AF_INET)
			bytes = &((const struct sockaddr_in *)addr)->sin_addr;
		inet_ntop(addr->ss_family, bytes, ip, sizeof(ip));
		snprintf(text, sizeof(text), "%s@%u%s", ip, port, names[config->listens[i].speech]);
		assert_int_equal(config->listens[i].speech != RB_SPEECH_DNS,
				 i >= config->plain_count);
		assert_non_null(expected[i]);
		assert_string_equal(text, expected[i]);
	}
	assert_null(expected[i]);
}

static const struct listen_case {
	const char *name;
	const char *text;
	const char *expected[6];
} listen_cases[] = {
	{"default", "", {"127.0.0.1@53", "::1@53"}},
	{"default_port_changed", S "port: 5353", {"127.0.0.1@5353", "::1@5353"}},
	{"port_after_interface", S "interface: 192.0.2.1\nport: 5353", {"192.0.2.1@5353"}},
	{"port_of_its_own", S "interface: 192.0.2.1@54\nport: 5353", {"192.0.2.1@54"}},
	{"wildcards", S "interface: 0.0.0.0\ninterface: ::0", {"0.0.0.0@53", "::@53"}},
	{"old_name", S "ip-address: 2001:db8::1@5300", {"2001:db8::1@5300"}},
	{"no_ip6", S "interface: ::0\ninterface: 192.0.2.1\ndo-ip6: no", {"192.0.2.1@53"}},
	{"no_ip4", S "do-ip4: no", {"::1@53"}},
	{"automatic", S "interface-automatic: yes\ninterface: 192.0.2.1", {"0.0.0.0@53", "::@53"}},
	{"automatic_ports",
	 S "interface-automatic: yes\ninterface-automatic-ports: \"53 5353\"",
	 {"0.0.0.0@53", "::@53", "0.0.0.0@5353", "::@5353"}},
	{"tls_port_moved",
	 S "interface: 192.0.2.1@853\ninterface: 192.0.2.1@8853\ntls-port: 8853",
	 {"192.0.2.1@853"}},
	{"over_tls_behind_plain_ones",
	 S "interface: 192.0.2.1@853\ninterface: 192.0.2.1\ninterface: 192.0.2.1@8853\n"
	   "interface: 192.0.2.2\ntls-additional-port: 8853\n" KEYS,
	 {"192.0.2.1@53", "192.0.2.2@53", "192.0.2.1@853 TLS", "192.0.2.1@8853 TLS"}},
	{"over_tls_alone",
	 S "ssl-port: 8853\ninterface: 192.0.2.1@8853\n" KEYS,
	 {"192.0.2.1@8853 TLS"}},
	{"over_https",
	 S "interface: 192.0.2.1@443\ninterface: 192.0.2.1@8443\nhttps-port: 8443\n" KEYS,
	 {"192.0.2.1@443", "192.0.2.1@8443 HTTPS"}},
	{"over_https_in_clear",
	 S "http-notls-downstream: yes\ninterface: 192.0.2.1@443",
	 {"192.0.2.1@443 HTTPS"}},
	{"over_https_without_a_key",
	 S "interface: 192.0.2.1@443\ninterface: 192.0.2.1",
	 {"192.0.2.1@53"}},
	{"plain_at_853_where_tls_has_moved",
	 S "tls-port: 8853\ninterface: 192.0.2.1@853\n" KEYS,
	 {"192.0.2.1@853"}},
};

/* Otherwise: clients ask at an address where nobody listens. */
static void addresses_are_listened_on(void **state)
{
	const struct listen_case *c = *state;
	_cleanup_(rb_config_freep) struct rb_config *config = read_text(c->text, 0);

	assert_listens(config, c->expected);
}

/* Otherwise: `interface: eth0` serves nobody. lo is the interface that every host has. */
static void interface_name_stands_for_its_addresses(void **state)
{
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_text(S "do-ip6: no\ninterface: lo@5353\n", 0);

	(void)state;
	assert_listens(config, (const char *const[]){"127.0.0.1@5353", NULL});
	assert_string_equal(config->listens[0].file, "t.conf");
	assert_int_equal(config->listens[0].line, 3);
}

/* Otherwise: runbound starts and answers nobody. */
static void no_listen_is_an_error(void **state)
{
	_cleanup_(rb_config_freep) struct rb_config *neither =
		read_text(S "do-ip4: no\ndo-ip6: no\n", -EINVAL);
	_cleanup_(rb_config_freep) struct rb_config *mute =
		read_text(S "do-udp: no\ndo-tcp: no\n", -EINVAL);

	(void)state;
	assert_non_null(strstr(message_of(neither, RB_MESSAGE_ERROR, 0), "no address is left"));
	assert_non_null(strstr(message_of(mute, RB_MESSAGE_ERROR, 0), "no address is left"));
}

/* Otherwise: rules for some clients apply to others. */
static void access_control_is_kept_in_order(void **state)
{
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_text(S "access-control: 10.1.2.3/8 allow\n"
			    "access-control: 2001:db8::/33 allow_snoop\n"
			    "access-control: ::ffff:10.0.0.0/104 deny\n"
			    "access-control: 192.0.2.1 refuse_non_local\n",
			  0);
	const struct rb_acl_rule *rules = config->acl + config->acl_count - 3;
	static const uint8_t ten[16] = {[10] = 0xff, 0xff, 10};

	(void)state;
	assert_int_equal(config->acl_count, 4 + 3); /* Unbound's own, and no mapped one */
	assert_int_equal(rules[0].prefix, 96 + 8);
	assert_memory_equal(rules[0].addr, ten, sizeof(ten));
	assert_int_equal(rules[0].action, RB_ACL_ALLOW);
	assert_int_equal(rules[1].prefix, 33);
	assert_int_equal(rules[1].action, RB_ACL_ALLOW_SNOOP);
	assert_int_equal(rules[2].prefix, 128);
	assert_int_equal(rules[2].action, RB_ACL_REFUSE_NON_LOCAL);
}

/* Otherwise: a client of a view is refused by a configuration that serves it with Unbound. */
static void netblocks_with_a_view_or_tags_alone_are_allowed(void **state)
{
	static const char *const named[] = {
		"access-control-view: 10.0.0.0/8 v",
		"access-control-tag: 10.0.0.0/8 t",
		"access-control-tag-action: 10.0.0.0/8 t refuse",
		"access-control-tag-data: 10.0.0.0/8 t 'A 192.0.2.1'",
	};
	static const uint8_t ten[16] = {[10] = 0xff, 0xff, 10};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(named); i++) {
		_cleanup_(rb_config_freep) struct rb_config *config = NULL;
		_cleanup_free_ char *text = NULL;
		const struct rb_acl_rule *rule;
		bool denied = i % 2;

		assert_true(asprintf(&text, S "define-tag: t\n%s\n%sview: name: v\n", named[i / 2],
				     denied ? "access-control: 10.0.0.0/8 deny\n" : "") > 0);
		config = read_text(text, 0);
		rule = &config->acl[config->acl_count - 1];
		assert_memory_equal(rule->addr, ten, sizeof(ten));
		assert_int_equal(rule->action, denied ? RB_ACL_DENY : RB_ACL_ALLOW);
		/* What is said of tags alone says nothing of a client that has none. */
		assert_int_equal(rule->client_class, i / 2 < 2);
	}
}

int main(void)
{
	static const struct CMUnitTest fixed[] = {
		cmocka_unit_test(interface_name_stands_for_its_addresses),
		cmocka_unit_test(no_listen_is_an_error),
		cmocka_unit_test(access_control_is_kept_in_order),
		cmocka_unit_test(netblocks_with_a_view_or_tags_alone_are_allowed),
	};
	struct CMUnitTest tests[ARRAY_SIZE(listen_cases) + ARRAY_SIZE(fixed)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(listen_cases); i++)
		tests[i] = (struct CMUnitTest){.name = listen_cases[i].name,
					       .test_func = addresses_are_listened_on,
					       .initial_state = (void *)&listen_cases[i]};
	memcpy(tests + i, fixed, sizeof(fixed));
	return cmocka_run_group_tests_name("config listens", tests, NULL, NULL);
}

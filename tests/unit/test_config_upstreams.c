/* SPDX-License-Identifier: BSD-2-Clause */
/* Which servers are asked over TLS, what libunbound is told of them, and what does not go with TLS. */
#include "config/fingerprint.h"
#include "config/upstreams.h"
#include "unit/config_fixture.h"

#define S "server:\n"

/* A bundle that stands for one with certificates: nobody reads them here. */
#define BUNDLE "tls-cert-bundle: bundle.pem\n"

static struct lab lab;

static int lab_new(void **state)
{
	(void)state;
	lab_open(&lab);
	lab_file(&lab, "bundle.pem", "-----BEGIN CERTIFICATE-----\n");
	lab_file(&lab, "empty.pem", "nothing\n");
	lab_file(&lab, "b.zone", "@ 3600 SOA ns hostmaster 1 1800 900 604800 300\n@ NS ns\n");
	return 0;
}

static int lab_remove(void **state)
{
	(void)state;
	lab_close(&lab);
	return 0;
}

static struct rb_config *read_zones(const char *server, const char *zones, int err)
{
	char text[2048];

	snprintf(text, sizeof(text), "server:\ndirectory: %s\n%s%s", lab.path, server, zones);
	return read_text(text, err);
}

static bool has_message(const struct rb_config *config, const char *part)
{
	for (size_t i = 0; i < config->message_count; i++)
		if (strstr(config->messages[i].text, part))
			return true;
	return false;
}

#define FORWARD "forward-zone:\nname: a.example\nforward-tls-upstream: yes\n"
#define STUB    "stub-zone:\nname: a.example\nstub-tls-upstream: yes\n"
#define ADDR    "forward-addr: 192.0.2.1@853#dns.example\n"

static const struct refusal {
	const char *name, *server, *zones;
	const char *expected;
} refusals[] = {
	{"no_server", "", FORWARD,
	 "3: forward-zone a.example: over TLS it needs servers: forward-addr: "},
	{"no_server_of_a_stub", "", STUB,
	 "3: stub-zone a.example: over TLS it needs servers: stub-addr: "},
	{"host_in_its_own_zone", BUNDLE, FORWARD "forward-host: ns.a.example@853#dns.example\n",
	 "7: forward-host: ns.a.example@853#dns.example: its address would be asked of the servers "
	 "of forward-zone \"a.example\""},
	{"hosts_in_each_others_zones", BUNDLE,
	 FORWARD "forward-host: ns.b.example\nforward-zone:\nname: B.Example.\n"
		 "forward-host: NS.A.example.@5353\n",
	 "7: forward-host: ns.b.example: its address would be asked of the servers"},
	{"host_of_all_names", BUNDLE "tls-upstream: yes\n",
	 "forward-zone:\nname: .\nforward-host: dns.example#dns.example\n",
	 "7: forward-host: dns.example#dns.example: its address would be asked of the servers"},
	{"host_that_is_none", BUNDLE, FORWARD "forward-host: a\\.b#dns.example\n",
	 "7: forward-host: 'a\\.b' is no name of a host"},
	{"primed_stub", "", STUB "stub-addr: 192.0.2.1\nstub-prime: yes\n",
	 "7: stub-prime: not with TLS"},
	{"all_without_root", "tls-upstream: yes\n", "",
	 "3: tls-upstream: without a forward-zone for \".\""},
	{"all_with_a_stub", BUNDLE "ssl-upstream: yes\n",
	 "forward-zone:\nname: .\n" ADDR "stub-zone:\nname: a.example\nstub-addr: 192.0.2.1\n",
	 "8: stub-zone a.example: not with tls-upstream"},
	{"all_or_others", BUNDLE "tls-upstream: yes\n",
	 "forward-zone:\nname: .\nforward-first: yes\n" ADDR,
	 "7: forward-first: not with tls-upstream"},
	{"no_ip4", BUNDLE "do-ip4: no\n", FORWARD ADDR, "not over TLS with do-ip4: no"},
	{"no_tcp", BUNDLE "do-tcp: no\n", FORWARD ADDR, "not over TLS with do-tcp: no"},
	{"no_tcp_to_upstreams", BUNDLE "outgoing-num-tcp: 0\n", FORWARD ADDR,
	 "not over TLS with outgoing-num-tcp: 0"},
	{"ip6_alone", BUNDLE "outgoing-interface: 2001:db8::1\n", FORWARD ADDR,
	 "not over TLS with outgoing-interface: without an IPv4 address"},
	{"bundle_that_is_not_there", "tls-cert-bundle: none.pem\n", FORWARD ADDR,
	 "3: tls-cert-bundle: cannot read '"},
	{"bundle_without_certificates", "tls-cert-bundle: empty.pem\n", FORWARD ADDR,
	 "3: tls-cert-bundle: no certificate is in 'empty.pem'"},
	{"name_that_is_none", BUNDLE, FORWARD "forward-addr: 192.0.2.1#a\\.b\n",
	 "is no name of a host"},
	{"block_too_large", "pad-queries-block-size: 4096\n", "",
	 "3: pad-queries-block-size: expected a number from 1 to 1024"},
};

/* Otherwise: questions go where they should not, or nowhere, and nobody says so. */
static void what_does_not_go_with_tls_is_refused(void **state)
{
	const struct refusal *c = *state;
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_zones(c->server, c->zones, -EINVAL);

	if (!has_message(config, c->expected))
		fail_msg("%s", config->message_count ? config->messages[0].text : "no message");
}

/* Otherwise: the operator believes more than holds. */
static void what_does_not_hold_is_said(void **state)
{
	static const struct {
		const char *server, *zones, *expected;
	} cases[] = {
		{"", FORWARD "forward-addr: 192.0.2.1\n",
		 "6: forward-addr: 192.0.2.1: without a name (#name) it is not verified who answers"},
		{BUNDLE, FORWARD "forward-first: yes\n" ADDR,
		 "7: forward-first: while its servers fail, others are asked, in clear text"},
		{BUNDLE "outgoing-interface: 192.0.2.7\noutgoing-interface: 2001:db8::/64\n",
		 FORWARD ADDR,
		 "5: outgoing-interface: what is asked over TLS does not leave from a netblock's"},
		{BUNDLE, FORWARD "forward-host: dns.example\n",
		 "7: forward-host: dns.example: without a name (#name) it is not verified"},
		/* As Unbound, which never finds it. */
		{"", "forward-zone:\nname: .\nforward-host: dns.example\n",
		 "5: forward-host: dns.example: its address would be asked of the servers of "
		 "forward-zone \".\""},
		{"", "stub-zone:\nname: a.example\nstub-host: ns.a.example\n",
		 "5: stub-host: ns.a.example: its address would be asked of the servers of "
		 "stub-zone \"a.example\""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(rb_config_freep) struct rb_config *config =
			read_zones(cases[i].server, cases[i].zones, 0);

		assert_true(has_message(config, cases[i].expected));
	}
}

/* Otherwise: libunbound asks in clear text what was to be asked over TLS. */
static void libunbound_is_told_no_address_of_theirs(void **state)
{
	_cleanup_(rb_config_freep) struct rb_config *config = read_zones(
		BUNDLE
		"outgoing-interface: 192.0.2.7\ntls-use-sni: no\npad-queries-block-size: 64\n",
		"forward-zone:\nname: clear.example\nforward-addr: 192.0.2.9\n"
		"forward-zone:\nname: a.example\n" ADDR "forward-addr: 2001:db8::1#dns.example.\n"
		"forward-tcp-upstream: yes\nforward-tls-upstream: yes\n"
		"stub-zone:\nname: b.example\nstub-addr: 192.0.2.2@8853#b.example\n"
		"stub-ssl-upstream: yes\n",
		0);
	const struct rb_tls_server *servers = config->tls_servers;

	(void)state;
	assert_null(strstr(config->resolver_text, "addr: 192.0.2.1"));
	assert_null(strstr(config->resolver_text, "addr: 2001:db8"));
	assert_null(strstr(config->resolver_text, "tls-"));
	assert_non_null(strstr(config->resolver_text, "\tforward-tcp-upstream: yes\n"));
	assert_non_null(strstr(config->resolver_text, "\tstub-tcp-upstream: yes\n"));
	assert_non_null(strstr(config->resolver_text, "\tforward-addr: 192.0.2.9\n"));
	assert_non_null(strstr(config->resolver_text, "\tforward-addr: 127.0.0.0@1 # over TLS\n"));
	assert_non_null(strstr(config->resolver_text, "\tstub-addr: 127.0.0.0@2 # over TLS\n"));
	assert_int_equal(config->tls_server_count, 3);
	assert_string_equal(servers[0].name, "dns.example");
	assert_string_equal(servers[1].name, "dns.example");
	assert_string_equal(servers[2].text, "192.0.2.2@8853#b.example");
	assert_int_equal(((const struct sockaddr_in6 *)&servers[1].addr)->sin6_port, htons(853));
	assert_int_equal(((const struct sockaddr_in *)&servers[2].addr)->sin_port, htons(8853));
	assert_int_equal(servers[1].zone, 0);
	assert_int_equal(servers[2].zone, 1);
	assert_int_equal(config->tls_source_count, 1);
	assert_int_equal(config->pad_queries_block_size, 64);
	assert_non_null(strstr(config->tls_authorities, "-----BEGIN"));
}

/* Otherwise: a host that can be looked up is refused, or asked at another port. */
static void hosts_are_looked_up_where_that_leads_elsewhere(void **state)
{
	static const struct {
		const char *zones, *host;
		uint16_t port;
	} cases[] = {
		{FORWARD "forward-host: dns.example.@8853#dns.example\n", "dns.example.", 8853},
		{FORWARD "forward-host: nota.example#dns.example\n", "nota.example", 853},
		{FORWARD "forward-host: ns.a.example#dns.example\nforward-addr: 192.0.2.1\n",
		 "ns.a.example", 853},
		{FORWARD "forward-host: ns.a.example#dns.example\nforward-first: yes\n",
		 "ns.a.example", 853},
		{FORWARD "forward-host: ns.b.a.example@853\n"
			 "forward-zone:\nname: b.a.example\nforward-addr: 192.0.2.2\n",
		 "ns.b.a.example", 853},
		{FORWARD "forward-host: ns.b.a.example@853\n"
			 "auth-zone:\nname: b.a.example\nzonefile: b.zone\n",
		 "ns.b.a.example", 853},
		{STUB "stub-host: ns.c.example\nforward-zone:\nname: c.example\n"
		      "forward-host: ns.d.example\n",
		 "ns.c.example", 853},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(rb_config_freep) struct rb_config *config =
			read_zones(BUNDLE, cases[i].zones, 0);

		assert_false(has_message(config, "its address would be asked"));
		assert_string_equal(config->tls_servers[0].host, cases[i].host);
		assert_int_equal(config->tls_servers[0].port, cases[i].port);
		assert_non_null(strstr(config->resolver_text, "-addr: 127.0.0.0@1 # over TLS\n"));
		assert_null(strstr(config->resolver_text, "-host: ns.b"));
	}
}

/* Otherwise: what other people's configurations have, /etc/ssl and a chroot, does not start. */
static void certificates_are_outside_of_the_root_that_unbound_changes_to(void **state)
{
	static const char *const servers[] = {
		("chroot: /nonexistent\n" BUNDLE),
		"chroot: \"%s\"\ntls-cert-bundle: %s/bundle.pem\n",
		"chroot: /nonexistent\ntls-cert-bundle: %s/bundle.pem\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(servers); i++) {
		_cleanup_(rb_config_freep) struct rb_config *config = NULL;
		char server[512];

		snprintf(server, sizeof(server), servers[i], lab.path, lab.path);
		config = read_zones(server, FORWARD ADDR, 0);
		assert_non_null(strstr(config->tls_authorities, "-----BEGIN"));
	}
}

/* Otherwise: a reload to other servers leaves the answers of the former ones in the table. */
static void other_servers_may_have_other_answers(void **state)
{
	_cleanup_(rb_config_freep) struct rb_config *one = read_zones(BUNDLE, FORWARD ADDR, 0);
	_cleanup_(rb_config_freep) struct rb_config *other =
		read_zones(BUNDLE, FORWARD "forward-addr: 192.0.2.2@853#dns.example\n", 0);

	(void)state;
	assert_int_not_equal(rb_config_fingerprint(one), rb_config_fingerprint(other));
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(refusals) + 5] = {
		cmocka_unit_test(what_does_not_hold_is_said),
		cmocka_unit_test(libunbound_is_told_no_address_of_theirs),
		cmocka_unit_test(certificates_are_outside_of_the_root_that_unbound_changes_to),
		cmocka_unit_test(hosts_are_looked_up_where_that_leads_elsewhere),
		cmocka_unit_test(other_servers_may_have_other_answers),
	};

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		tests[i + 5] = (struct CMUnitTest){
			.name = refusals[i].name,
			.test_func = what_does_not_go_with_tls_is_refused,
			.initial_state = (void *)&refusals[i],
		};
	return cmocka_run_group_tests(tests, lab_new, lab_remove);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The records by which clients learn of us. */
#include "dns/name.h"
#include "unit/config_fixture.h"

/* Nothing is made of them here. */
#define KEYS "tls-service-key: /dev/null\ntls-service-pem: /dev/null\n"
#define S    "server:\n" KEYS

static const struct discovery_case {
	const char *name;
	const char *text;
	const char *owner; /* the first record of this owner is asked for */
	const char *rdata; /* NULL: there is none; its bytes, as RFC 9460 and 9606 have them */
	size_t rdata_len;
	const char *warning;
} cases[] = {
	{"nothing_unasked", S "interface: 192.0.2.1@853", "_dns.resolver.arpa", .rdata = NULL},
#define BYTES(text) .rdata = (text), .rdata_len = sizeof(text) - 1
	{"tls_at_one_address", S "interface: 192.0.2.1@853\ndesignated-resolver: dns.example.",
	 "_dns.resolver.arpa",
	 BYTES("\0\1\3dns\7example\0" /* priority, target */
	       "\0\1\0\4\3dot"        /* alpn */
	       "\0\3\0\2\3\x55"       /* port */
	       "\0\4\0\4\xc0\0\2\1")},
	{"https_at_all_addresses",
	 S "interface: 0.0.0.0@443\nhttp-endpoint: /q\ndesignated-resolver: d",
	 "_dns.resolver.arpa",
	 BYTES("\0\1\1d\0"
	       "\0\1\0\3\2h2"
	       "\0\3\0\2\1\xbb"
	       "\0\7\0\10/q{?dns}")},
	{"all_addresses_that_the_name_has",
	 S "interface: 0.0.0.0@853\ninterface: ::0@443\ndesignated-resolver: d\n"
	   "local-data: \"D. A 192.0.2.1\"\nlocal-data: \"d. A 192.0.2.2\"\n"
	   "local-data: \"d. AAAA 2001:db8::1\"",
	 "_dns.resolver.arpa",
	 BYTES("\0\1\1d\0"
	       "\0\1\0\4\3dot"
	       "\0\3\0\2\3\x55"
	       "\0\4\0\10\xc0\0\2\1\xc0\0\2\2")},
	{"by_its_name_too",
	 S "interface: ::1@853\ninterface: 2001:db8::1@853\n"
	   "designated-resolver: d",
	 "_dns.d",
	 BYTES("\0\1\1d\0"
	       "\0\1\0\4\3dot"
	       "\0\3\0\2\3\x55"
	       "\0\6\0\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1")},
	{"loopback_is_nobodys", S "interface: 127.0.0.1@853\ndesignated-resolver: d",
	 "_dns.resolver.arpa", .warning = "there is nothing to tell of"},
	{"behind_a_proxy",
	 S "interface: 192.0.2.1@853\nproxy-protocol-port: 853\n"
	   "proxy-protocol-allow: 192.0.2.2\ndesignated-resolver: d",
	 "_dns.resolver.arpa", .warning = "there is nothing to tell of"},
	{"what_it_does", S "resolver-info: yes", "resolver.arpa", BYTES("\10qnamemin")},
	{"what_it_may_say",
	 S "resolver-info: yes\nede: yes\nserve-expired: yes\n"
	   "ede-serve-expired: yes\nqname-minimisation: no",
	 "resolver.arpa", BYTES("\25exterr=0,3,6,15,17-20")},
	{"nothing_to_tell", S "resolver-info: yes\nqname-minimisation: no", "resolver.arpa",
	 .warning = "there is nothing to tell"},
};

static const struct rb_local_rr *find(const struct rb_local *local, const char *owner)
{
	uint8_t name[RB_NAME_MAX];
	int len = rb_name_from_text(owner, name);

	for (size_t i = 0; i < local->rr_count; i++)
		if (rb_name_equal(local->bytes + local->rrs[i].owner, local->rrs[i].owner_len, name,
				  (size_t)len))
			return &local->rrs[i];
	return NULL;
}

static void test_case(void **state)
{
	const struct discovery_case *c = *state;
	_cleanup_(rb_config_freep) struct rb_config *config = read_text(c->text, 0);
	const struct rb_local_rr *rr = find(&config->local, c->owner);
	const char *warning = message_of(config, RB_MESSAGE_WARNING, 0);

	if (c->warning)
		assert_non_null(warning);
	assert_true(!c->warning || strstr(warning, c->warning));
	assert_int_equal(rr != NULL, c->rdata != NULL);
	if (!rr)
		return;
	assert_int_equal(rr->type, strstr(c->owner, "_dns") ? 64 : 261);
	assert_int_equal(rr->rdata_len, c->rdata_len);
	assert_memory_equal(config->local.bytes + rr->rdata, c->rdata, c->rdata_len);
}

/* The name's other records, which the world has, stay to be seen; what the operator says is left. */
static void test_zone_of_the_name(void **state)
{
	static const struct {
		const char *text;
		enum rb_zone_type expected;
	} zones[] = {
		{S "resolver-info: yes\ndesignated-resolver: d", RB_ZONE_TYPETRANSPARENT},
		{S "resolver-info: yes\ndesignated-resolver: d\nlocal-zone: d static",
		 RB_ZONE_STATIC},
		{S "resolver-info: yes\ndesignated-resolver: d\nlocal-data: \"d A 192.0.2.1\"",
		 RB_ZONE_NONE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		_cleanup_(rb_config_freep) struct rb_config *config = read_text(zones[i].text, 0);
		const struct rb_local *local = &config->local;
		enum rb_zone_type type = RB_ZONE_NONE;

		for (size_t j = 0; j < local->zone_count; j++)
			if (local->zones[j].name_len == 3)
				type = local->zones[j].type;
		assert_int_equal(type, zones[i].expected);
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + 1];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){cases[i].name, test_case, NULL, NULL,
					       (void *)&cases[i]};
	tests[i] = (struct CMUnitTest)cmocka_unit_test(test_zone_of_the_name);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

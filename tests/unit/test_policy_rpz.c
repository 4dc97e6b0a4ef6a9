/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What response policy zones and response-ip say of questions and responses. Every case was seen of
 * Unbound 1.17 with the same lines, but for those of runbound's own.
 */
#include "config_fixture.h"
#include "policy_fixture.h"
#include "rpz_fixture.h"

#include "lib/message.h"

#include "policy/acl.h"
#include "policy/edit.h"
#include "policy/respond.h"
#include "util/blob.h"

/* Response policy zones: %s is the first one's file, then the second one's. */
static const char rpz_conf[] = "server:\n"
			       "define-tag: 't0'\n"
			       "access-control-tag: 192.0.2.1/32 't0'\n"
			       "access-control-view: 192.0.2.2/32 alone\n"
			       "local-zone: lz static\n"
			       "local-data: 'a.lz A 192.0.2.1'\n"
			       "local-zone: re redirect\n"
			       "local-data: 're CNAME to.example'\n"
			       "response-ip: 203.0.113.64/26 redirect\n"
			       "response-ip-data: 203.0.113.64/26 '300 A 192.0.2.64'\n"
			       "response-ip: 203.0.113.128/28 deny\n"
			       "response-ip: 203.0.113.144/28 always_nxdomain\n"
			       "response-ip: 203.0.113.160/28 always_refuse\n"
			       "response-ip: 203.0.113.176/28 inform\n"
			       "response-ip: 203.0.113.192/28 redirect\n"
			       "response-ip: 2001:db8:1::/48 redirect\n"
			       "response-ip-data: 2001:db8:1::/48 'CNAME garden.example'\n"
			       "view:\n"
			       "name: alone\n"
			       "response-ip: 203.0.113.1/32 always_nxdomain\n"
			       "rpz:\n"
			       "name: one\n"
			       "zonefile: %s\n"
			       "rpz:\n"
			       "name: two\n"
			       "zonefile: %s\n"
			       "rpz-signal-nxdomain-ra: yes\n"
			       "rpz:\n"
			       "name: tagged\n"
			       "zonefile: %s\n"
			       "tags: 't0'\n"
			       "rpz-action-override: nodata\n"
			       "rpz:\n"
			       "name: off\n"
			       "zonefile: %s\n"
			       "rpz-action-override: disabled\n"
			       "rpz-log: yes\n";

static const char *const rpz_zones[RPZ_ZONES] = {
	"$ORIGIN one.\n$TTL 300\n@ SOA ns.one. host.one. 1 2 3 4 5\n@ NS ns.one.\n"
	"nx CNAME .\nnd CNAME *.\npt CNAME rpz-passthru.\ndr CNAME rpz-drop.\n"
	"tc CNAME rpz-tcp-only.\n*.wild CNAME .\nld A 192.0.2.7\nld TXT hello\n"
	"cn CNAME target.example.\n*.wc CNAME *.garden.example.\na.lz CNAME .\n"
	"b.a.ent CNAME .\n*.ent CNAME *.\nUPPER CNAME .\nnx CNAME .\nch CH A 192.0.2.8\n"
	"32.3.2.0.192.rpz-client-ip CNAME rpz-drop.\n"
	"32.4.2.0.192.rpz-client-ip CNAME rpz-passthru.\n"
	"24.0.2.0.192.rpz-client-ip A 192.0.2.99\n"
	"32.9.113.0.203.rpz-ip CNAME .\n32.10.113.0.203.rpz-ip A 192.0.2.10\n"
	"128.9.zz.db8.2001.rpz-ip CNAME *.\n"
	"rpz-nsdname CNAME .\nodd CNAME rpz-nothing.\nx.re CNAME .\n",
	("$ORIGIN two.\n$TTL 300\n@ SOA ns.two. host.two. 1 2 3 4 5\n"
	 "nx2 CNAME .\nnx CNAME *.\npt CNAME .\n"),
	"$ORIGIN tagged.\n$TTL 300\n@ SOA ns.two. host.two. 1 2 3 4 5\ntg CNAME .\n",
	"$ORIGIN off.\n$TTL 300\n@ SOA ns.two. host.two. 1 2 3 4 5\noff CNAME .\n",
};

static const struct policy_case rpz_cases[] = {
	{NULL, "nx", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "x.nx", RB_TYPE_A, "pass"},
	{NULL, "nd", RB_TYPE_A, "answer 0 blocked"},
	{NULL, "pt", RB_TYPE_A, "pass passthru"}, /* and no later zone is asked */
	{NULL, "dr", RB_TYPE_A, "drop blocked"},
	{NULL, "tc", RB_TYPE_A, "answer 0 by address truncated"},
	{NULL, "x.wild", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "x.y.wild", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "wild", RB_TYPE_A, "pass"},
	{NULL, "ld", RB_TYPE_A, "answer 0: 192.0.2.7"},
	{NULL, "ld", RB_TYPE_TXT, "answer 0: type 16"},
	{NULL, "ld", RB_TYPE_MX, "answer 0"},
	{NULL, "cn", RB_TYPE_A, "alias target.example."},
	{NULL, "cn", RB_TYPE_CNAME, "answer 0: type 5"},
	{NULL, "x.wc", RB_TYPE_A, "alias x.wc.garden.example."},
	{NULL, "a.lz", RB_TYPE_A, "answer 0: 192.0.2.1"}, /* local zones come first */
	{NULL, "x.re", RB_TYPE_A, "answer 3 blocked"},    /* but for their aliases */
	{NULL, "y.re", RB_TYPE_A, "alias to.example."},
	{NULL, "upper", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "nx2", RB_TYPE_A, "answer 3 blocked without RA"},
	{NULL, "odd", RB_TYPE_A, "pass"},
	{NULL, "ch", RB_TYPE_A, "pass"},
	{NULL, "off", RB_TYPE_A, "pass log"},
	/* The closest encloser is the one that sorts before: see trigger_find(). */
	{NULL, "x.ent", RB_TYPE_A, "answer 0 blocked"},
	{NULL, "c.a.ent", RB_TYPE_A, "pass"},
	{NULL, "a.a.ent", RB_TYPE_A, "answer 0 blocked"},
	{NULL, "tg", RB_TYPE_A, "pass"},
	{"192.0.2.3", "x", RB_TYPE_A, "drop by address blocked"},
	{"192.0.2.4", "nx", RB_TYPE_A, "pass by address passthru"},
	{"192.0.2.1", "x", RB_TYPE_A, "answer 0: 192.0.2.99 by address"}, /* the netblock around */
};

static struct rb_config *rpz_config(void)
{
	return rpz_config_read(rpz_conf, rpz_zones);
}

/* Otherwise: what an operator's feed lists would be open, or what it lets pass would not. */
static void response_policy_zones_decide_on_names_and_clients(void **state)
{
	(void)state;
	cases_check(rpz_config(), rpz_cases, ARRAY_SIZE(rpz_cases));
}

/* Otherwise: an operator would believe that all triggers are used. */
static void triggers_that_are_ignored_are_said(void **state)
{
	struct rb_config *config = rpz_config();

	(void)state;
	assert_non_null(strstr(message_of(config, RB_MESSAGE_WARNING, 0),
			       ":20: rpz: 21 triggers are used; ignored from here on: 3 that are "
			       "no trigger or action"));
	rb_config_free(config);
}

/* Otherwise: the kernel would answer clients for whom a zone has something else. */
static void clients_that_a_zone_names_are_kept_from_the_kernel(void **state)
{
	struct rb_config *config = rpz_config();
	uint8_t addr[16] = {[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 3};
	struct rb_acl *acl;

	(void)state;
	assert_int_equal(rb_acl_new(config->acl, config->acl_count, &acl), 0);
	assert_true(rb_acl_find(acl, addr).apart);
	assert_int_equal(rb_acl_find(acl, addr).action, RB_ACL_REFUSE);
	addr[15] = 1; /* of a class of its own, and inside of a netblock that the zone names */
	assert_true(rb_acl_find(acl, addr).apart);
	assert_true(rb_acl_find(acl, addr).class_id);
	addr[14] = 3;
	assert_false(rb_acl_find(acl, addr).apart);
	rb_acl_free(acl);
	rb_config_free(config);
}

static const struct response_case responses[] = {
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.1\n", "pass", 0, NULL, NULL,
	 NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.9\n", "answer 3 blocked", 0,
	 NULL, NULL, NULL},
	{NULL, "x.example", RB_TYPE_A,
	 "x.example. 300 A 203.0.113.1\nx.example. 300 A 203.0.113.10\n", "answer 0: 192.0.2.10", 0,
	 "x.example.", NULL, NULL},
	{NULL, "x.example", RB_TYPE_AAAA, "x.example. 300 AAAA 2001:db8::9\n", "answer 0 blocked",
	 0, NULL, NULL, NULL},
	{NULL, "x.example", RB_TYPE_A,
	 "x.example. 300 CNAME y.example.\ny.example. 300 A 203.0.113.65\n", "answer 0: 192.0.2.64",
	 1, "y.example.", NULL, NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.193\n", "answer 0", 0, NULL,
	 NULL, NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.129\n", "drop", 0, NULL, NULL,
	 NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.145\n", "answer 3 blocked", 0,
	 NULL, NULL, NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.161\n", "answer 5 blocked", 0,
	 NULL, NULL, NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.177\n", "pass inform", 0, NULL,
	 NULL, NULL},
	{NULL, "x.example", RB_TYPE_AAAA, "x.example. 300 AAAA 2001:db8:1::1\n",
	 "alias garden.example.", 0, "x.example.", NULL, NULL},
	/* Names on the way. */
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 CNAME nx.\nnx. 300 A 203.0.113.1\n",
	 "answer 3 blocked", 1, "nx.", NULL, NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 CNAME ld.\nld. 300 A 203.0.113.9\n",
	 "answer 0: 192.0.2.7", 1, "ld.", NULL, NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 CNAME pt.\npt. 300 A 203.0.113.9\n",
	 "pass passthru", 0, NULL, NULL, NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 CNAME pt.\npt. 300 A 203.0.113.145\n",
	 "answer 3 blocked passthru", 1, NULL, NULL, NULL},
	{NULL, "x.example", RB_TYPE_CNAME, "x.example. 300 CNAME nx.\n", "pass", 0, NULL, NULL,
	 NULL},
	/* A view without view-first is all that there is for its clients. */
	{"192.0.2.2", "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.1\n", "answer 3 blocked",
	 0, NULL, NULL, NULL},
	{"192.0.2.2", "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.145\n", "pass", 0, NULL,
	 NULL, NULL},
};

/* Otherwise: addresses that are to be hidden would be seen, or others would not. */
static void responses_are_judged_by_names_and_addresses(void **state)
{
	struct rb_config *config = rpz_config();

	(void)state;
	responses_check(config, responses, ARRAY_SIZE(responses));
	rb_config_free(config);
}

/* The switched zones are whole again afterwards. */
static void switch_check(struct rb_config *config, enum rb_policy_verb verb, const char *zone,
			 const char *wrong, const char *verdict)
{
	static const uint8_t name[] = "\2nx";
	const struct rb_policy_question question = {name, sizeof(name), RB_TYPE_A, RB_CLASS_IN};
	const char *said_wrong[1];
	struct rb_policy_change change = {verb, NULL, &zone, 1, said_wrong};
	const struct rb_policy_client anybody = {0};
	struct rb_policy_verdict decided;
	struct rb_policy_images images;
	struct rb_policy policy;
	char said[VERDICT_ROOM];

	rb_policy_switch(&config->local, &config->policy, &change, &images);
	assert_int_equal(!said_wrong[0], !wrong);
	rb_policy_images_unref(&config->policy);
	config->policy = images;
	assert_int_equal(rb_policy_open_images(&config->policy, &policy), 0);
	rb_policy_decide(&policy, &question, &anybody, &decided);
	verdict_text(&decided, &question, said);
	assert_string_equal(said, verdict);
}

/* Otherwise: an operator could not let pass at once what a feed has listed by mistake. */
static void zones_are_switched_off_and_on(void **state)
{
	struct rb_config *config = rpz_config();

	(void)state;
	switch_check(config, RB_POLICY_RPZ_DISABLE, "one.", NULL, "answer 0 blocked");
	switch_check(config, RB_POLICY_RPZ_DISABLE, "TWO", NULL, "pass");
	switch_check(config, RB_POLICY_RPZ_DISABLE, "three", "not there", "pass");
	switch_check(config, RB_POLICY_RPZ_ENABLE, "one", NULL, "answer 3 blocked");
	rb_config_free(config);
}

static const uint8_t damaged_names[][16] = {"\2nx", "\1x\4wild", "\1c\1a\3ent", "\1x\2wc"};

/*
 * Otherwise: whoever could write to the image would have every process that decides read his
 * memory.
 */
static void a_damaged_zone_is_read_inside(void **state)
{
	struct rb_config *config = rpz_config();
	ldns_pkt *packet = message_new("x.example", RB_TYPE_A);
	const struct rb_policy_client client = {
		.addr = (const uint8_t[16]){[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2}};
	size_t bytes = rb_blob_len(config->policy.zones), len;
	uint8_t *copy = malloc(bytes), *wire;

	(void)state;
	assert_non_null(copy);
	message_push(packet, LDNS_SECTION_ANSWER,
		     "x.example. 300 CNAME nx.\nnx. 300 A 203.0.113.9\n");
	assert_int_equal(ldns_pkt2wire(&wire, packet, &len), LDNS_STATUS_OK);
	memcpy(copy, rb_blob_bytes(config->policy.zones), bytes);
	for (size_t at = 0; at < bytes; at++) {
		struct rb_policy_response response;
		struct rb_policy_verdict verdict;
		struct rb_policy policy;

		copy[at] ^= 0xff;
		for (size_t i = 0; i < ARRAY_SIZE(damaged_names); i++) {
			const struct rb_policy_question question = {
				damaged_names[i],
				(uint16_t)strlen((const char *)damaged_names[i]) + 1, RB_TYPE_A,
				RB_CLASS_IN};

			if (rb_policy_open(copy, bytes, &policy))
				continue;
			rb_policy_decide(&policy, &question, &client, &verdict);
			rb_policy_respond(&policy, &question, &client, wire, len, &response);
		}
		copy[at] ^= 0xff;
	}
	free(copy);
	free(wire);
	message_freep(&packet);
	rb_config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(response_policy_zones_decide_on_names_and_clients),
		cmocka_unit_test(triggers_that_are_ignored_are_said),
		cmocka_unit_test(clients_that_a_zone_names_are_kept_from_the_kernel),
		cmocka_unit_test(responses_are_judged_by_names_and_addresses),
		cmocka_unit_test(zones_are_switched_off_and_on),
		cmocka_unit_test(a_damaged_zone_is_read_inside),
	};

	return cmocka_run_group_tests_name("policy, RPZ", tests, NULL, NULL);
}

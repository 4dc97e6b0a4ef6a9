/* SPDX-License-Identifier: BSD-2-Clause */
/* What the triggers of response policy zones on name servers say of the responses that show these. */
#include "config_fixture.h"
#include "policy_fixture.h"
#include "rpz_fixture.h"

#include "lib/message.h"

#include "control/explain.h"
#include "dns/name.h"
#include "policy/acl.h"
#include "policy/respond.h"
#include "policy/servers.h"

/* %s: the file of each zone. */
static const char conf[] = "server:\n"
			   "define-tag: 't0'\n"
			   "access-control-tag: 192.0.2.1/32 't0'\n"
			   "access-control-view: 192.0.2.2/32 alone\n"
			   "response-ip: 203.0.113.160/28 always_refuse\n"
			   "view:\n"
			   "name: alone\n"
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

/* A view, and no zone that is for some clients alone. */
static const char view_conf[] = "server:\n"
				"access-control-view: 192.0.2.2/32 alone\n"
				"define-tag: 't0'\n"
				"access-control-tag: 192.0.2.1/32 't0'\n"
				"view:\n"
				"name: alone\n"
				"rpz:\n"
				"name: one\n"
				"zonefile: %s\n";

static const char *const zones[RPZ_ZONES] = {
	("$ORIGIN one.\n$TTL 300\nld A 192.0.2.7\n32.10.113.0.203.rpz-ip A 192.0.2.10\n"
	 "ns.EXAMPLE.rpz-nsdname CNAME .\n*.evil.rpz-nsdname CNAME *.\n"
	 "ns.data.rpz-nsdname A 192.0.2.12\nns.alias.rpz-nsdname CNAME garden.example.\n"
	 "ns.drop.rpz-nsdname CNAME rpz-drop.\nns.tcp.rpz-nsdname CNAME rpz-tcp-only.\n"
	 "ns.pass.rpz-nsdname CNAME rpz-passthru.\n"
	 "24.0.100.51.198.rpz-nsip A 192.0.2.11\n48.zz.2.db8.2001.rpz-nsip CNAME .\n"
	 "rpz-nsdname CNAME .\nns.odd.rpz-nsdname CNAME rpz-nothing.\n999.rpz-nsip CNAME .\n"),
	("$ORIGIN two.\n$TTL 300\n32.7.113.0.203.rpz-ip CNAME *.\n"
	 "ns.two.rpz-nsdname CNAME .\nns.pass.rpz-nsdname CNAME .\nx.evil.rpz-nsdname CNAME .\n"),
	"$ORIGIN tagged.\n$TTL 300\nns.tagged.rpz-nsdname CNAME .\n",
	"$ORIGIN off.\n$TTL 300\nns.off.rpz-nsdname CNAME .\n",
};

static struct rb_config *config_make(void)
{
	return rpz_config_read(conf, zones);
}

/* Otherwise: an operator would believe that every name server is seen. */
static void what_triggers_on_servers_see_is_said(void **state)
{
	struct rb_config *config = config_make();

	(void)state;
	assert_non_null(strstr(message_of(config, RB_MESSAGE_WARNING, 0),
			       "rpz: 9 triggers on name servers (rpz-nsdname, rpz-nsip) see only "
			       "those that a response shows"));
	assert_non_null(
		strstr(message_of(config, RB_MESSAGE_WARNING, 1),
		       ":14: rpz: 11 triggers are used; ignored from here on: 3 that are no "
		       "trigger or action"));
	rb_config_free(config);
}

/* Otherwise: servers of the clients' own would be kept from the kernel, as if they were clients. */
static void addresses_of_servers_are_no_clients(void **state)
{
	const uint8_t addr[16] = {[10] = 0xff, [11] = 0xff, [12] = 198, [13] = 51, [14] = 100};
	struct rb_config *config = config_make();
	struct rb_acl *acl;

	(void)state;
	assert_int_equal(rb_acl_new(config->acl, config->acl_count, &acl), 0);
	assert_false(rb_acl_find(acl, addr).apart);
	rb_acl_free(acl);
	rb_config_free(config);
}

/* Otherwise: an operator could not find the line that blocks a server. */
static void a_blocked_server_is_explained(void **state)
{
	struct rb_config *config = config_make();
	char words[] = "x.EVIL NS", other[] = "evil NS", *said = NULL;
	size_t len;
	FILE *out = open_memstream(&said, &len);

	(void)state;
	assert_non_null(out);
	rb_explain(config, words, out);
	fflush(out);
	assert_non_null(strstr(said, "as a name server: response policy zone one., trigger "
				     "*.evil., action nodata ("));
	assert_null(strstr(said, "zone two."));
	rewind(out);
	rb_explain(config, other, out);
	fclose(out);
	assert_null(strstr(said, "as a name server"));
	free(said);
	rb_config_free(config);
}

#define X_A "x.example. 300 A 203.0.113.1\n"

static const struct response_case cases[] = {
	{NULL, "x.example", RB_TYPE_A, X_A, "answer 3 blocked server", 0, "x.example.",
	 "example. 300 NS ns.example.\n", NULL},
	{NULL, "x.example", RB_TYPE_MX, "", "answer 3 blocked server", 0, "x.example.",
	 "x.example. 300 NS ns.ok.\nx.example. 300 NS NS.example.\n", NULL},
	{NULL, "example", RB_TYPE_NS, "example. 300 NS ns.example.\n", "answer 3 blocked server", 0,
	 "example.", NULL, NULL},
	{NULL, "x.example", RB_TYPE_A, X_A, "answer 0 blocked server", 0, NULL,
	 "example. 300 NS x.evil.\n", NULL}, /* the earlier zone's wildcard */
	{NULL, "x.example", RB_TYPE_A, X_A, "pass", 0, NULL, "example. 300 NS evil.\n", NULL},
	{NULL, "x.example", RB_TYPE_A, X_A, "answer 0: 192.0.2.12 server", 0, "x.example.",
	 "example. 300 NS ns.data.\n", NULL},
	{NULL, "x.example", RB_TYPE_A, X_A, "alias garden.example. server", 0, "x.example.",
	 "example. 300 NS ns.alias.\n", NULL},
	{NULL, "x.example", RB_TYPE_A, X_A, "drop blocked server", 0, NULL,
	 "example. 300 NS ns.drop.\n", NULL},
	{NULL, "x.example", RB_TYPE_A, X_A, "answer 0 by address truncated server", 0, NULL,
	 "example. 300 NS ns.tcp.\n", NULL},
	{NULL, "x.example", RB_TYPE_A, X_A, "pass passthru server", 0, NULL,
	 "example. 300 NS ns.pass.\nexample. 300 NS ns.two.\n", NULL},
	{NULL, "x.example", RB_TYPE_A, X_A, "answer 3 blocked without RA server", 0, NULL,
	 "example. 300 NS ns.two.\n", NULL},
	{NULL, "x.example", RB_TYPE_A, X_A, "pass log server", 0, NULL, "example. 300 NS ns.off.\n",
	 NULL},
	{NULL, "x.example", RB_TYPE_A, X_A, "pass", 0, NULL, "example. 300 NS ns.tagged.\n", NULL},
	{"192.0.2.1", "x.example", RB_TYPE_A, X_A, "answer 0 filtered server", 0, NULL,
	 "example. 300 NS ns.tagged.\n", NULL},
	/* Of zones that nothing of the question is in. */
	{NULL, "x.example", RB_TYPE_A, X_A, "pass", 0, NULL, "other. 300 NS ns.example.\n", NULL},
	{NULL, "example", RB_TYPE_A, "example. 300 A 203.0.113.1\n", "pass", 0, NULL,
	 "x.example. 300 NS ns.example.\n", NULL},
	/* Of names on the way. */
	{NULL, "x.example", RB_TYPE_A,
	 "x.example. 300 CNAME y.other.\ny.other. 300 A 203.0.113.1\n", "answer 3 blocked server",
	 1, "y.other.", "other. 300 NS ns.example.\n", NULL},
	{NULL, "x.example", RB_TYPE_CNAME, "x.example. 300 CNAME y.other.\n", "pass", 0, NULL,
	 "other. 300 NS ns.example.\n", NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 CNAME ld.\nld. 300 A 203.0.113.1\n",
	 "answer 0: 192.0.2.7", 1, "ld.", "example. 300 NS ns.example.\n", NULL},
	/* Addresses: of the servers alone. */
	{NULL, "x.example", RB_TYPE_A, X_A, "answer 0: 192.0.2.11 server", 0, "x.example.",
	 "example. 300 NS ns.ok.\n", "ns.ok. 300 A 198.51.100.1\n"},
	{NULL, "x.example", RB_TYPE_TXT, "", "answer 3 blocked server", 0, NULL,
	 "example. 300 NS ns.ok.\n", "NS.ok. 300 A 192.0.2.1\nNS.ok. 300 AAAA 2001:db8:2::1\n"},
	{NULL, "x.example", RB_TYPE_A, X_A, "pass", 0, NULL, "example. 300 NS ns.ok.\n",
	 "mail.ok. 300 A 198.51.100.1\n"},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 198.51.100.1\n", "pass", 0, NULL,
	 "example. 300 NS x.example.\n", NULL},
	/* The order within a zone, and of zones; response-ip is before all of them. */
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.10\n", "answer 0: 192.0.2.10", 0,
	 NULL, "example. 300 NS ns.example.\n", NULL},
	{NULL, "x.example", RB_TYPE_A, X_A, "answer 0: 192.0.2.12 server", 0, NULL,
	 "example. 300 NS ns.ok.\nexample. 300 NS ns.data.\n", "ns.ok. 300 A 198.51.100.1\n"},
	{NULL, "x.example", RB_TYPE_A, X_A, "answer 0: 192.0.2.11 server", 0, NULL,
	 "example. 300 NS ns.two.\n", "ns.two. 300 A 198.51.100.1\n"},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.7\n", "answer 3 blocked server",
	 0, NULL, "example. 300 NS ns.example.\n", NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.161\n", "answer 5 blocked", 0,
	 NULL, "example. 300 NS ns.example.\n", NULL},
	{"192.0.2.2", "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.10\n",
	 "answer 3 blocked server", 0, NULL, "example. 300 NS ns.example.\n", NULL},
};

/* So many NS records, of which a zone names the last one. */
static const char *servers_many(unsigned int count, char *out, size_t room)
{
	size_t len = 0;

	for (unsigned int i = 1; i < count; i++)
		len += (size_t)snprintf(out + len, room - len, "example. 300 NS n%u.ok.\n", i);
	snprintf(out + len, room - len, "example. 300 NS ns.example.\n");
	return out;
}

static struct rb_policy_question question_of(const struct response_case *one, uint8_t *name)
{
	return (struct rb_policy_question){name, (uint16_t)rb_name_from_text(one->qname, name),
					   one->qtype, RB_CLASS_IN};
}

/* Otherwise: zones on servers that an operator blocks would be resolved, or others would not. */
static void responses_are_judged_by_the_name_servers_that_they_show(void **state)
{
	char most[4096], more[4096];
	const struct response_case bounds[] = {
		{NULL, "x.example", RB_TYPE_A, X_A, "answer 3 blocked server", 0, NULL,
		 servers_many(RB_SERVERS_MAX, most, sizeof(most)), NULL},
		{NULL, "x.example", RB_TYPE_A, X_A, "pass", 0, NULL,
		 servers_many(RB_SERVERS_MAX + 1, more, sizeof(more)), NULL},
	};

	struct rb_config *config = config_make();

	(void)state;
	responses_check(config, cases, ARRAY_SIZE(cases));
	responses_check(config, bounds, ARRAY_SIZE(bounds));
	rb_config_free(config);
}

/* As digested for the table. */
static uint64_t held_back(const struct rb_policy *policy, const struct response_case *one,
			  uint64_t classes)
{
	uint8_t asked[300], name[RB_NAME_MAX];
	const struct rb_policy_question question = question_of(one, name);
	struct rb_answer_opts opts;
	struct rb_answer *answer;
	struct rb_query query;
	size_t len;
	uint8_t *wire = response_wire(one, &len);
	uint64_t held;

	message_query(one->qname, one->qtype, (struct rb_edns){0}, RB_FLAG_RD, asked, &query);
	opts = message_opts(&query);
	assert_int_equal(rb_answer_from_message(wire, len, &opts, &answer), 0);
	held = rb_policy_held_back(policy, &question, answer, classes);
	rb_answer_free(answer);
	free(wire);
	return held;
}

/* Otherwise: the table would give what a rule on its servers keeps from clients. */
static void answers_with_blocked_servers_are_kept_from_the_table(void **state)
{
	static const struct {
		struct response_case response;
		uint64_t held; /* of the classes: anybody, the tagged one, the view's */
	} stored[] = {
		{{NULL, "x.example", RB_TYPE_A, X_A, NULL, 0, NULL, "example. 300 NS ns.ok.\n",
		  "ns.ok. 300 A 192.0.2.1\n"},
		 0},
		{{NULL, "x.example", RB_TYPE_A, X_A, NULL, 0, NULL, "example. 300 NS ns.example.\n",
		  NULL},
		 7},
		{{NULL, "x.example", RB_TYPE_TXT, "", NULL, 0, NULL,
		  "x.example. 300 NS ns.example.\n", NULL},
		 7},
		{{NULL, "x.example", RB_TYPE_A, X_A, NULL, 0, NULL, "example. 300 NS ns.ok.\n",
		  "ns.ok. 300 A 198.51.100.1\n"},
		 7},
		{{NULL, "x.example", RB_TYPE_A, X_A, NULL, 0, NULL, "example. 300 NS ns.tagged.\n",
		  NULL},
		 2},
		/* A view's clients see addresses that a zone hides from all others. */
		{{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.10\n", NULL, 0, NULL,
		  NULL, NULL},
		 3},
	};
	struct rb_config *config = config_make();
	struct rb_policy policy;

	(void)state;
	assert_int_equal(rb_policy_open_images(&config->policy, &policy), 0);
	for (size_t i = 0; i < ARRAY_SIZE(stored); i++)
		assert_int_equal(held_back(&policy, &stored[i].response, 7), stored[i].held);
	rb_config_free(config);
}

/* Otherwise: an answer that a view's clients may see would be stored for others, too. */
static void a_view_keeps_its_clients_apart_from_others(void **state)
{
	static const struct response_case hidden = {
		NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.10\n", NULL, 0,
		NULL, NULL,        NULL};
	struct rb_config *config = rpz_config_read(view_conf, zones);
	struct rb_policy policy;

	(void)state;
	assert_int_equal(rb_policy_open_images(&config->policy, &policy), 0);
	/* The view's class is 1, the tagged one 2. */
	assert_int_equal(held_back(&policy, &hidden, 6), 4);
	rb_config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_triggers_on_servers_see_is_said),
		cmocka_unit_test(addresses_of_servers_are_no_clients),
		cmocka_unit_test(a_blocked_server_is_explained),
		cmocka_unit_test(responses_are_judged_by_the_name_servers_that_they_show),
		cmocka_unit_test(answers_with_blocked_servers_are_kept_from_the_table),
		cmocka_unit_test(a_view_keeps_its_clients_apart_from_others),
	};

	return cmocka_run_group_tests_name("policy, RPZ on name servers", tests, NULL, NULL);
}

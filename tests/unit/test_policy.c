/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What local policy says of questions. Every case was seen of Unbound 1.17 with the same lines, but
 * for those of runbound's own.
 */
#include "config_fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>

#include "lib/message.h"

#include "dns/name.h"
#include "policy/acl.h"
#include "policy/answer.h"
#include "policy/chain.h"
#include "policy/compile.h"
#include "policy/decide.h"
#include "policy/respond.h"
#include "util/blob.h"

#define ROOM 512

static const char zones[] = "server:\n"
			    "define-tag: 't0 t1'\n"
			    "local-zone: st static\n"
			    "local-data: 'st 60 SOA ns.st host.st 1 2 3 4 30'\n"
			    "local-data: 'a.b.st A 192.0.2.1'\n"
			    "local-data: 'a.b.st A 192.0.2.2'\n"
			    "local-data: 'two.st AAAA 2001:db8::1'\n"
			    "local-data: 'two.st CNAME a.b.st'\n"
			    "local-zone: late.st transparent\n"
			    "local-zone: de deny\n"
			    "local-zone: ad always_deny\n"
			    "local-zone: rf refuse\n"
			    "local-zone: nx always_nxdomain\n"
			    "local-data: 'nx SOA ns.nx host.nx 1 2 3 4 10'\n"
			    "local-data: 'a.nx A 192.0.2.3'\n"
			    "local-zone: nd always_nodata\n"
			    "local-zone: nu always_null\n"
			    "local-zone: ba block_a\n"
			    "local-zone: re redirect\n"
			    "local-data: 're A 192.0.2.4'\n"
			    "local-zone: rc redirect\n"
			    "local-data: 'rc CNAME *.target.example'\n"
			    "local-zone: in inform\n"
			    "local-zone: nv noview\n"
			    "local-zone: tg static\n"
			    "local-zone-tag: tg 't0 t1'\n"
			    "local-zone: ov static\n"
			    "local-zone-override: ov 192.0.2.0/24 deny\n"
			    "local-zone-override: ov 192.0.2.8/32 refuse\n"
			    "access-control: 192.0.2.0/24 allow\n"
			    "access-control-tag: 192.0.2.1/32 't1'\n"
			    "access-control-tag-action: 192.0.2.1/32 t1 refuse\n"
			    "access-control-tag: 192.0.2.2/32 't0 t1'\n"
			    "access-control-tag-action: 192.0.2.2/32 t1 refuse\n"
			    "access-control-tag: 192.0.2.3/32 't0'\n"
			    "access-control-tag-action: 192.0.2.3/32 t0 redirect\n"
			    "access-control-tag-data: 192.0.2.3/32 t0 'A 198.51.100.1'\n"
			    "access-control-view: 192.0.2.4/32 alone\n"
			    "access-control-view: 192.0.2.5/32 first\n"
			    "access-control-view: 192.0.2.6/32 empty\n"
			    "view:\n"
			    "name: alone\n"
			    "local-zone: vw static\n"
			    "view:\n"
			    "name: first\n"
			    "view-first: yes\n"
			    "local-zone: nx transparent\n"
			    "local-data: 'b.nx A 192.0.2.9'\n"
			    "local-zone: nv noview\n"
			    "view:\n"
			    "name: empty\n";

struct policy_case {
	const char *client; /* NULL: one of whom nothing is said */
	const char *name;
	uint16_t type;
	const char *verdict;
};

static const struct policy_case zone_cases[] = {
	{NULL, "www.example", RB_TYPE_A, "pass"},
	{NULL, "a.b.st", RB_TYPE_A, "answer 0: 192.0.2.1 192.0.2.2"},
	{NULL, "a.b.st", RB_TYPE_AAAA, "answer 0 soa 30"},
	{NULL, "b.st", RB_TYPE_A, "answer 0 soa 30"}, /* an empty non-terminal */
	{NULL, "c.st", RB_TYPE_A, "answer 3 soa 30"},
	{NULL, "st", RB_TYPE_SOA, "answer 0: type 6"},
	{NULL, "st", RB_TYPE_DS, "pass"}, /* the parent's */
	{NULL, "c.st", RB_TYPE_DS, "answer 3 soa 30"},
	{NULL, "two.st", RB_TYPE_AAAA, "answer 0: type 28"}, /* the first line wins */
	{NULL, "two.st", RB_TYPE_A, "answer 0: type 5"},
	{NULL, "x.late.st", RB_TYPE_A, "pass"},
	{NULL, "x.de", RB_TYPE_A, "drop blocked"},
	{NULL, "x.ad", RB_TYPE_A, "drop blocked"},
	{NULL, "x.rf", RB_TYPE_A, "answer 5 blocked"},
	{NULL, "a.nx", RB_TYPE_A, "answer 3 soa 10 blocked"}, /* whatever data there is */
	{NULL, "nd", RB_TYPE_A, "answer 0 blocked"},
	{NULL, "nu", RB_TYPE_A, "answer 0 null 4 blocked"},
	{NULL, "x.nu", RB_TYPE_AAAA, "answer 0 null 16 blocked"},
	{NULL, "x.nu", RB_TYPE_MX, "answer 0 blocked"},
	{NULL, "x.ba", RB_TYPE_A, "answer 0 blocked"},
	{NULL, "x.ba", RB_TYPE_MX, "pass"},
	{NULL, "x.re", RB_TYPE_A, "answer 0: 192.0.2.4"},
	{NULL, "x.re", RB_TYPE_MX, "answer 0"},
	{NULL, "x.rc", RB_TYPE_A, "alias x.rc.target.example."},
	{NULL, "x.rc", RB_TYPE_CNAME, "answer 0: type 5"},
	{NULL, "x.in", RB_TYPE_A, "pass inform"},
	{NULL, "localhost", RB_TYPE_A, "answer 0: 127.0.0.1"},
	{NULL, "x.localhost", RB_TYPE_A, "answer 0: 127.0.0.1"},
	{NULL, "1.0.0.127.in-addr.arpa", RB_TYPE_PTR, "answer 0: type 12"},
	{NULL, "1.1.168.192.in-addr.arpa", RB_TYPE_PTR, "answer 3 soa 10800"},
	/* Tags: a zone with tags is not there for others. */
	{NULL, "x.tg", RB_TYPE_A, "pass"},
	{"192.0.2.1", "x.tg", RB_TYPE_A, "answer 5 blocked"},
	{"192.0.2.2", "x.tg", RB_TYPE_A, "answer 3"}, /* t0 comes first, without action */
	{"192.0.2.3", "x.tg", RB_TYPE_A, "answer 0: 198.51.100.1"},
	/* Views. */
	{"192.0.2.4", "x.vw", RB_TYPE_A, "answer 3"},
	{"192.0.2.4", "a.nx", RB_TYPE_A, "pass"},
	{"192.0.2.4", "localhost", RB_TYPE_A, "answer 0: 127.0.0.1"},
	{"192.0.2.5", "b.nx", RB_TYPE_A, "answer 0: 192.0.2.9"},
	{"192.0.2.5", "a.nx", RB_TYPE_A, "answer 3 soa 10 blocked"},
	{"192.0.2.5", "x.rf", RB_TYPE_A, "answer 5 blocked"},
	{"192.0.2.6", "x.rf", RB_TYPE_A, "answer 5 blocked"}, /* it has no zones */
	{NULL, "x.vw", RB_TYPE_A, "pass"},
	/* Overrides: the longest netblock. */
	{NULL, "x.ov", RB_TYPE_A, "answer 3 by address"},
	{"192.0.2.7", "x.ov", RB_TYPE_A, "drop by address blocked"},
	{"192.0.2.8", "x.ov", RB_TYPE_A, "answer 5 by address blocked"},
};

/* Response policy zones: %s is the first one's file, then the second one's. */
static const char rpz_conf[] = "server:\n"
			       "define-tag: 't0'\n"
			       "access-control-tag: 192.0.2.1/32 't0'\n"
			       "access-control-view: 192.0.2.2/32 alone\n"
			       "local-zone: lz static\n"
			       "local-data: 'a.lz A 192.0.2.1'\n"
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

static const char *const rpz_zones[] = {
	"$ORIGIN one.\n$TTL 300\n@ SOA ns.one. host.one. 1 2 3 4 5\n@ NS ns.one.\n"
	"nx CNAME .\nnd CNAME *.\npt CNAME rpz-passthru.\ndr CNAME rpz-drop.\n"
	"tc CNAME rpz-tcp-only.\n*.wild CNAME .\nld A 192.0.2.7\nld TXT hello\n"
	"cn CNAME target.example.\n*.wc CNAME *.garden.example.\na.lz CNAME .\n"
	"b.a.ent CNAME .\n*.ent CNAME *.\nUPPER CNAME .\n"
	"32.3.2.0.192.rpz-client-ip CNAME rpz-drop.\n"
	"32.4.2.0.192.rpz-client-ip CNAME rpz-passthru.\n"
	"24.0.2.0.192.rpz-client-ip A 192.0.2.99\n"
	"32.9.113.0.203.rpz-ip CNAME .\n32.10.113.0.203.rpz-ip A 192.0.2.10\n"
	"128.9.zz.db8.2001.rpz-ip CNAME *.\n"
	"ns.example.rpz-nsdname CNAME .\nodd CNAME rpz-nothing.\n",
	"$ORIGIN two.\n$TTL 300\n@ SOA ns.two. host.two. 1 2 3 4 5\n"
	"nx2 CNAME .\nnx CNAME *.\npt CNAME .\n",
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
	{NULL, "upper", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "nx2", RB_TYPE_A, "answer 3 blocked without RA"},
	{NULL, "odd", RB_TYPE_A, "pass"},
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

static void put(char *out, const char *format, ...)
{
	va_list args;
	size_t len = strlen(out);

	va_start(args, format);
	vsnprintf(out + len, ROOM - len, format, args);
	va_end(args);
}

static void records_put(const struct rb_policy_verdict *verdict, char *out)
{
	struct rb_policy_record record;
	char addr[INET_ADDRSTRLEN];
	size_t at = 0;

	if (!verdict->answer.count)
		return;
	put(out, ":");
	if (verdict->answer.type != RB_TYPE_A)
		put(out, " type %u", verdict->answer.type);
	while (verdict->answer.type == RB_TYPE_A && rb_policy_next(&verdict->answer, &at, &record))
		put(out, " %s", inet_ntop(AF_INET, record.rdata, addr, sizeof(addr)));
}

static void verdict_text(const struct rb_policy_verdict *verdict,
			 const struct rb_policy_question *question, char *out)
{
	static const char *const actions[] = {"pass", "answer", "drop", "alias"};
	struct rb_policy_record record;
	uint8_t target[RB_NAME_MAX];
	char text[RB_NAME_TEXT_MAX];
	size_t at = 0, len;

	snprintf(out, ROOM, "%s", actions[verdict->action]);
	if (verdict->action == RB_POLICY_ANSWER) {
		put(out, " %u", verdict->rcode);
		records_put(verdict, out);
	} else if (verdict->action == RB_POLICY_ALIAS) {
		struct rb_policy_chain *chain = NULL;

		assert_int_equal(rb_chain_add(&chain, verdict, question, target, &len), 0);
		rb_chain_free(chain);
		rb_name_to_text(target, len, text);
		put(out, " %s", text);
	}
	if (verdict->null_address)
		put(out, " null %u", verdict->null_address);
	if (rb_policy_next(&verdict->soa, &at, &record))
		put(out, " soa %u", record.ttl_s);
	if (verdict->by_address)
		put(out, " by address");
	if (verdict->inform)
		put(out, " inform");
	if (verdict->rpz_log)
		put(out, " log");
	if (verdict->blocked)
		put(out, " blocked");
	if (verdict->truncate)
		put(out, " truncated");
	if (verdict->without_ra)
		put(out, " without RA");
	if (verdict->passthru)
		put(out, " passthru");
}

static void cases_check(struct rb_config *config, const struct policy_case *cases, size_t count)
{
	struct rb_policy policy;
	struct rb_acl *acl;

	assert_int_equal(rb_acl_new(config->acl, config->acl_count, &acl), 0);
	assert_int_equal(rb_policy_open(rb_blob_bytes(config->policy), rb_blob_len(config->policy),
					&policy),
			 0);
	for (size_t i = 0; i < count; i++) {
		uint8_t addr[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1},
			name[RB_NAME_MAX];
		int len = rb_name_from_text(cases[i].name, name);
		const struct rb_policy_question question = {name, (uint16_t)len, cases[i].type,
							    RB_CLASS_IN};
		struct rb_policy_client client = {.addr = addr};
		struct rb_policy_verdict verdict;
		char said[ROOM];

		assert_true(len > 0);
		if (cases[i].client)
			assert_int_equal(inet_pton(AF_INET, cases[i].client, addr + 12), 1);
		client.client_class = rb_acl_find(acl, addr).class_id;
		rb_policy_decide(&policy, &question, &client, &verdict);
		verdict_text(&verdict, &question, said);
		if (strcmp(said, cases[i].verdict) != 0)
			fail_msg("%s type %u from %s: %s, not %s", cases[i].name, cases[i].type,
				 cases[i].client ?: "anybody", said, cases[i].verdict);
	}
	rb_acl_free(acl);
	rb_config_free(config);
}

/* Otherwise: names would be blocked, or shown, that were not before. */
static void zones_tags_and_views_decide_as_in_unbound(void **state)
{
	(void)state;
	cases_check(read_text(zones, 0), zone_cases, ARRAY_SIZE(zone_cases));
}

static struct rb_config *rpz_config(void)
{
	char paths[ARRAY_SIZE(rpz_zones)][32], text[sizeof(rpz_conf) + sizeof(paths)];
	struct rb_config *config;

	for (size_t i = 0; i < ARRAY_SIZE(rpz_zones); i++) {
		int fd;

		strcpy(paths[i], "/tmp/rb-rpz-XXXXXX");
		fd = mkstemp(paths[i]);
		assert_true(fd >= 0);
		assert_int_equal(write(fd, rpz_zones[i], strlen(rpz_zones[i])),
				 strlen(rpz_zones[i]));
		close(fd);
	}
	snprintf(text, sizeof(text), rpz_conf, paths[0], paths[1], paths[2], paths[3]);
	config = read_text(text, 0);
	for (size_t i = 0; i < ARRAY_SIZE(rpz_zones); i++)
		unlink(paths[i]);
	return config;
}

/* Otherwise: what an operator's feed lists would be open, or what it lets pass would not. */
static void response_policy_zones_decide_on_names_and_clients(void **state)
{
	(void)state;
	cases_check(rpz_config(), rpz_cases, ARRAY_SIZE(rpz_cases));
}

/* Otherwise: an operator would believe that nameservers are looked at. */
static void triggers_that_are_ignored_are_said(void **state)
{
	struct rb_config *config = rpz_config();

	(void)state;
	assert_non_null(strstr(message_of(config, RB_MESSAGE_WARNING, 0),
			       ":25: rpz: 20 triggers are used; ignored from here on: 1 of "
			       "nameservers (rpz-nsdname, rpz-nsip), which a response does not "
			       "show, and 1 that are no trigger or action"));
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

struct response_case {
	const char *client, *qname;
	uint16_t qtype;
	const char *records;
	const char *verdict;
	unsigned int kept;
	const char *owner; /* NULL: does not matter */
};

static const struct response_case responses[] = {
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.1\n", "pass", 0, NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.9\n", "answer 3 blocked", 0,
	 NULL},
	{NULL, "x.example", RB_TYPE_A,
	 "x.example. 300 A 203.0.113.1\nx.example. 300 A 203.0.113.10\n", "answer 0: 192.0.2.10", 0,
	 "x.example."},
	{NULL, "x.example", RB_TYPE_AAAA, "x.example. 300 AAAA 2001:db8::9\n", "answer 0 blocked",
	 0, NULL},
	{NULL, "x.example", RB_TYPE_A,
	 "x.example. 300 CNAME y.example.\ny.example. 300 A 203.0.113.65\n", "answer 0: 192.0.2.64",
	 1, "y.example."},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.193\n", "answer 0", 0, NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.129\n", "drop", 0, NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.145\n", "answer 3 blocked", 0,
	 NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.161\n", "answer 5 blocked", 0,
	 NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.177\n", "pass inform", 0, NULL},
	{NULL, "x.example", RB_TYPE_AAAA, "x.example. 300 AAAA 2001:db8:1::1\n",
	 "alias garden.example.", 0, "x.example."},
	/* Names on the way. */
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 CNAME nx.\nnx. 300 A 203.0.113.1\n",
	 "answer 3 blocked", 1, "nx."},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 CNAME ld.\nld. 300 A 203.0.113.9\n",
	 "answer 0: 192.0.2.7", 1, "ld."},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 CNAME pt.\npt. 300 A 203.0.113.9\n",
	 "pass passthru", 0, NULL},
	{NULL, "x.example", RB_TYPE_A, "x.example. 300 CNAME pt.\npt. 300 A 203.0.113.145\n",
	 "answer 3 blocked passthru", 1, NULL},
	{NULL, "x.example", RB_TYPE_CNAME, "x.example. 300 CNAME nx.\n", "pass", 0, NULL},
	/* A view without view-first is all that there is for its clients. */
	{"192.0.2.2", "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.1\n", "answer 3 blocked",
	 0, NULL},
	{"192.0.2.2", "x.example", RB_TYPE_A, "x.example. 300 A 203.0.113.145\n", "pass", 0, NULL},
};

static void response_check(const struct rb_policy *policy, const struct rb_acl *acl,
			   const struct response_case *one)
{
	ldns_pkt *packet = message_new(one->qname, one->qtype);
	uint8_t name[RB_NAME_MAX], addr[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
	const struct rb_policy_question question = {
		name, (uint16_t)rb_name_from_text(one->qname, name), one->qtype, RB_CLASS_IN};
	struct rb_policy_client client = {.addr = addr};
	struct rb_policy_response response;
	char said[ROOM], owner[RB_NAME_TEXT_MAX];
	struct rb_policy_question at;
	uint8_t *wire;
	size_t len;

	message_push(packet, LDNS_SECTION_ANSWER, one->records);
	assert_int_equal(ldns_pkt2wire(&wire, packet, &len), LDNS_STATUS_OK);
	if (one->client)
		assert_int_equal(inet_pton(AF_INET, one->client, addr + 12), 1);
	client.client_class = rb_acl_find(acl, addr).class_id;
	rb_policy_respond(policy, &question, &client, wire, len, &response);
	at = (struct rb_policy_question){response.owner, response.owner_len, one->qtype,
					 RB_CLASS_IN};
	verdict_text(&response.verdict, &at, said);
	if (strcmp(said, one->verdict) != 0)
		fail_msg("%s: %s, not %s", one->records, said, one->verdict);
	if (response.verdict.action == RB_POLICY_ANSWER)
		assert_int_equal(response.kept, one->kept);
	if (one->owner) {
		rb_name_to_text(response.owner, response.owner_len, owner);
		assert_string_equal(owner, one->owner);
	}
	free(wire);
	message_freep(&packet);
}

/* Otherwise: addresses that are to be hidden would be seen, or others would not. */
static void responses_are_judged_by_names_and_addresses(void **state)
{
	struct rb_config *config = rpz_config();
	struct rb_policy policy;
	struct rb_acl *acl;

	(void)state;
	assert_int_equal(rb_acl_new(config->acl, config->acl_count, &acl), 0);
	assert_int_equal(rb_policy_open(rb_blob_bytes(config->policy), rb_blob_len(config->policy),
					&policy),
			 0);
	for (size_t i = 0; i < ARRAY_SIZE(responses); i++)
		response_check(&policy, acl, &responses[i]);
	rb_acl_free(acl);
	rb_config_free(config);
}

/* Otherwise: an operator would look for a fault where there is none. */
static void what_contradicts_itself_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *why;
	} cases[] = {
		{"server:\nlocal-zone: re redirect\nlocal-data: 'a.re A 192.0.2.1'\n", 3,
		 "at its top"},
		{"server:\nlocal-zone: re redirect\nlocal-data: 're A 192.0.2.1'\n"
		 "local-data: 're CNAME x'\n",
		 3, "only record"},
		{"server:\nresponse-ip: 192.0.2.0/24 deny\nresponse-ip-data: 192.0.2.0/24 'A "
		 "192.0.2.1'\n",
		 3, "action redirect"},
		{"server:\nlocal-zone-override: no 192.0.2.0/24 deny\n", 2, "no local-zone"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rb_config *config = NULL;
		struct rb_policy_compiled compiled;
		struct rb_policy_fault fault = {0};

		assert_int_equal(rb_config_read_text("t.conf", cases[i].text, strlen(cases[i].text),
						     &config),
				 0);
		assert_int_equal(rb_policy_compile(&config->local, 1, NULL, &compiled, &fault),
				 -EINVAL);
		assert_int_equal(fault.origin.line, cases[i].line);
		assert_non_null(strstr(fault.why, cases[i].why));
		rb_config_free(config);
	}
}

/*
 * Otherwise: whoever could write to the image would have every process that decides read his
 * memory.
 */
static void a_damaged_image_is_refused_or_read_inside(void **state)
{
	struct rb_config *config = read_text(zones, 0);
	size_t bytes = rb_blob_len(config->policy);
	uint8_t *copy = malloc(bytes);
	const struct rb_policy_question question = {(const uint8_t *)"\1a\1b\2st", 8, RB_TYPE_A,
						    RB_CLASS_IN};
	struct rb_policy policy;

	(void)state;
	assert_non_null(copy);
	memcpy(copy, rb_blob_bytes(config->policy), bytes);
	assert_int_equal(rb_policy_open(copy, bytes - 1, &policy), -EBADMSG);
	for (size_t at = 0; at < bytes; at++) {
		memcpy(copy, rb_blob_bytes(config->policy), bytes);
		copy[at] ^= 0xff;
		if (!rb_policy_open(copy, bytes, &policy))
			rb_policy_concerns(&policy, &question);
	}
	free(copy);
	rb_config_free(config);
}

/* Otherwise: clients would get other records than the operator wrote. */
static void an_answer_has_the_records_of_the_verdict(void **state)
{
	struct rb_config *config = read_text(zones, 0);
	const struct rb_policy_question question = {(const uint8_t *)"\1a\1b\2st", 8, RB_TYPE_A,
						    RB_CLASS_IN};
	const struct rb_policy_client client = {0};
	struct rb_policy_verdict verdict;
	struct rb_answer *answer;
	struct rb_policy policy;

	(void)state;
	assert_int_equal(rb_policy_open(rb_blob_bytes(config->policy), rb_blob_len(config->policy),
					&policy),
			 0);
	assert_true(rb_policy_decide(&policy, &question, &client, &verdict));
	assert_int_equal(rb_policy_answer(&verdict, &question, false, 1000, &answer), 0);
	assert_int_equal(answer->ancount, 2);
	assert_int_equal(answer->nscount, 0);
	assert_int_equal(answer->ttl_s, 3600);
	assert_true(answer->traits & RB_FIXED_TTL);
	assert_int_equal(answer->flags & (RB_FLAG_AA | RB_FLAG_RA), RB_FLAG_AA | RB_FLAG_RA);
	rb_answer_free(answer);
	rb_config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones_tags_and_views_decide_as_in_unbound),
		cmocka_unit_test(response_policy_zones_decide_on_names_and_clients),
		cmocka_unit_test(triggers_that_are_ignored_are_said),
		cmocka_unit_test(clients_that_a_zone_names_are_kept_from_the_kernel),
		cmocka_unit_test(responses_are_judged_by_names_and_addresses),
		cmocka_unit_test(what_contradicts_itself_is_refused_with_its_line),
		cmocka_unit_test(a_damaged_image_is_refused_or_read_inside),
		cmocka_unit_test(an_answer_has_the_records_of_the_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

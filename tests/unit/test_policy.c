/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What local policy says of questions. Every case was seen of Unbound 1.17 with the same lines, but
 * for those of runbound's own.
 */
#include "config_fixture.h"
#include "policy_fixture.h"

#include "policy/answer.h"
#include "policy/compile.h"
#include "policy/decide.h"
#include "util/blob.h"

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
	{"192.0.2.1", "x.tg", RB_TYPE_A, "answer 5 filtered"},
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

/* Otherwise: names would be blocked, or shown, that were not before. */
static void zones_tags_and_views_decide_as_in_unbound(void **state)
{
	(void)state;
	cases_check(read_text(zones, 0), zone_cases, ARRAY_SIZE(zone_cases));
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
	size_t bytes = rb_blob_len(config->policy.zones);
	uint8_t *copy = malloc(bytes);
	const struct rb_policy_question question = {(const uint8_t *)"\1a\1b\2st", 8, RB_TYPE_A,
						    RB_CLASS_IN};
	struct rb_policy policy;

	(void)state;
	assert_non_null(copy);
	memcpy(copy, rb_blob_bytes(config->policy.zones), bytes);
	assert_int_equal(rb_policy_open(copy, bytes - 1, &policy), -EBADMSG);
	for (size_t at = 0; at < bytes; at++) {
		memcpy(copy, rb_blob_bytes(config->policy.zones), bytes);
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
	assert_int_equal(rb_policy_open(rb_blob_bytes(config->policy.zones),
					rb_blob_len(config->policy.zones), &policy),
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

/* Otherwise: who is to read what an operator put into class CHAOS gets SERVFAIL. */
static void data_of_another_class_is_answered_in_it(void **state)
{
	struct rb_config *config = read_text("server:\nlocal-data: 'a.ch CH TXT \"of CHAOS\"'\n"
					     "local-data: 'a.ch TXT \"of IN\"'\n",
					     0);
	const uint16_t chaos = 3;
	const struct rb_policy_question question = {(const uint8_t *)"\1a\2ch", 6, RB_TYPE_TXT,
						    chaos};
	const struct rb_policy_client client = {0};
	struct rb_policy_verdict verdict;
	struct rb_answer *answer;
	struct rb_policy policy;

	(void)state;
	assert_int_equal(rb_policy_open(rb_blob_bytes(config->policy.zones),
					rb_blob_len(config->policy.zones), &policy),
			 0);
	assert_true(rb_policy_decide(&policy, &question, &client, &verdict));
	assert_int_equal(rb_policy_answer(&verdict, &question, false, 1000, &answer), 0);
	assert_int_equal(answer->ancount, 1);
	assert_int_equal(answer->body[5], chaos);
	assert_non_null(memmem(answer->body, answer->body_len, "of CHAOS", 8));
	rb_answer_free(answer);
	rb_config_free(config);
}

/* Of a name without records: the verdict, by bits. */
static struct rb_policy_verdict plain_verdict(unsigned int bits, uint16_t qtype)
{
	static const uint8_t address[16] = {198, 51, 100, 7, [15] = 9};
	static const uint16_t rcodes[] = {RB_RCODE_NOERROR, RB_RCODE_NXDOMAIN, RB_RCODE_REFUSED,
					  RB_RCODE_NOERROR};

	return (struct rb_policy_verdict){
		.action = RB_POLICY_ANSWER,
		.rcode = rcodes[bits & 3],
		.blocked = bits & 4,
		.by_tag = bits & 8,
		.without_ra = bits & 16,
		.truncate = bits & 32,
		.null_address = (bits & 3) != 3      ? 0
				: qtype == RB_TYPE_A ? 4
						     : 16,
		.list_address = bits & 64 ? address : NULL,
	};
}

/* Otherwise: what is stored for a blocked name differs from what its message says. */
static void a_plain_answer_is_what_its_message_says(void **state)
{
	(void)state;
	for (unsigned int bits = 0; bits < 256; bits++) {
		const struct rb_policy_question question = {(const uint8_t *)"\1a\1b\2st", 8,
							    bits & 128 ? RB_TYPE_A : RB_TYPE_AAAA,
							    RB_CLASS_IN};
		const struct rb_policy_verdict verdict = plain_verdict(bits, question.qtype);
		const struct rb_answer_opts opts = {
			.qname = question.qname,
			.qname_len = question.qname_len,
			.qtype = question.qtype,
			.max_ttl_s = INT32_MAX,
			.max_negative_ttl_s = 3600,
			.now_ns = 1000,
		};
		struct rb_answer *answer, *said;
		uint8_t *message;
		size_t len;

		assert_int_equal(rb_policy_answer(&verdict, &question, false, 1000, &answer), 0);
		assert_int_equal(rb_policy_message(&verdict, &question, &message, &len), 0);
		assert_int_equal(rb_answer_from_message(message, len, &opts, &said), 0);
		assert_int_equal(answer->expires_ns, said->expires_ns);
		assert_int_equal(answer->signed_until_ns, said->signed_until_ns);
		assert_int_equal(answer->ttl_s, said->ttl_s);
		assert_int_equal(answer->flags, (said->flags & ~RB_FLAG_RA) |
							(verdict.without_ra ? 0 : RB_FLAG_RA) |
							(verdict.truncate ? RB_FLAG_TC : 0));
		assert_int_equal(answer->ancount, said->ancount);
		assert_int_equal(answer->nscount, said->nscount);
		assert_int_equal(answer->arcount, said->arcount);
		assert_int_equal(answer->traits, said->traits);
		assert_int_equal(answer->ede, rb_policy_ede(&verdict));
		assert_int_equal(answer->rotate, said->rotate);
		assert_int_equal(answer->ttl_count, said->ttl_count);
		assert_int_equal(answer->body_len, said->body_len);
		if (answer->ttl_count)
			assert_int_equal(answer->ttl_offsets[0], said->ttl_offsets[0]);
		assert_memory_equal(answer->body, said->body, answer->body_len);
		free(message);
		rb_answer_free(answer);
		rb_answer_free(said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones_tags_and_views_decide_as_in_unbound),
		cmocka_unit_test(what_contradicts_itself_is_refused_with_its_line),
		cmocka_unit_test(a_damaged_image_is_refused_or_read_inside),
		cmocka_unit_test(an_answer_has_the_records_of_the_verdict),
		cmocka_unit_test(data_of_another_class_is_answered_in_it),
		cmocka_unit_test(a_plain_answer_is_what_its_message_says),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}

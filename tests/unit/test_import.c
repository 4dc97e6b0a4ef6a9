/* SPDX-License-Identifier: BSD-2-Clause */
/* Zone files, dumps and lists of names, as preload reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#include "import/input.h"
#include "import/own.h"
#include "dns/name.h"
#include "lib/prng.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define NOW_NS   (1000 * RB_NS_PER_S)
#define OUT_SIZE 65536

/* The answers of an input as text, decoded by ldns, one line each: sorted sections joined by '|'.
 */
struct taken {
	char text[OUT_SIZE];
	size_t len;
	unsigned int count;
};

static void add(struct taken *taken, const char *text)
{
	size_t len = strlen(text);

	assert_true(taken->len + len < OUT_SIZE);
	memcpy(taken->text + taken->len, text, len + 1);
	taken->len += len;
}

static void add_section(struct taken *taken, const ldns_rr_list *rrs)
{
	size_t i;

	for (i = 0; i < ldns_rr_list_rr_count(rrs); i++) {
		char *text = ldns_rr2str(ldns_rr_list_rr(rrs, i));
		char *at;

		text[strcspn(text, "\n")] = '\0';
		for (at = text; *at; at++)
			if (*at == '\t')
				*at = ' ';
		add(taken, " | ");
		add(taken, text);
		free(text);
	}
}

static int take(const struct rb_store_record *record, void *context)
{
	struct taken *taken = context;
	uint8_t question[RB_NAME_MAX + RB_QUESTION_TAIL], reply[RB_MESSAGE_MAX];
	struct rb_query query = {
		.qname = question,
		.qname_len = record->qname_len,
		.question_len = (uint16_t)(record->qname_len + RB_QUESTION_TAIL),
		.flags = RB_FLAG_RD,
		.qtype = record->qtype,
		.qclass = RB_CLASS_IN,
	};
	char name[RB_NAME_TEXT_MAX], head[RB_NAME_TEXT_MAX + 100];
	ldns_pkt *packet;
	size_t len;

	memcpy(question, record->qname, record->qname_len);
	question[record->qname_len] = (uint8_t)(record->qtype >> 8);
	question[record->qname_len + 1] = (uint8_t)record->qtype;
	question[record->qname_len + 2] = 0;
	question[record->qname_len + 3] = RB_CLASS_IN;
	len = rb_reply_build(&query, record->answer, NOW_NS, 0, sizeof(reply), reply);
	assert_int_equal(ldns_wire2pkt(&packet, reply, len), LDNS_STATUS_OK);
	rb_name_to_text(record->qname, record->qname_len, name);
	snprintf(head, sizeof(head), "%s %u rcode=%u do=%u%s left=%u", name, record->qtype,
		 record->answer->flags & RB_FLAG_RCODE, record->answer->traits & RB_SERVES_MASK,
		 record->answer->traits & RB_SECURE ? " secure" : "",
		 (unsigned int)((record->answer->expires_ns - NOW_NS) / RB_NS_PER_S));
	add(taken, head);
	add_section(taken, ldns_pkt_answer(packet));
	add_section(taken, ldns_pkt_authority(packet));
	add_section(taken, ldns_pkt_additional(packet));
	add(taken, "\n");
	ldns_pkt_free(packet);
	taken->count++;
	return 0;
}

/* problems: to be freed. */
static void load(const char *input, size_t len, const char *origin, struct taken *taken,
		 struct rb_import_problems *problems)
{
	const struct rb_import_sink sink = {take, taken};
	struct rb_import_input *open;
	struct rb_import_text text;

	*taken = (struct taken){};
	*problems = (struct rb_import_problems){.source = "input"};
	assert_int_equal(rb_import_text_copy(input, len, &text), 0);
	assert_int_equal(rb_import_input_open(rb_import_format_guess(&text), origin, &text,
					      problems, &open),
			 0);
	assert_int_equal(rb_import_input_put(open, NOW_NS, problems, &sink), 0);
	rb_import_input_close(open);
	rb_import_text_free(&text);
}

#define SIGNATURE "A 8 2 60 20300101000000 20200101000000 1 example. AAAA"
#define SOA       "example. 60 IN SOA ns.example. h.example. 1 2 3 4 30\n"

static const struct load_case {
	const char *name;
	const char *input;
	const char *origin;
	const char *answers; /* exactly */
	const char *problem; /* the first: "LINE name"; NULL: there is none */
} load_cases[] = {
	{"records_of_one_name_are_one_answer",
	 "a.example. 60 IN A 192.0.2.1\nb.example. 60 IN A 192.0.2.9\na.example. 60 IN A 192.0.2.2\n",
	 NULL,
	 "a.example. 1 rcode=0 do=3 left=60 | a.example. 60 IN A 192.0.2.1"
	 " | a.example. 60 IN A 192.0.2.2\n"
	 "b.example. 1 rcode=0 do=3 left=60 | b.example. 60 IN A 192.0.2.9\n",
	 NULL},
	{"directives_relative_names_and_owners_left_out",
	 "$ORIGIN example.\n$TTL 1h\n@ IN TXT \"a b\" c\na A 192.0.2.1\n\tAAAA 2001:db8::1\n"
	 "$ORIGIN sub\nx 5 IN MX 10 mail\n",
	 NULL,
	 "example. 16 rcode=0 do=3 left=3600 | example. 3600 IN TXT \"a b\" \"c\"\n"
	 "a.example. 1 rcode=0 do=3 left=3600 | a.example. 3600 IN A 192.0.2.1\n"
	 "a.example. 28 rcode=0 do=3 left=3600 | a.example. 3600 IN AAAA 2001:db8::1\n"
	 "x.sub.example. 15 rcode=0 do=3 left=5 | x.sub.example. 5 IN MX 10 mail.sub.example.\n",
	 NULL},
	{"parentheses_and_comments",
	 "example. 60 IN SOA ns.example. ( ; the name server\n h.example. 1 2\n 3 4 30 ) ; done\n",
	 NULL,
	 "example. 6 rcode=0 do=3 left=60 | example. 60 IN SOA ns.example. h.example. 1 2 3 4 30\n",
	 NULL},
	{"types_of_rfc_3597",
	 "a.example. 60 CLASS1 TYPE65280 \\# 3 0a0b0c\nb.example. 60 IN A \\# 4 C0000201\n", NULL,
	 "a.example. 65280 rcode=0 do=3 left=60 | a.example. 60 IN TYPE65280 \\# 3 0a0b0c\n"
	 "b.example. 1 rcode=0 do=3 left=60 | b.example. 60 IN A 192.0.2.1\n",
	 NULL},
	{"types_that_ldns_reads",
	 "a.example. 60 IN HTTPS 1 . alpn=h2\n"
	 "b.example. 60 IN CAA 0 issue \"x.example\"\n",
	 NULL,
	 "a.example. 65 rcode=0 do=3 left=60 | a.example. 60 IN HTTPS 1 . alpn=h2\n"
	 "b.example. 257 rcode=0 do=3 left=60 | b.example. 60 IN CAA 0 issue \"x.example\"\n",
	 NULL},
	{"escapes_in_names", "a\\.b.example. 60 IN A 192.0.2.1\n\\065.example. 60 IN A 192.0.2.2\n",
	 NULL,
	 "a\\.b.example. 1 rcode=0 do=3 left=60 | a\\.b.example. 60 IN A 192.0.2.1\n"
	 "a.example. 1 rcode=0 do=3 left=60 | a.example. 60 IN A 192.0.2.2\n",
	 NULL},
	{"an_alias_answers_for_its_target",
	 "a.example. 60 IN CNAME b.example.\nb.example. 30 IN A 192.0.2.1\n", NULL,
	 "a.example. 5 rcode=0 do=3 left=60 | a.example. 60 IN CNAME b.example.\n"
	 "a.example. 1 rcode=0 do=3 left=30 | a.example. 60 IN CNAME b.example."
	 " | b.example. 30 IN A 192.0.2.1\n"
	 "b.example. 1 rcode=0 do=3 left=30 | b.example. 30 IN A 192.0.2.1\n",
	 NULL},
	{"aliases_in_a_circle_end",
	 "a.example. 60 IN CNAME b.example.\nb.example. 60 IN CNAME a.example.\n", NULL,
	 "a.example. 5 rcode=0 do=3 left=60 | a.example. 60 IN CNAME b.example.\n"
	 "b.example. 5 rcode=0 do=3 left=60 | b.example. 60 IN CNAME a.example.\n",
	 NULL},
	{"signatures_go_to_who_asks_for_them",
	 "a.example. 60 IN A 192.0.2.1\na.example. 60 IN RRSIG " SIGNATURE "\n", NULL,
	 "a.example. 1 rcode=0 do=2 left=60 | a.example. 60 IN A 192.0.2.1"
	 " | a.example. 60 IN RRSIG " SIGNATURE "\n"
	 "a.example. 1 rcode=0 do=1 left=60 | a.example. 60 IN A 192.0.2.1\n",
	 NULL},
	{"a_signature_alone_is_no_answer", "a.example. 60 IN RRSIG " SIGNATURE "\n", NULL, "",
	 "1 orphan_signature"},
	{"a_wildcard_is_no_name", "*.example. 60 IN A 192.0.2.1\n", NULL, "", "1 wildcard"},
	{"another_class", "a.example. 60 CH A 192.0.2.1\n", NULL, "", "1 class"},
	{"a_ttl_of_0", "a.example. 0 IN A 192.0.2.1\n", NULL, "", "1 zero_ttl"},
	{"no_ttl", "a.example. IN A 192.0.2.1\n", NULL, "", "1 no_ttl"},
	{"a_record_twice", "a.example. 60 IN A 192.0.2.1\na.example. 60 IN A 192.0.2.1\n", NULL,
	 "a.example. 1 rcode=0 do=3 left=60 | a.example. 60 IN A 192.0.2.1\n", "2 duplicate"},
	{"out_of_the_zone_that_the_soa_begins", SOA "a.example.org. 60 IN A 192.0.2.1\n", NULL,
	 "example. 6 rcode=0 do=3 left=60 | " SOA, "2 out_of_zone"},
	{"out_of_the_origin", "a 60 IN A 192.0.2.1\nb.other. 60 IN A 192.0.2.1\n", "example",
	 "a.example. 1 rcode=0 do=3 left=60 | a.example. 60 IN A 192.0.2.1\n", "2 out_of_zone"},
	{"glue_is_no_answer",
	 SOA "ns.sub.example. 60 IN A 192.0.2.1\nsub.example. 60 IN DS 1 8 2 00\n"
	     "sub.example. 60 IN NS ns.sub.example.\n",
	 NULL,
	 "example. 6 rcode=0 do=3 left=60 | " SOA
	 "sub.example. 43 rcode=0 do=3 left=60 | sub.example. 60 IN DS 1 8 2 00\n",
	 "2 delegation"},
	{"an_alias_beside_data",
	 "a.example. 60 IN CNAME b.example.\na.example. 60 IN A 192.0.2.1\n", NULL,
	 "a.example. 1 rcode=0 do=3 left=60 | a.example. 60 IN A 192.0.2.1\n", "1 conflict"},
	{"includes_are_not_followed", "$INCLUDE /etc/passwd\na.example. 60 IN A 192.0.2.1\n", NULL,
	 "a.example. 1 rcode=0 do=3 left=60 | a.example. 60 IN A 192.0.2.1\n", "1 directive"},
	{"addresses_that_are_none", "a.example. 60 IN A 192.0.2.256\n", NULL, "", "1 syntax"},
	{"addresses_with_octal_looks", "a.example. 60 IN A 192.0.02.1\n", NULL, "", "1 syntax"},
	{"an_owner_that_is_none_is_nobody_elses",
	 "a.example. 60 IN A 192.0.2.1\nb..c. 60 IN A 192.0.2.2\n 60 IN A 192.0.2.3\n", NULL,
	 "a.example. 1 rcode=0 do=3 left=60 | a.example. 60 IN A 192.0.2.1\n", "2 syntax"},
	{"an_unclosed_parenthesis_costs_one_line",
	 "a.example. 60 IN TXT ( x\nb.example. 60 IN A 192.0.2.2\n", NULL,
	 "b.example. 1 rcode=0 do=3 left=60 | b.example. 60 IN A 192.0.2.2\n", "1 syntax"},
	{"an_unclosed_quote_costs_one_line",
	 "a.example. 60 IN TXT \"x\nb.example. 60 IN A 192.0.2.2\n", NULL,
	 "b.example. 1 rcode=0 do=3 left=60 | b.example. 60 IN A 192.0.2.2\n", "1 syntax"},
	{"the_last_line_needs_no_newline", "a.example. 60 IN A 192.0.2.1", NULL,
	 "a.example. 1 rcode=0 do=3 left=60 | a.example. 60 IN A 192.0.2.1\n", NULL},
	{"a_migration_from_unbound",
	 "START_RRSET_CACHE\n;rrset 50 1 0 3 0\nb.example.\t50\tIN\tA\t192.0.2.1\n"
	 ";rrset 40 1 0 3 5\nexample.\t40\tIN\tSOA\tns.example. h.example. 1 2 3 4 30\n"
	 ";rrset 45 1 0 3 0\na.example.\t45\tIN\tCNAME\tb.example.\n"
	 ";rrset 20 1 0 3 5\nexample.\t20\tIN\tSOA\tns.example. h.example. 1 2 3 4 30\n"
	 "END_RRSET_CACHE\nSTART_MSG_CACHE\n"
	 "msg a.example. IN A 33152 1 45 0 2 0 0\na.example. IN CNAME 0\nb.example. IN A 0\n"
	 "msg none.example. IN A 33155 1 40 5 0 1 0\nexample. IN SOA 4\n"
	 "msg b.example. IN AAAA 33152 1 40 0 0 1 0\nexample. IN SOA 4\n"
	 "msg gone.example. IN A 33152 1 45 0 1 0 0\ngone.example. IN A 0\n"
	 "msg bogus.example. IN A 33152 1 45 1 1 0 0\nb.example. IN A 0\n"
	 "msg fail.example. IN A 33154 1 5 0 0 0 0\n"
	 "END_MSG_CACHE\nEOF\n",
	 NULL,
	 "a.example. 1 rcode=0 do=3 left=45 | a.example. 45 IN CNAME b.example."
	 " | b.example. 45 IN A 192.0.2.1\n"
	 "none.example. 1 rcode=3 do=3 secure left=20"
	 " | example. 20 IN SOA ns.example. h.example. 1 2 3 4 30\n"
	 "b.example. 28 rcode=0 do=3 left=20"
	 " | example. 20 IN SOA ns.example. h.example. 1 2 3 4 30\n",
	 "19 missing_records"},
	{"a_dump_of_our_own",
	 "; runbound dump 1\n"
	 "; record a.example. A NOERROR do=0,1 left=40.500 ttl=60 flags=0x8180 sections=1,0,0 at=x[1]\n"
	 "a.example.\t41\tIN\tA\t192.0.2.1\n"
	 "; record n.example. A NXDOMAIN do=1 left=9.000 ttl=10 flags=0x8183 sections=0,1,0 secure\n"
	 "example.\t9\tIN\tSOA\tns.example. h.example. 1 2 3 4 10\n"
	 "; record l.example. A NOERROR do=0,1 left=9.000 ttl=10 flags=0x8580 sections=1,0,0 fixed-ttl\n"
	 "l.example.\t10\tIN\tA\t192.0.2.1\n"
	 "; record s.example. A NOERROR do=0,1 left=9.000 ttl=10 flags=0x8180 sections=2,0,0\n"
	 "s.example.\t9\tIN\tA\t192.0.2.1\n",
	 NULL,
	 "a.example. 1 rcode=0 do=3 left=40 | a.example. 41 IN A 192.0.2.1\n"
	 "n.example. 1 rcode=3 do=2 secure left=9"
	 " | example. 9 IN SOA ns.example. h.example. 1 2 3 4 10\n",
	 "6 local_data"},
	{"a_dump_that_claims_to_live_longer",
	 "; record a.example. A NOERROR do=0,1 left=400.000 ttl=500 flags=0x8180 sections=1,0,0\n"
	 "a.example.\t0\tIN\tA\t192.0.2.1\n",
	 NULL, "a.example. 1 rcode=0 do=3 left=100 | a.example. 100 IN A 192.0.2.1\n", NULL},
	{"a_dump_cut_off",
	 "; record a.example. A NOERROR do=0,1 left=40.000 ttl=50 flags=0x8180 sections=2,0,0\n"
	 "a.example.\t40\tIN\tA\t192.0.2.1\n\n",
	 NULL, "", "1 missing_records"},
	{"a_dump_that_makes_no_sense",
	 "; record a.example. A NOERROR do=0,1 left=40.000 ttl=5 flags=0x8180 sections=1,0,0\n"
	 "a.example.\t0\tIN\tA\t192.0.2.1\n",
	 NULL, "", "1 syntax"},
};

/* Otherwise: the kernel answers something else than the file says, or errors get lost. */
static void input_is_loaded(void **state)
{
	const struct load_case *c = *state;
	struct rb_import_problems problems;
	struct taken *taken = malloc(sizeof(*taken));
	char problem[100] = "";

	load(c->input, strlen(c->input), c->origin, taken, &problems);
	if (problems.listed)
		snprintf(problem, sizeof(problem), "%lu %s", problems.list[0].line,
			 rb_import_reason_name(problems.list[0].reason));
	assert_string_equal(taken->text, c->answers);
	assert_string_equal(problem, c->problem ? c->problem : "");
	rb_import_problems_free(&problems);
	free(taken);
}

/* What is described is read back as it was. Otherwise: a dump does not give its table back. */
static void description_is_read_back(void **state)
{
	const struct rb_import_own own = {
		.qtype = RB_TYPE_A,
		.flags = 0x8180,
		.left_ns = 1234567 * 1000000ULL,
		.ttl_s = 3600,
		.counts = {1, 0, 0},
		.traits = RB_SERVES_DO0 | RB_SERVES_DO1 | RB_SECURE,
		.ede = 3,
	};
	struct rb_import_problems problems;
	struct taken *taken = malloc(sizeof(*taken));
	char *text;
	size_t len;
	FILE *memory = open_memstream(&text, &len);

	(void)state;
	rb_import_own_describe(&own, "x.example.", "A", "NOERROR", memory);
	fputs("\nx.example.\t1235\tIN\tA\t192.0.2.1\n", memory);
	fclose(memory);
	load(text, len, NULL, taken, &problems);
	assert_string_equal(taken->text, "x.example. 1 rcode=0 do=3 secure left=1234"
					 " | x.example. 1235 IN A 192.0.2.1\n");
	assert_int_equal(problems.total, 0);
	rb_import_problems_free(&problems);
	free(text);
	free(taken);
}

static int count(const struct rb_store_record *record, void *context)
{
	assert_true(record->answer->ttl_s > 0);
	assert_int_equal(rb_name_len(record->qname, record->qname_len), record->qname_len);
	(*(unsigned int *)context)++;
	return 0;
}

static void damage(struct prng *prng, char *text, size_t len)
{
	static const char bad[] = "();\"\\\n\0 \t$@.*09";
	unsigned int hits = 1 + (unsigned int)(prng_next(prng) % 8);

	while (hits--)
		text[prng_next(prng) % len] = bad[prng_next(prng) % sizeof(bad)];
}

/* Otherwise: a damaged file ends the program, or makes it work for ever. */
static void damaged_input_is_survived(void **state)
{
	struct prng prng = {.state = 42};
	unsigned int taken = 0, i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		const char *input = load_cases[i % ARRAY_SIZE(load_cases)].input;
		size_t len = strlen(input);
		struct rb_import_problems problems = {.source = "input"};
		const struct rb_import_sink sink = {count, &taken};
		struct rb_import_input *open;
		struct rb_import_text text;

		assert_int_equal(rb_import_text_copy(input, len, &text), 0);
		damage(&prng, text.bytes, len);
		assert_int_equal(rb_import_input_open(rb_import_format_guess(&text), NULL, &text,
						      &problems, &open),
				 0);
		if (rb_import_format_guess(&text) != RB_IMPORT_NAMES)
			rb_import_input_put(open, NOW_NS, &problems, &sink);
		rb_import_input_close(open);
		rb_import_problems_free(&problems);
		rb_import_text_free(&text);
	}
	assert_true(taken > 1000);
}

#define CASES_MAX 64

int main(void)
{
	struct CMUnitTest tests[CASES_MAX] = {
		cmocka_unit_test(description_is_read_back),
		cmocka_unit_test(damaged_input_is_survived),
	};
	size_t n = 2, i;

	for (i = 0; i < ARRAY_SIZE(load_cases); i++)
		tests[n++] = (struct CMUnitTest){load_cases[i].name, input_is_loaded, NULL, NULL,
						 (void *)&load_cases[i]};
	return _cmocka_run_group_tests("import", tests, n, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Which records of the table a flush takes out. */
#include "table_fixture.h"

#include <ldns/ldns.h>

#include "dns/name.h"
#include "store/flush.h"

/* One record of the table: its question, and the response as a zone file has it, ";" between. */
static const struct stored {
	const char *name;
	ldns_rr_type type;
	uint8_t rcode;
	const char *answer, *authority, *additional;
} stored[] = {
	{"www.victim.example.", LDNS_RR_TYPE_A, 0, "www.victim.example. 300 A 192.0.2.1", "", ""},
	{"www.victim.example.", LDNS_RR_TYPE_AAAA, 0, "",
	 "victim.example. 300 SOA ns.victim.example. h.victim.example. 1 2 3 4 300", ""},
	{"alias.other.example.", LDNS_RR_TYPE_A, 0,
	 "alias.other.example. 300 CNAME mid.third.example.;"
	 "mid.third.example. 300 CNAME www.victim.example.;"
	 "www.victim.example. 300 A 192.0.2.1",
	 "", ""},
	{"alias.other.example.", LDNS_RR_TYPE_TXT, 0,
	 "alias.other.example. 300 CNAME www.victim.example.",
	 "victim.example. 300 SOA ns.victim.example. h.victim.example. 1 2 3 4 300", ""},
	{"gone.other.example.", LDNS_RR_TYPE_A, LDNS_RCODE_NXDOMAIN,
	 "gone.other.example. 300 CNAME nobody.victim.example.",
	 "victim.example. 300 SOA ns.victim.example. h.victim.example. 1 2 3 4 300", ""},
	{"alias.other.example.", LDNS_RR_TYPE_CNAME, 0,
	 "alias.other.example. 300 CNAME www.victim.example.", "", ""},
	{"other.example.", LDNS_RR_TYPE_MX, 0, "other.example. 300 MX 10 mail.victim.example.", "",
	 "mail.victim.example. 300 A 192.0.2.9"},
	{"third.example.", LDNS_RR_TYPE_MX, 0, "third.example. 300 MX 10 mail.victim.example.", "",
	 ""},
	{"other.example.", LDNS_RR_TYPE_NS, 0, "other.example. 300 NS ns.victim.example.", "",
	 "ns.victim.example. 300 AAAA 2001:db8::1"},
	{"_sip._udp.other.example.", LDNS_RR_TYPE_SRV, 0,
	 "_sip._udp.other.example. 300 SRV 1 2 5060 www.victim.example.", "",
	 "WWW.victim.example. 300 A 192.0.2.1"},
	{"x.d.other.example.", LDNS_RR_TYPE_A, 0,
	 "d.other.example. 300 DNAME d.victim.example.;"
	 "x.d.other.example. 300 CNAME x.d.victim.example.;"
	 "x.d.victim.example. 300 A 192.0.2.2",
	 "", ""},
	{"a.other.example.", LDNS_RR_TYPE_A, 0, "a.other.example. 300 A 192.0.2.3", "", ""},
	{"notvictim.example.", LDNS_RR_TYPE_A, 0, "notvictim.example. 300 A 192.0.2.4", "", ""},
	{"victim.example.", LDNS_RR_TYPE_NS, 0, "victim.example. 300 NS ns.other.example.", "", ""},
};

/* What each takes, one digit or letter for each record of the list above. */
static const struct flush_case {
	const char *name; /* of the case */
	enum rb_flush_reach reach;
	const char *flushed;
	ldns_rr_type type;
	const char *taken;
} cases[] = {
	{"name_with_its_aliases", RB_FLUSH_NAME, "www.victim.example.", 0, "XXXX.X...X...."},
	{"any_case", RB_FLUSH_NAME, "WwW.Victim.EXAMPLE.", 0, "XXXX.X...X...."},
	{"name_that_does_not_exist", RB_FLUSH_NAME, "nobody.victim.example.", 0, "....X........."},
	{"name_of_an_alias", RB_FLUSH_NAME, "mid.third.example.", 0, "..X..........."},
	{"name_behind_a_dname", RB_FLUSH_NAME, "x.d.victim.example.", 0, "..........X..."},
	{"name_of_a_dname", RB_FLUSH_NAME, "d.other.example.", 0, "..........X..."},
	{"name_of_a_mail_server_with_its_address", RB_FLUSH_NAME, "mail.victim.example.", 0,
	 "......X......."},
	{"apex", RB_FLUSH_NAME, "victim.example.", 0, ".X.XX........X"},
	{"type_with_its_aliases", RB_FLUSH_TYPE, "www.victim.example.", LDNS_RR_TYPE_A,
	 "X.X......X...."},
	{"type_that_is_not_there", RB_FLUSH_TYPE, "www.victim.example.", LDNS_RR_TYPE_TXT,
	 "...X.........."},
	{"type_cname", RB_FLUSH_TYPE, "alias.other.example.", LDNS_RR_TYPE_CNAME, "..XX.X........"},
	{"zone_with_what_leads_there", RB_FLUSH_ZONE, "victim.example.", 0, "XXXXXXX.XXX..X"},
	{"zone_below", RB_FLUSH_ZONE, "d.victim.example.", 0, "..........X..."},
	{"everything", RB_FLUSH_ZONE, ".", 0, "XXXXXXXXXXXXXX"},
	{"nothing", RB_FLUSH_ZONE, "elsewhere.example.", 0, ".............."},
};

static void section_add(ldns_pkt *packet, ldns_pkt_section section, const char *records)
{
	_cleanup_free_ char *text = strdup(records);
	char *rest = text, *line;

	while ((line = strsep(&rest, ";"))) {
		ldns_rr *rr;

		if (!*line)
			continue;
		assert_int_equal(ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL), LDNS_STATUS_OK);
		ldns_pkt_push_rr(packet, section, rr);
	}
}

/* The record's response in wire form, with names compressed; to be freed. */
static uint8_t *response_make(const struct stored *record, size_t *ret_len)
{
	ldns_pkt *packet = NULL;
	uint8_t *wire = NULL;

	assert_int_equal(ldns_pkt_query_new_frm_str(&packet, record->name, record->type,
						    LDNS_RR_CLASS_IN, LDNS_RD),
			 LDNS_STATUS_OK);
	ldns_pkt_set_qr(packet, true);
	ldns_pkt_set_ra(packet, true);
	ldns_pkt_set_rcode(packet, record->rcode);
	section_add(packet, LDNS_SECTION_ANSWER, record->answer);
	section_add(packet, LDNS_SECTION_AUTHORITY, record->authority);
	section_add(packet, LDNS_SECTION_ADDITIONAL, record->additional);
	assert_int_equal(ldns_pkt2wire(&wire, packet, ret_len), LDNS_STATUS_OK);
	ldns_pkt_free(packet);
	return wire;
}

static struct rb_table_key key_make(const struct rb_table *table, const struct stored *record)
{
	struct rb_table_key key;
	uint8_t qname[RB_NAME_MAX];
	int len = rb_name_from_text(record->name, qname);

	assert_int_equal(rb_table_key_init(table, qname, (size_t)len, (uint16_t)record->type, &key),
			 0);
	return key;
}

static void store(struct rb_table *table, const struct stored *record)
{
	struct rb_table_key key = key_make(table, record);
	const struct rb_answer_opts opts = {
		.qname = key.qname,
		.qname_len = key.qname_len,
		.qtype = key.qtype,
		.max_ttl_s = HOUR_S,
		.max_negative_ttl_s = HOUR_S,
		.now_ns = rb_clock_ns(),
	};
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	size_t len;
	_cleanup_free_ uint8_t *message = response_make(record, &len);

	assert_int_equal(rb_answer_from_message(message, len, &opts, &answer), 0);
	assert_int_equal(rb_table_publish(table, &key, answer), 0);
}

static bool is_stored(const struct rb_table *table, const struct stored *record)
{
	struct rb_table_key key = key_make(table, record);
	struct rb_table_found found;

	return !rb_table_find(table, &key, RB_SERVES_DO0, rb_clock_ns(), &found);
}

static struct rb_flush flush_make(const struct flush_case *test)
{
	struct rb_flush flush = {.reach = test->reach, .type = (uint16_t)test->type};

	flush.name_len = (uint16_t)rb_name_from_text(test->flushed, flush.name);
	return flush;
}

/* Otherwise: an alias would give the old address on, or a flush would empty the table. */
static void flush_takes_what_depends_on_it(void **state)
{
	const struct flush_case *test = *state;
	struct rb_flush flush = flush_make(test);
	uint64_t expected = 0;
	struct rb_table *table;
	char taken[ARRAY_SIZE(stored) + 1] = "";
	uint64_t removed;

	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, 0, &table), 0);
	for (size_t i = 0; i < ARRAY_SIZE(stored); i++)
		store(table, &stored[i]);
	removed = rb_flush_table(table, &flush);
	for (size_t i = 0; i < ARRAY_SIZE(stored); i++) {
		taken[i] = is_stored(table, &stored[i]) ? '.' : 'X';
		expected += taken[i] == 'X';
	}
	assert_string_equal(taken, test->taken);
	assert_int_equal(removed, expected);
	rb_table_close(table);
}

/* Otherwise: a hostile upstream could end the server at the next flush. */
static void damaged_responses_are_survived(void **state)
{
	struct rb_flush flush = flush_make(&cases[0]);

	(void)state;
	for (unsigned int round = 0; round < 20000; round++) {
		size_t len;
		_cleanup_free_ uint8_t *message =
			response_make(&stored[round % ARRAY_SIZE(stored)], &len);

		for (int i = rand() % 8; i >= 0; i--)
			message[(size_t)rand() % len] = (uint8_t)rand();
		len -= (size_t)rand() % len;
		message = realloc(message, len); /* so that a sanitizer sees its end */
		(void)rb_flush_concerns(&flush, 1, message, len);
	}
}

/* Printed: how long a flush takes beside a large table. The machine decides on the figure. */
static void a_large_table_is_searched(void **state)
{
	struct rb_flush flush = flush_make(&cases[0]);
	struct rb_table *table;
	uint64_t start_ns;

	(void)state;
	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, 64 << 20, &table), 0);
	for (uint32_t i = 0; i < 200000; i++) {
		struct rb_table_key key = key_of(table, i);

		publish_of(table, &key, i, ADDRESSES_SMALL, RB_SERVES_DO0 | RB_SERVES_DO1);
	}
	start_ns = rb_clock_ns();
	assert_int_equal(rb_flush_table(table, &flush), 0);
	print_message("a flush looks at 200000 records in %llu ms\n",
		      (unsigned long long)((rb_clock_ns() - start_ns) / RB_NS_PER_MS));
	rb_table_close(table);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + 2] = {
		cmocka_unit_test(damaged_responses_are_survived),
		cmocka_unit_test(a_large_table_is_searched),
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i + 2] = (struct CMUnitTest){
			.name = cases[i].name,
			.test_func = flush_takes_what_depends_on_it,
			.initial_state = (void *)&cases[i],
		};
	return cmocka_run_group_tests_name("flush", tests, NULL, NULL);
}

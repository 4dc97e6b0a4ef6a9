/* SPDX-License-Identifier: BSD-2-Clause */
/* Which records stay in the hot table when local policy changes. */
#include "config_fixture.h"
#include "lib/lookup.h"
#include "lib/message.h"
#include "table_fixture.h"

#include "dns/name.h"
#include "policy/answer.h"
#include "policy/compile.h"
#include "policy/pair.h"
#include "policy/respond.h"
#include "store/sweep.h"
#include "util/blob.h"

/* Each is stored as the first policy would have it: its own answer, or 203.0.113.<number>. */
static const char *const names[] = {"a.plain.", "b.plain.", "x.zone.",   "y.zone.",
				    "d.data.",  "e.data.",  "www.list.", "w.other."};

/* What each change takes, one letter for each of these names. */
static const struct sweep_case {
	const char *name, *before, *after, *taken;
} cases[] = {
	{"nothing_changes", "local-zone: zone static\n", "local-zone: zone static\n", "........"},
	{"a_zone_comes", "", "local-zone: zone always_nxdomain\n", "..XX...."},
	{"a_zone_goes", "local-zone: zone always_nxdomain\n", "", "..XX...."},
	{"a_zone_is_another_type", "local-zone: zone always_nxdomain\n",
	 "local-zone: zone always_refuse\n", "..XX...."},
	{"a_zone_says_the_same_otherwise", "local-zone: zone always_nxdomain\n",
	 "local-zone: x.zone always_nxdomain\nlocal-zone: y.zone always_nxdomain\n", "........"},
	{"data_changes", "local-data: 'd.data A 192.0.2.1'\nlocal-data: 'e.data A 192.0.2.2'\n",
	 "local-data: 'd.data A 192.0.2.3'\nlocal-data: 'e.data A 192.0.2.2'\n", "....X..."},
	{"a_ttl_changes", "local-data: 'd.data 60 A 192.0.2.1'\n",
	 "local-data: 'd.data 61 A 192.0.2.1'\n", "....X..."},
	{"data_goes", "local-data: 'd.data A 192.0.2.1'\n", "", "....X..."},
	{"the_soa_of_a_zone_changes",
	 "local-zone: zone static\nlocal-data: 'zone SOA n. h. 1 2 3 4 5'\n",
	 "local-zone: zone static\nlocal-data: 'zone SOA n. h. 1 2 3 4 6'\n", "..XX...."},
	{"somebody_wants_to_be_told", "", "local-zone: zone inform\n", "..XX...."},
	{"some_clients_get_something_else", "local-zone: zone static\n",
	 "local-zone: zone static\nlocal-zone-override: zone 192.0.2.0/24 refuse\n", "..XX...."},
	{"an_alias", "", "local-zone: list redirect\nlocal-data: 'list CNAME to.example.'\n",
	 "......X."},
	{"somebody_has_a_view", "access-control-view: 192.0.2.1/32 v\nview:\nname: v\n",
	 "access-control-view: 192.0.2.1/32 v\nview:\nname: v\nlocal-zone: zone refuse\n",
	 "..XX...."},
	{"an_address_is_refused", "", "response-ip: 203.0.113.1/32 always_nxdomain\n", ".X......"},
	{"addresses_are_rewritten_no_more",
	 "response-ip: 203.0.113.0/31 redirect\nresponse-ip-data: 203.0.113.0/31 'A 192.0.2.9'\n",
	 "", "XX......"},
	/* What was made of a response may have depended on anything. */
	{"what_was_rewritten_goes",
	 "response-ip: 203.0.113.0/31 redirect\nresponse-ip-data: 203.0.113.0/31 'A 192.0.2.9'\n",
	 "response-ip: 203.0.113.0/31 redirect\nresponse-ip-data: 203.0.113.0/31 'A 192.0.2.9'\n"
	 "local-zone: zone static\n",
	 "XXXX...."},
};

static struct rb_config *config_of(const char *lines, struct rb_policy *ret_policy)
{
	char text[512];
	struct rb_config *config;

	snprintf(text, sizeof(text), "server:\n%s", lines);
	config = read_text(text, 0);
	assert_int_equal(rb_policy_open(rb_blob_bytes(config->policy.zones),
					rb_blob_len(config->policy.zones), ret_policy),
			 0);
	return config;
}

static struct rb_policy_question question_of(const char *name, uint8_t wire[RB_NAME_MAX])
{
	return (struct rb_policy_question){
		.qname = wire,
		.qname_len = (uint16_t)rb_name_from_text(name, wire),
		.qtype = RB_TYPE_A,
		.qclass = RB_CLASS_IN,
	};
}

static struct rb_table_key key_for(const struct rb_table *table, const char *name)
{
	uint8_t wire[RB_NAME_MAX];
	const struct rb_policy_question question = question_of(name, wire);
	struct rb_table_key key;

	assert_int_equal(rb_table_key_init(table, question.qname, question.qname_len,
					   question.qtype, &key),
			 0);
	return key;
}

/* As the server would. */
static void store(struct rb_table *table, const struct rb_policy *policy, uint8_t number)
{
	struct rb_table_key key = key_for(table, names[number]);
	const struct rb_policy_client anybody = {0};
	uint8_t wire[RB_NAME_MAX], *last;
	const struct rb_policy_question question = question_of(names[number], wire);
	struct rb_policy_verdict verdict;
	struct rb_answer *answer;

	if (rb_policy_decide(policy, &question, &anybody, &verdict)) {
		assert_int_equal(
			rb_policy_answer(&verdict, &question, false, rb_clock_ns(), &answer), 0);
	} else {
		answer = answer_of(number, 1, BOTH, HOUR_S);
		last = answer->body + RR_A_BYTES - 4;
		memcpy(last, (const uint8_t[]){203, 0, 113, number}, 4);
		if (rb_policy_held_back(policy, &question, answer, 1))
			answer->traits |= RB_NO_STALE;
	}
	assert_int_equal(rb_table_publish(table, &key, answer), 0);
	rb_answer_free(answer);
}

/* What a sweep from the one to the other takes, of records that are as before has them. */
static void taken_check(struct rb_table *table, const struct sweep_case *one,
			const struct rb_policy *before, const struct rb_policy *after)
{
	char taken[ARRAY_SIZE(names) + 1] = {0};
	size_t count = 0;

	for (uint8_t i = 0; i < ARRAY_SIZE(names); i++)
		store(table, before, i);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		count += one->taken[i] == 'X';
	assert_int_equal(rb_sweep_table(table, before, after), count);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct rb_table_key key = key_for(table, names[i]);
		struct rb_answer *answer = NULL;

		taken[i] = table_lookup(table, &key, RB_SERVES_DO0, rb_clock_ns(), &answer, NULL)
				   ? 'X'
				   : '.';
		rb_answer_free(answer);
		rb_table_remove(table, &key, BOTH);
	}
	if (strcmp(taken, one->taken) != 0)
		fail_msg("%s: %s, not %s", one->name, taken, one->taken);
}

static void case_check(struct rb_table *table, const struct sweep_case *one)
{
	struct rb_policy before, after;
	struct rb_config *former = config_of(one->before, &before);
	struct rb_config *config = config_of(one->after, &after);

	taken_check(table, one, &before, &after);
	rb_config_free(former);
	rb_config_free(config);
}

/*
 * Otherwise: a name that is listed now would go on to be answered by the kernel; or a change of one
 * name would cost all others their places.
 */
static void what_policy_says_otherwise_is_taken_out_and_all_else_stays(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		case_check(*state, &cases[i]);
}

/* A blocklist that has changed, and nothing else unless after has other lines. */
static const struct list_case {
	struct sweep_case sweep;
	const char *listed_before, *listed_after;
	bool only_lists;
} list_cases[] = {
	{{"names_come", "", "", "......X."}, "other.example\n", "other.example\nlist\n", true},
	{{"names_go", "", "", "XX......"}, "plain\nlist\n", "list\n", true},
	{{"a_name_stays_on_another_line", "", "", "........"},
	 "list\n",
	 "more.example\nlist\n",
	 true},
	{{"a_zone_decides_before_lists", "local-zone: zone static\n", "local-zone: zone static\n",
	  "......X."},
	 "x.zone\n",
	 "y.zone\nlist\n",
	 true},
	/* Where nothing but lists changes, what was rewritten would be again. */
	{{"what_was_rewritten_stays",
	  "response-ip: 203.0.113.0/31 redirect\nresponse-ip-data: 203.0.113.0/31 'A 192.0.2.9'\n",
	  "response-ip: 203.0.113.0/31 redirect\nresponse-ip-data: 203.0.113.0/31 'A 192.0.2.9'\n",
	  "......X."},
	 "other.example\n",
	 "list\n",
	 true},
	{{"an_alias_leads_to_what_is_listed_now",
	  "local-zone: list redirect\nlocal-data: 'list CNAME to.example.'\n",
	  "local-zone: list redirect\nlocal-data: 'list CNAME to.example.'\n", "......X."},
	 "other.example\n",
	 "to.example\n",
	 true},
	{{"an_alias_leads_elsewhere",
	  "local-zone: list redirect\nlocal-data: 'list CNAME to.example.'\n",
	  "local-zone: list redirect\nlocal-data: 'list CNAME to.example.'\n", "........"},
	 "other.example\n",
	 "more.example\n",
	 true},
	{{"data_changes_too", "local-data: 'd.data A 192.0.2.1'\n",
	  "local-data: 'd.data A 192.0.2.2'\n", "....X.X."},
	 "other.example\n",
	 "list\n",
	 false},
	{{"a_zone_changes_too", "local-zone: zone static\n", "local-zone: zone refuse\n",
	  "..XX..X."},
	 "other.example\n",
	 "list\n",
	 false},
};

/* As when files are compiled again: with the seed of before. The caller frees *ret_image. */
static void listed_make(const char *lines, const char *listed, void **ret_image,
			struct rb_policy *ret_policy)
{
	char path[] = "/tmp/rb-sweep-XXXXXX", text[512];
	struct rb_policy_compiled compiled = {0};
	struct rb_policy_fault fault = {0};
	struct rb_policy ignored;
	struct rb_config *config;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, listed, strlen(listed)), strlen(listed));
	close(fd);
	snprintf(text, sizeof(text), "%sblocklist:\nfile: %s\n", lines, path);
	config = config_of(text, &ignored);
	assert_int_equal(rb_policy_compile(&config->local, 7, NULL, &compiled, &fault), 0);
	unlink(path);
	rb_config_free(config);
	assert_int_equal(rb_policy_open(compiled.image, compiled.bytes, ret_policy), 0);
	*ret_image = compiled.image;
}

/*
 * Otherwise: a name that is listed now would go on to be answered; or a list that is fetched each
 * hour would take what has nothing to do with it.
 */
static void a_changed_list_takes_what_it_names_and_nothing_else(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(list_cases); i++) {
		const struct list_case *one = &list_cases[i];
		struct rb_policy before, after;
		struct rb_policy_pair pair;
		void *former, *image;

		listed_make(one->sweep.before, one->listed_before, &former, &before);
		listed_make(one->sweep.after, one->listed_after, &image, &after);
		rb_policy_pair_init(&before, &after, &pair);
		if (pair.only_lists != one->only_lists)
			fail_msg("%s: only lists: %d", one->sweep.name, pair.only_lists);
		rb_policy_pair_free(&pair);
		taken_check(*state, &one->sweep, &before, &after);
		free(former);
		free(image);
	}
}

/* "a.plain.", with these records. */
static void store_records(struct rb_table *table, const char *answer_text, const char *authority,
			  const char *additional)
{
	ldns_pkt *packet = message_new(names[0], RB_TYPE_A);
	struct rb_table_key key = key_for(table, names[0]);
	struct rb_answer_opts opts;
	uint8_t asked[300], *wire;
	struct rb_answer *answer;
	struct rb_query query;
	size_t len;

	message_push(packet, LDNS_SECTION_ANSWER, answer_text);
	message_push(packet, LDNS_SECTION_AUTHORITY, authority);
	message_push(packet, LDNS_SECTION_ADDITIONAL, additional);
	message_query(names[0], RB_TYPE_A, (struct rb_edns){0}, RB_FLAG_RD, asked, &query);
	opts = message_opts(&query);
	opts.now_ns = rb_clock_ns();
	assert_int_equal(ldns_pkt2wire(&wire, packet, &len), LDNS_STATUS_OK);
	assert_int_equal(rb_answer_from_message(wire, len, &opts, &answer), 0);
	assert_int_equal(rb_table_publish(table, &key, answer), 0);
	rb_answer_free(answer);
	free(wire);
	message_freep(&packet);
}

/* Otherwise: zones on a server that is listed now would go on to be answered by the kernel. */
static void what_shows_a_server_that_is_listed_now_is_taken_out(void **state)
{
	static const char zone[] = "$ORIGIN rpz.\n$TTL 300\nns.bad.rpz-nsdname CNAME .\n";
	char path[] = "/tmp/rb-sweep-XXXXXX", lines[128];
	struct rb_policy before, after;
	struct rb_config *former, *config;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, zone, strlen(zone)), strlen(zone));
	close(fd);
	snprintf(lines, sizeof(lines), "rpz:\nname: rpz\nzonefile: %s\n", path);
	former = config_of("", &before);
	config = config_of(lines, &after);
	unlink(path);
	store_records(*state, "a.plain. 300 A 203.0.113.1\n", "plain. 300 NS ns.good.\n", "");
	assert_int_equal(rb_sweep_table(*state, &before, &after), 0);
	store_records(*state, "a.plain. 300 A 203.0.113.1\n", "plain. 300 NS ns.bad.\n", "");
	assert_int_equal(rb_sweep_table(*state, &before, &after), 1);
	rb_config_free(former);
	rb_config_free(config);
}

/* Of a response policy zone with these triggers, as when it is transferred again. */
static void *triggers_make(const char *triggers, struct rb_policy *ret_policy)
{
	char path[] = "/tmp/rb-sweep-XXXXXX", lines[128];
	int fd = mkstemp(path);
	void *image;

	assert_int_equal(write(fd, triggers, strlen(triggers)), strlen(triggers));
	close(fd);
	snprintf(lines, sizeof(lines), "rpz:\nname: rpz\nzonefile: %s\n", path);
	listed_make(lines, "", &image, ret_policy);
	unlink(path);
	return image;
}

/*
 * Otherwise: zones on a server whose address is listed now would go on to be answered by the kernel. Only
 * the additional section shows it.
 */
static void what_shows_the_address_of_a_server_that_is_listed_now_is_taken_out(void **state)
{
	static const char none[] = "$ORIGIN rpz.\n$TTL 300\n24.0.113.0.203.rpz-nsip CNAME .\n";
	static const struct {
		const char *triggers, *address;
		uint64_t removed;
	} shown[] = {
		{"32.9.100.51.198.rpz-nsip CNAME .\n", "198.51.100.9", 1},
		{"32.9.100.51.198.rpz-nsip CNAME .\n", "198.51.100.10", 0},
		{"31.8.100.51.198.rpz-nsip CNAME .\n", "198.51.100.9", 1},
		{"31.8.100.51.198.rpz-nsip CNAME .\n", "198.51.100.7", 0},
		/* A netblock inside of another, from the same address on. */
		{"32.0.100.51.198.rpz-nsip CNAME .\n24.0.100.51.198.rpz-nsip CNAME .\n",
		 "198.51.100.200", 1},
		{"24.0.100.51.198.rpz-nsip CNAME .\n32.99.100.51.198.rpz-nsip CNAME .\n",
		 "198.51.100.200", 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		char triggers[256], glue[64];
		struct rb_policy before, after;
		void *former = triggers_make(none, &before), *image;

		snprintf(triggers, sizeof(triggers), "%s%s", none, shown[i].triggers);
		image = triggers_make(triggers, &after);
		snprintf(glue, sizeof(glue), "ns.bad. 300 A %s\n", shown[i].address);
		store_records(*state, "a.plain. 300 A 192.0.2.200\n", "plain. 300 NS ns.bad.\n",
			      glue);
		assert_int_equal(rb_sweep_table(*state, &before, &after), shown[i].removed);
		free(former);
		free(image);
	}
}

/* Otherwise: an alias for a name that is a trigger now would go on to be answered by the kernel. */
static void what_leads_to_a_trigger_is_taken_out(void **state)
{
	static const char answer[] = "a.plain. 300 CNAME to.bad.\nto.bad. 300 A 203.0.113.1\n";
	struct rb_policy before, other, after;
	void *images[] = {
		triggers_make("$ORIGIN rpz.\n$TTL 300\nx.other CNAME .\n", &before),
		triggers_make("$ORIGIN rpz.\n$TTL 300\ny.other CNAME .\n", &other),
		triggers_make("$ORIGIN rpz.\n$TTL 300\nx.other CNAME .\n*.bad CNAME .\n", &after),
	};
	struct rb_policy_pair pair;

	rb_policy_pair_init(&before, &after, &pair);
	assert_true(pair.is_told_by_names && pair.changes.triggers);
	rb_policy_pair_free(&pair);
	store_records(*state, answer, "plain. 300 NS ns.plain.\n", "");
	assert_int_equal(rb_sweep_table(*state, &before, &other), 0);
	assert_int_equal(rb_sweep_table(*state, &before, &after), 1);
	for (size_t i = 0; i < ARRAY_SIZE(images); i++)
		free(images[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(what_policy_says_otherwise_is_taken_out_and_all_else_stays),
		TABLE_TEST(a_changed_list_takes_what_it_names_and_nothing_else),
		TABLE_TEST(what_shows_a_server_that_is_listed_now_is_taken_out),
		TABLE_TEST(what_shows_the_address_of_a_server_that_is_listed_now_is_taken_out),
		TABLE_TEST(what_leads_to_a_trigger_is_taken_out),
	};

	return table_run_tests("sweep", tests, ARRAY_SIZE(tests));
}

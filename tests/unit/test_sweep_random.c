/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sweeps between policies made at random: what is left in the table is what the later policy would
 * say of the same responses.
 */
#include "config_fixture.h"
#include "lib/lookup.h"
#include "lib/message.h"
#include "lib/prng.h"
#include "table_fixture.h"

#include "dns/name.h"
#include "policy/compile.h"
#include "policy/decide.h"
#include "policy/pair.h"
#include "policy/respond.h"
#include "store/sweep.h"

#define ROUNDS 1000
#define ZONES  3
#define LINES  4
#define SEED   7

struct world {
	const char *lines[LINES]; /* of the server clause */
	const char *triggers[ZONES][LINES];
	const char *options[ZONES]; /* NULL: there is no such zone, nor one behind it */
	uint64_t off;
};

static const char *const lines[] = {
	"",
	"",
	"",
	"response-ip: 203.0.113.1/32 always_nxdomain\n",
	"response-ip: 203.0.113.2/31 deny\n",
	"response-ip: 203.0.113.0/24 redirect\nresponse-ip-data: 203.0.113.0/24 'A 192.0.2.7'\n",
	"response-ip: 198.51.100.0/24 always_refuse\n",
	"local-zone: plain inform\n",
	"local-zone: a.other always_nxdomain\n",
};
static const char *const triggers[] = {
	"",
	"",
	"",
	"",
	"",
	"",
	"",
	"a.plain CNAME .\n",
	"*.bad CNAME *.\n",
	"to.good CNAME .\n",
	"b.other CNAME rpz-passthru.\n",
	"32.1.113.0.203.rpz-ip CNAME .\n",
	"30.0.113.0.203.rpz-ip A 192.0.2.1\n",
	"24.0.100.51.198.rpz-ip CNAME rpz-passthru.\n",
	"1.0.0.0.128.rpz-ip CNAME *.\n",
	"ns.bad.rpz-nsdname CNAME .\n",
	"*.good.rpz-nsdname CNAME rpz-passthru.\n",
	"32.9.100.51.198.rpz-nsip CNAME .\n",
	"24.0.113.0.203.rpz-nsip CNAME *.\n",
	"24.0.2.0.192.rpz-nsip CNAME .\n",
	"32.1.2.0.192.rpz-client-ip CNAME rpz-drop.\n",
};
static const char *const options[] = {NULL,
				      "",
				      "",
				      "",
				      "rpz-action-override: nodata\n",
				      "rpz-log: yes\n",
				      "rpz-signal-nxdomain-ra: yes\n"};

/* Names with the addresses of their responses and of what these show. */
static const char *const owners[] = {"a.plain.", "b.plain.", "a.other.", "b.other.",
				     "c.plain.", "d.plain.", "c.other.", "d.other."};
static const char *const targets[] = {"to.bad.", "to.good.", "to.other."};
static const char *const addresses[] = {"203.0.113.1", "203.0.113.2", "203.0.113.77",
					"198.51.100.9", "192.0.2.200"};
static const char *const authorities[] = {"", "", "plain. 300 NS ns.bad.\n",
					  "other. 300 NS ns.good.\n"};

static struct prng prng = {1};

#define PICK(list) ((list)[prng_below(&prng, ARRAY_SIZE(list))])

static void world_make(struct world *world)
{
	*world = (struct world){.off = prng_below(&prng, 8) ? 0 : 1};
	for (size_t i = 0; i < LINES; i++)
		world->lines[i] = PICK(lines);
	for (size_t zone = 0; zone < ZONES; zone++) {
		world->options[zone] = PICK(options);
		for (size_t i = 0; i < LINES; i++)
			world->triggers[zone][i] = PICK(triggers);
	}
}

/* As a reload, a transfer or rpz_disable would. */
static void world_change(struct world *world)
{
	uint32_t kind = prng_below(&prng, 6);

	if (kind == 0)
		world->lines[prng_below(&prng, LINES)] = PICK(lines);
	else if (kind == 1)
		world->options[prng_below(&prng, ZONES)] = PICK(options);
	else if (kind == 2)
		world->off ^= 1ULL << prng_below(&prng, ZONES);
	else
		world->triggers[prng_below(&prng, ZONES)][prng_below(&prng, LINES)] =
			PICK(triggers);
}

/* Whoever opens the policy frees the image. */
static void *world_compile(const struct world *world, struct rb_policy *ret_policy)
{
	char text[2048] = "server:\n", paths[ZONES][32];
	struct rb_policy_compiled compiled = {0};
	struct rb_policy_fault fault = {0};
	size_t len = strlen(text), zones = 0;
	struct rb_config *config;

	for (size_t i = 0; i < LINES; i++)
		len += (size_t)sprintf(text + len, "%s", world->lines[i]);
	for (; zones < ZONES && world->options[zones]; zones++) {
		FILE *file;

		strcpy(paths[zones], "/tmp/rb-sweep-XXXXXX");
		file = fdopen(mkstemp(paths[zones]), "w");
		assert_non_null(file);
		fprintf(file, "$ORIGIN r%zu.\n$TTL 300\n", zones);
		for (size_t i = 0; i < LINES; i++)
			fputs(world->triggers[zones][i], file);
		fclose(file);
		len += (size_t)sprintf(text + len, "rpz:\nname: r%zu\nzonefile: %s\n%s", zones,
				       paths[zones], world->options[zones]);
	}
	config = read_text(text, 0);
	assert_int_equal(rb_policy_compile(&config->local, SEED, NULL, &compiled, &fault), 0);
	while (zones)
		unlink(paths[--zones]);
	rb_config_free(config);
	assert_int_equal(rb_policy_open(compiled.image, compiled.bytes, ret_policy), 0);
	ret_policy->rpzs_off[0] = world->off;
	return compiled.image;
}

static struct rb_answer *answer_make(const char *name)
{
	ldns_pkt *packet = message_new(name, RB_TYPE_A);
	char text[256], glue[64];
	const char *last = name;
	struct rb_answer_opts opts;
	uint8_t asked[300], *wire;
	struct rb_answer *answer;
	struct rb_query query;
	size_t len = 0;

	if (prng_below(&prng, 2)) {
		last = PICK(targets);
		len = (size_t)sprintf(text, "%s 300 CNAME %s\n", name, last);
	}
	for (uint32_t count = 1 + prng_below(&prng, 2); count; count--)
		len += (size_t)sprintf(text + len, "%s 300 A %s\n", last, PICK(addresses));
	sprintf(glue, "ns.%s 300 A %s\n", prng_below(&prng, 2) ? "bad." : "good.", PICK(addresses));
	message_push(packet, LDNS_SECTION_ANSWER, text);
	message_push(packet, LDNS_SECTION_AUTHORITY, PICK(authorities));
	message_push(packet, LDNS_SECTION_ADDITIONAL, prng_below(&prng, 2) ? glue : "");
	message_query(name, RB_TYPE_A, (struct rb_edns){0}, RB_FLAG_RD, asked, &query);
	opts = message_opts(&query);
	opts.now_ns = rb_clock_ns();
	assert_int_equal(ldns_pkt2wire(&wire, packet, &len), LDNS_STATUS_OK);
	assert_int_equal(rb_answer_from_message(wire, len, &opts, &answer), 0);
	free(wire);
	message_freep(&packet);
	return answer;
}

/* Whether all clients get the response as it is. */
static bool passes(const struct rb_policy *policy, const char *name, const struct rb_answer *answer)
{
	const struct rb_policy_client anybody = {0};
	struct rb_policy_question question = {.qtype = RB_TYPE_A, .qclass = RB_CLASS_IN};
	struct rb_policy_verdict verdict = {.action = RB_POLICY_PASS};
	uint8_t wire[RB_NAME_MAX];

	question.qname = wire;
	question.qname_len = (uint16_t)rb_name_from_text(name, wire);
	rb_policy_decide(policy, &question, &anybody, &verdict);
	return verdict.action == RB_POLICY_PASS && rb_policy_is_shared(&verdict) &&
	       !rb_policy_held_back(policy, &question, answer, 1);
}

static struct rb_table_key key_for(const struct rb_table *table, const char *name)
{
	uint8_t wire[RB_NAME_MAX];
	struct rb_table_key key;
	int len = rb_name_from_text(name, wire);

	assert_int_equal(rb_table_key_init(table, wire, (size_t)len, RB_TYPE_A, &key), 0);
	return key;
}

/* Store the responses, sweep, and see what is left; returns how many. */
static size_t sweep_check(struct rb_table *table, const struct rb_policy *before,
			  const struct rb_policy *after)
{
	struct rb_answer *answers[ARRAY_SIZE(owners)];
	size_t left = 0;

	for (size_t i = 0; i < ARRAY_SIZE(owners); i++) {
		struct rb_table_key key = key_for(table, owners[i]);

		answers[i] = answer_make(owners[i]);
		if (passes(before, owners[i], answers[i]))
			assert_int_equal(rb_table_publish(table, &key, answers[i]), 0);
	}
	rb_sweep_table(table, before, after);
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++) {
		struct rb_table_key key = key_for(table, owners[i]);
		struct rb_answer *there = NULL;
		bool is_there =
			!table_lookup(table, &key, RB_SERVES_DO0, rb_clock_ns(), &there, NULL);

		if (is_there && !passes(after, owners[i], answers[i]))
			fail_msg("%s is still there", owners[i]);
		left += is_there;
		rb_answer_free(there);
		rb_answer_free(answers[i]);
		rb_table_remove(table, &key, BOTH);
	}
	return left;
}

/* Otherwise: what a zone, a trigger or a netblock forbids now, the kernel would go on to answer. */
static void what_is_left_is_what_would_be_said(void **state)
{
	unsigned int told = 0;
	size_t left = 0;

	for (unsigned int round = 0; round < ROUNDS; round++) {
		struct rb_policy before, after;
		struct rb_policy_pair pair;
		void *former, *image;
		struct world world;

		world_make(&world);
		former = world_compile(&world, &before);
		for (uint32_t i = 1 + prng_below(&prng, 3); i; i--)
			world_change(&world);
		image = world_compile(&world, &after);
		rb_policy_pair_init(&before, &after, &pair);
		told += pair.is_told_by_names;
		rb_policy_pair_free(&pair);
		left += sweep_check(*state, &before, &after);
		free(former);
		free(image);
	}
	print_message("%u of %u sweeps are quick, %zu records are left\n", told, ROUNDS, left);
	assert_true(told > ROUNDS / 2);
	assert_true(left > ROUNDS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(what_is_left_is_what_would_be_said),
	};

	return table_run_tests("sweep, random", tests, ARRAY_SIZE(tests));
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Client classes, with policies at random: whatever the kernel or the table answers to a client is
 * what policy says to its class, before and after changes of the policy.
 *
 * RB_CASES: questions of each world (4000). RB_SEED: of the first world.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audience_world.h"
#include "dns/name.h"
#include "lib/prng.h"
#include "lib/program.h"
#include "policy/acl.h"
#include "policy/answer.h"
#include "policy/audience.h"
#include "policy/decide.h"
#include "policy/respond.h"
#include "table/audience.h"
#include "unit/config_fixture.h"
#include "util/clock.h"
#include "util/fnv.h"

#define WORLDS 6
#define CASES  4000
#define ROUNDS 4 /* policies of a world */
#define HOUR_S 3600

/* One question of one client. */
struct one_case {
	char client[INET_ADDRSTRLEN];
	char name[64];
	uint8_t wire[RB_NAME_MAX];
	struct rb_policy_question question;
	uint8_t client_class;
};

/* --- what policy says ------------------------------------------------------------------------- */

/* One A record. */
static struct rb_answer *address(const struct one_case *run, const uint8_t addr[4], uint8_t traits)
{
	const uint8_t record[16] = {0xc0, 12, 0, 1, 0,       1,       0,       0,
				    14,   16, 0, 4, addr[0], addr[1], addr[2], addr[3]};
	uint8_t message[512] = {0, 0, 0x81, 0x80, 0, 1, 0, 1};
	const struct rb_answer_opts opts = {
		.qname = run->wire,
		.qname_len = run->question.qname_len,
		.qtype = RB_TYPE_A,
		.max_ttl_s = HOUR_S,
		.max_negative_ttl_s = HOUR_S,
		.now_ns = rb_clock_ns(),
	};
	size_t at = 12 + run->question.qname_len;
	struct rb_answer *answer;

	memcpy(message + 12, run->wire, run->question.qname_len);
	memcpy(message + at, "\0\1\0\1", 4);
	memcpy(message + at + 4, record, sizeof(record));
	assert_int_equal(rb_answer_from_message(message, at + 4 + sizeof(record), &opts, &answer),
			 0);
	answer->traits |= traits;
	return answer;
}

/* What is made of a response has an address that says of which verdict it is. */
static struct rb_answer *rewritten(const struct one_case *run,
				   const struct rb_policy_verdict *verdict)
{
	uint32_t hash = rb_fnv(RB_FNV_START, &verdict->rcode, sizeof(verdict->rcode));

	hash = rb_fnv(hash, &verdict->action, sizeof(verdict->action));
	if (verdict->answer.count)
		hash = rb_fnv(hash, verdict->answer.records, verdict->answer.records_len);
	return address(run,
		       (const uint8_t[]){10, (uint8_t)(hash >> 16), (uint8_t)(hash >> 8),
					 (uint8_t)hash},
		       RB_NO_STALE);
}

static uint8_t *reply_to(const struct one_case *run, const struct rb_answer *answer,
			 size_t *ret_len)
{
	size_t at = 12 + run->question.qname_len + 4;
	uint8_t *message = calloc(1, at + answer->body_len);

	assert_non_null(message);
	message[5] = 1;
	message[7] = (uint8_t)answer->ancount;
	memcpy(message + 12, run->wire, run->question.qname_len);
	memcpy(message + at - 4, "\0\1\0\1", 4);
	memcpy(message + at, answer->body, answer->body_len);
	*ret_len = at + answer->body_len;
	return message;
}

/*
 * What the client is to get; NULL: what is not stored. audience: under which key it may be, where
 * ret_key is not NULL.
 */
static struct rb_answer *expected(struct world *world, const struct one_case *run,
				  struct rb_table_key *key, bool *ret_storable)
{
	const struct rb_policy_client client = {.client_class = run->client_class};
	struct rb_policy_response response;
	struct rb_policy_verdict verdict;
	struct rb_answer *answer;
	uint8_t *message;
	bool changes;
	size_t len;

	rb_policy_decide(&world->policy, &run->question, &client, &verdict);
	if (verdict.action == RB_POLICY_DROP || !rb_policy_is_shared(&verdict))
		return NULL;
	if (verdict.action == RB_POLICY_ANSWER) {
		assert_int_equal(rb_policy_answer(&verdict, &run->question, false, rb_clock_ns(),
						  &answer),
				 0);
		*ret_storable = rb_audience_answered(&world->policy, world->table, &run->question,
						     run->client_class, &verdict, key);
		return answer;
	}
	answer = address(run, (const uint8_t[]){203, 0, 113, run->wire[2] % 12}, 0);
	message = reply_to(run, answer, &len);
	changes =
		rb_policy_respond(&world->policy, &run->question, &client, message, len, &response);
	free(message);
	if (!changes && response.verdict.inform) {
		rb_answer_free(answer);
		return NULL;
	}
	if (changes) {
		rb_answer_free(answer);
		*ret_storable = rb_audience_rewritten(&world->policy, world->table, &run->question,
						      run->client_class, key);
		return rb_policy_is_shared(&response.verdict) ? rewritten(run, &response.verdict)
							      : NULL;
	}
	*ret_storable = rb_audience_resolved(&world->policy, world->table, &run->question,
					     run->client_class, answer, key);
	return answer;
}

/* --- one question ----------------------------------------------------------------------------- */

static void case_choose(struct world *world, struct one_case *run)
{
	uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2};
	static const char *const hosts[] = {"", "a.", "b.", "c.d."};

	mapped[15] = (uint8_t)(1 + prng_below(&world->prng, 4 * WORLD_BLOCKS + 6));
	if (mapped[15] == 53)
		mapped[15]++; /* the server's own */
	inet_ntop(AF_INET, mapped + 12, run->client, sizeof(run->client));
	snprintf(run->name, sizeof(run->name), "%s%c%u.",
		 hosts[prng_below(&world->prng, ARRAY_SIZE(hosts))],
		 prng_below(&world->prng, 3) ? 'z' : 't', prng_below(&world->prng, WORLD_ZONES));
	run->question = (struct rb_policy_question){
		.qname = run->wire,
		.qname_len = (uint16_t)rb_name_from_text(run->name, run->wire),
		.qtype = RB_TYPE_A,
		.qclass = RB_CLASS_IN,
	};
	run->client_class = rb_acl_find(world->acl, mapped).class_id;
}

static void fail_case(const struct one_case *run, const char *why)
{
	fail_msg("%s of class %u asks for %s: %s", run->client, run->client_class, run->name, why);
}

/* TTLs apart. */
static bool body_is(const struct rb_answer *answer, const uint8_t *body, size_t len)
{
	uint8_t a[RB_LARGE_BYTES], b[RB_LARGE_BYTES];

	if (len != answer->body_len || len > sizeof(a))
		return false;
	memcpy(a, answer->body, len);
	memcpy(b, body, len);
	for (size_t i = 0; i < answer->ttl_count; i++) {
		memset(a + answer->ttl_offsets[i], 0, 4);
		memset(b + answer->ttl_offsets[i], 0, 4);
	}
	return !memcmp(a, b, len);
}

/* Whether the kernel answers; what it says is what is expected. */
static bool kernel_ask(struct world *world, const struct one_case *run,
		       const struct rb_answer *answer)
{
	const struct ask ask = {.name = run->name, .type = RB_TYPE_A, .client = run->client};
	size_t len, at = 12 + run->question.qname_len + 4;
	struct frame query, reply;
	enum rb_result result;
	const uint8_t *message;

	frame_query(&ask, &query);
	if (program_run(world->program, &query, &reply, &result) != XDP_TX)
		return false;
	world->kernel++;
	message = frame_check_reply(&query, &reply, &ask, &len);
	if (!answer)
		fail_case(run, "the kernel answers what is not to be stored");
	if ((message[3] & RB_FLAG_RCODE) != (answer->flags & RB_FLAG_RCODE) ||
	    message[7] != answer->ancount || !body_is(answer, message + at, len - at))
		fail_case(run, "the kernel answers something else");
	return true;
}

static void case_run(struct world *world)
{
	struct rb_answer *answer;
	struct rb_table_found found;
	struct rb_table_key key, stored;
	bool storable = false, in_kernel;
	struct one_case run;
	int err;

	case_choose(world, &run);
	assert_int_equal(rb_table_key_init(world->table, run.wire, run.question.qname_len,
					   RB_TYPE_A, &key),
			 0);
	rb_audience_ask(&world->policy, run.client_class, &key);
	stored = key;
	answer = expected(world, &run, &stored, &storable);
	in_kernel = kernel_ask(world, &run, answer);
	err = rb_table_find(world->table, &key, RB_SERVES_DO0, rb_clock_ns(), &found);
	if (in_kernel != !err)
		fail_case(&run,
			  in_kernel ? "only the kernel answers" : "the kernel does not answer");
	if (!err && (!answer || !body_is(answer, found.answer.body, found.answer.body_len)))
		fail_case(&run, "the table has something else");
	if (!err)
		world->hits[found.record.audience ? 1 + (found.record.audience < RB_AUDIENCE_SETS)
						  : 0]++;
	else if (answer && storable)
		assert_int_equal(rb_table_publish(world->table, &stored, answer), 0);
	rb_answer_free(answer);
}

static unsigned long setting(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : otherwise;
}

/* Otherwise: guests would see what the house sees, or a child what it is kept from. */
static void no_class_gets_what_another_is_told(void **state)
{
	unsigned long cases = setting("RB_CASES", CASES), seed = setting("RB_SEED", 1);

	(void)state;
	for (unsigned long i = 0; i < WORLDS; i++) {
		struct world world;

		world_open(&world, seed + i);
		for (unsigned long n = 0; n < cases; n++) {
			if (n && n % (cases / ROUNDS) == 0)
				world_change_policy(&world);
			case_run(&world);
		}
		print_message("# seed %lu: %zu classes; of %lu questions the kernel answered %llu: "
			      "%llu from records for all, %llu for some, %llu for one class; "
			      "%llu swept\n",
			      seed + i, world.config->local.class_count + 1, cases,
			      (unsigned long long)world.kernel, (unsigned long long)world.hits[0],
			      (unsigned long long)world.hits[1], (unsigned long long)world.hits[2],
			      (unsigned long long)world.swept);
		for (size_t kind = 0; kind < ARRAY_SIZE(world.hits); kind++)
			assert_true(world.hits[kind]);
		world_close(&world);
	}
}

/* Otherwise: between a reload of the table and that of the program clients would be mistaken. */
static void a_program_of_former_classes_answers_from_everybody_s_records(void **state)
{
	static const char text[] = "server:\naccess-control: 192.0.2.0/24 allow\n"
				   "access-control-view: 192.0.2.4/30 v\nview:\nname: v\n";
	struct one_case run = {.client = "192.0.2.5", .name = "some.name."};
	static const struct {
		uint8_t audience;
		bool same, next;
	} cases[] = {
		{RB_AUDIENCE_ALL, true, true},
		{2, true, false},
		{RB_AUDIENCE_SETS, true, false},
		{1, false, false},
	};

	(void)state;
	run.question.qname = run.wire;
	run.question.qname_len = (uint16_t)rb_name_from_text(run.name, run.wire);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		struct rb_config *config = read_text(text, 0);
		uint32_t numbering = config->local.numbering;
		struct program *program = program_load(
			&(struct program_opts){.use_acl = true, .numbering = numbering});
		struct world world = {.program = program, .table = program_table(program)};
		struct rb_answer *answer = address(&run, (const uint8_t[]){10, 0, 0, 1}, 0);
		struct rb_table_key key;
		bool next = i % 2;

		assert_int_equal(rb_acl_new_of(config, &world.acl), 0);
		assert_int_equal(rb_acl_load(world.acl, program_acl_fd(program), PROGRAM_ACL_EPOCH),
				 0);
		if (next)
			rb_table_renumber(world.table, numbering + 1);
		assert_int_equal(rb_audience_of_set(world.table, numbering + next, 0x2),
				 RB_AUDIENCE_SETS);
		rb_table_key_init(world.table, run.wire, run.question.qname_len, RB_TYPE_A, &key);
		key.audience = cases[i / 2].audience;
		assert_int_equal(rb_table_publish(world.table, &key, answer), 0);
		if (kernel_ask(&world, &run, answer) !=
		    (next ? cases[i / 2].next : cases[i / 2].same))
			fail_msg("audience %u, %s numbering", key.audience,
				 next ? "another" : "the");
		rb_answer_free(answer);
		rb_acl_free(world.acl);
		program_free(program);
		rb_config_free(config);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_of_former_classes_answers_from_everybody_s_records),
		cmocka_unit_test(no_class_gets_what_another_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

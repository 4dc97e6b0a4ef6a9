/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an attack with random subdomains costs those who ask for ordinary names: hit rates of a
 * Zipf(1.0) stream, with and without ten random names for every slot of the table.
 */
#include "table_fixture.h"
#include "lib/prng.h"

#define TABLE_BYTES (4U << 20)
#define NAMES       50000 /* some three times the slots for small answers */
#define WARM_UP     300000
#define MEASURED    300000
#define ATTACK      10          /* random names for every slot */
#define RANDOM_FROM 0x10000000U /* numbers of names that are asked once */

/* How the attack comes. */
enum attack {
	ATTACK_NONE,
	ATTACK_BURST, /* all of it between the warm-up and the measurement */
	ATTACK_MIXED, /* spread over the measurement */
};

/* What is attacked: the table with a stream of questions. */
struct world {
	struct rb_table *table;
	const double *sums; /* of 1/rank, for the draws */
	struct prng prng;
	uint32_t next_random;
	uint16_t random_addresses; /* of an answer to a random name: they choose its tier */
};

static uint64_t slots_of(const struct rb_table *table)
{
	struct rb_table_usage usage;

	rb_table_usage(table, &usage);
	return usage.capacity[RB_SMALL] + usage.capacity[RB_MEDIUM] + usage.capacity[RB_LARGE];
}

/* As a client's question goes: answered and marked as visited, or resolved and published. */
static bool ask(struct rb_table *table, uint32_t number, uint16_t addresses)
{
	struct rb_table_key key = key_of(table, number);

	if (!lookup_of(table, &key, RB_SERVES_DO0, NULL))
		return true;
	publish_of(table, &key, number, addresses, BOTH);
	return false;
}

/* A rank, by looking for a uniform number among the sums. */
static uint32_t zipf_draw(struct world *world)
{
	double at = (double)(prng_next(&world->prng) >> 11) / (double)(1ULL << 53) *
		    world->sums[NAMES - 1];
	uint32_t low = 0, high = NAMES - 1;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (world->sums[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool ask_ordinary(struct world *world)
{
	uint32_t rank = zipf_draw(world);

	/* One in eight has a larger answer. */
	return ask(world->table, rank, rank % 8 ? ADDRESSES_SMALL : ADDRESSES_MEDIUM);
}

static void ask_random(struct world *world, uint64_t names)
{
	for (; names; names--)
		ask(world->table, world->next_random++, world->random_addresses);
}

/* Of the ordinary names, from 0 to 1. */
static double hit_rate(const double *sums, enum attack attack, uint16_t random_addresses)
{
	struct world world = {.sums = sums,
			      .prng = {11},
			      .next_random = RANDOM_FROM,
			      .random_addresses = random_addresses};
	uint64_t random_names, asked = 0;
	uint32_t i, hits = 0;

	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, TABLE_BYTES, &world.table), 0);
	random_names = ATTACK * slots_of(world.table);
	for (i = 0; i < WARM_UP; i++)
		ask_ordinary(&world);
	if (attack == ATTACK_BURST)
		ask_random(&world, random_names);
	for (i = 0; i < MEASURED; i++) {
		uint64_t due = attack == ATTACK_MIXED ? random_names * (i + 1) / MEASURED : 0;

		hits += ask_ordinary(&world);
		ask_random(&world, due - asked);
		asked = due;
	}
	rb_table_close(world.table);
	return (double)hits / MEASURED;
}

static int sums_setup(void **state)
{
	double *sums = calloc(NAMES, sizeof(*sums)), sum = 0;
	uint32_t i;

	if (!sums)
		return -1;
	for (i = 0; i < NAMES; i++) {
		sum += 1.0 / (i + 1);
		sums[i] = sum;
	}
	*state = sums;
	return 0;
}

static int sums_teardown(void **state)
{
	free(*state);
	return 0;
}

static void attack_compare(const double *sums, const char *answers, uint16_t random_addresses)
{
	double calm = hit_rate(sums, ATTACK_NONE, random_addresses);
	double burst = hit_rate(sums, ATTACK_BURST, random_addresses);
	double mixed = hit_rate(sums, ATTACK_MIXED, random_addresses);

	print_message("%.1f %% hits; after a burst of %s for ten times the slots %.1f %%, amid as "
		      "many %.1f %%\n",
		      calm * 100, answers, burst * 100, mixed * 100);
	assert_true(calm > 0.5);
	assert_true(burst > calm - 0.03);
	assert_true(mixed > calm - 0.03);
}

/* Otherwise: anybody could empty the table for everybody, at the price of a few random names. */
static void random_names_with_addresses_cost_few_hits(void **state)
{
	attack_compare(*state, "small answers", ADDRESSES_SMALL);
}

/* Answers to random subdomains are mostly NXDOMAIN with proofs: the larger tier. */
static void random_names_with_larger_answers_cost_few_hits(void **state)
{
	attack_compare(*state, "medium answers", ADDRESSES_MEDIUM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_names_with_addresses_cost_few_hits),
		cmocka_unit_test(random_names_with_larger_answers_cost_few_hits),
	};

	return cmocka_run_group_tests_name("replacement", tests, sums_setup, sums_teardown);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The table under load: replacement, readers beside a writer, the time that a store takes. */
#include "lib/lookup.h"
#include "table_fixture.h"
#include "lib/pins.h"
#include "lib/prng.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "table/slot.h"

#define SMALL_TABLE    (4U << 20)
#define HOT_NAMES      4000
#define ONCE_FROM      0x10000000U /* numbers of names that are asked once */
#define ZIPF_NAMES     200000
#define ZIPF_ASKED     400000
#define PUBLISHES      1000000
#define PUBLISH_TABLE  (256U << 20)
#define STRESS_NAMES   64
#define STRESS_NS      RB_NS_PER_S
#define STRESS_READERS 2
#define STRESS_WRITERS 3

static struct rb_table *plain_table(size_t bytes)
{
	struct rb_table *table;

	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, bytes, &table), 0);
	return table;
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

/* Ask as a client would: an answer from the table, or a miss that ends in the table. */
static bool ask(struct rb_table *table, uint32_t number)
{
	struct rb_table_key key = key_of(table, number);

	if (!lookup_of(table, &key, RB_SERVES_DO0, NULL))
		return true;
	publish_of(table, &key, number, ADDRESSES_SMALL, BOTH);
	return false;
}

/*
 * Otherwise: anybody could empty the table with random names. A few in a thousand do go: those that
 * share a tag with one of the flood, or a bucket with more hot names than it has ways.
 */
static void names_asked_twice_survive_a_flood_of_names_asked_once(void **state)
{
	struct rb_table *table = plain_table(SMALL_TABLE);
	uint32_t flood = 10 * table->tiers[RB_SMALL].buckets * RB_WAYS;
	uint32_t i, kept = 0;

	(void)state;
	for (i = 0; i < HOT_NAMES; i++) {
		ask(table, i);
		ask(table, i);
	}
	for (i = 0; i < flood; i++)
		ask(table, ONCE_FROM + i);
	for (i = 0; i < HOT_NAMES; i++) {
		struct rb_table_key key = key_of(table, i);

		kept += !lookup_of(table, &key, RB_SERVES_DO0, NULL);
	}
	print_message("%u of %u names kept through %u others in %u slots\n", kept, HOT_NAMES, flood,
		      flood / 10);
	assert_true(kept > HOT_NAMES * 98 / 100);
	rb_table_close(table);
}

/* The rank of a Zipf(1.0) draw: the table of sums is searched for a uniform number. */
static uint32_t zipf_draw(const double *sums, struct prng *prng)
{
	double at = (double)(prng_next(prng) >> 11) / 9007199254740992.0 * sums[ZIPF_NAMES - 1];
	uint32_t low = 0, high = ZIPF_NAMES - 1;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (sums[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* once: names asked once between two draws. */
static double zipf_hit_rate(const double *sums, uint32_t once)
{
	struct rb_table *table = plain_table(SMALL_TABLE);
	struct prng prng = {7};
	uint32_t i, k, hits = 0, next = ONCE_FROM;

	for (i = 0; i < ZIPF_ASKED; i++) {
		bool hit = ask(table, zipf_draw(sums, &prng));

		/* The first half fills the table. */
		hits += hit && i >= ZIPF_ASKED / 2;
		for (k = 0; k < once; k++)
			ask(table, next++);
	}
	rb_table_close(table);
	return (double)hits / (ZIPF_ASKED / 2.0);
}

/* Otherwise: a working set larger than the table would find nothing in it, attacked or not. */
static void table_far_smaller_than_the_working_set_serves_the_hottest(void **state)
{
	double *sums = calloc(ZIPF_NAMES, sizeof(*sums));
	double calm, attacked, sum = 0;
	uint32_t i;

	(void)state;
	assert_non_null(sums);
	for (i = 0; i < ZIPF_NAMES; i++) {
		sum += 1.0 / (i + 1);
		sums[i] = sum;
	}
	calm = zipf_hit_rate(sums, 0);
	attacked = zipf_hit_rate(sums, 3);
	print_message("Zipf(1.0) over %u names, 17 thousand slots: %.1f %% hits; with three random "
		      "names per question %.1f %%\n",
		      ZIPF_NAMES, calm * 100, attacked * 100);
	assert_true(calm > 0.7);
	assert_true(attacked > calm - 0.1);
	free(sums);
}

/*
 * Otherwise: filling a table after a reload would be felt. Printed: the machine decides on the
 * figure.
 */
static void publishes_time(struct rb_table *table, const char *memory)
{
	struct rb_answer *answer = answer_of(1, ADDRESSES_SMALL, BOTH, HOUR_S);
	struct rb_table_key *keys = calloc(PUBLISHES, sizeof(*keys));
	struct timespec start;
	uint32_t i, round;

	assert_non_null(keys);
	for (i = 0; i < PUBLISHES; i++)
		keys[i] = key_of(table, i);
	for (round = 0; round < 2; round++) {
		clock_gettime(CLOCK_MONOTONIC, &start);
		for (i = 0; i < PUBLISHES; i++)
			assert_int_equal(rb_table_publish(table, &keys[i], answer), 0);
		print_message("%u publishes of small answers in %s, %s: %.3f s\n", PUBLISHES,
			      memory, round ? "again" : "into an empty table",
			      seconds_since(&start));
	}
	free(keys);
	rb_answer_free(answer);
}

static void a_million_publishes(void **state)
{
	struct rb_table *table = plain_table(PUBLISH_TABLE);
	char pin_dir[PINS_PATH_MAX];

	(void)state;
	pins_name(pin_dir);
	publishes_time(table, "plain memory");
	rb_table_close(table);
	if (!rb_table_open(pin_dir, RB_TABLE_WRITE, PUBLISH_TABLE, &table)) {
		publishes_time(table, "BPF maps");
		rb_table_close(table);
		pins_remove(pin_dir);
	}
}

struct stress {
	struct rb_table *table;
	struct rb_table_key keys[STRESS_NAMES];
	atomic_bool stop;
	atomic_ullong reads, busy, wrong, writes, failed;
};

/* Whether the answer is one that the writer stores under this name, in every byte. */
static bool is_whole(const struct rb_answer *answer, uint32_t name)
{
	uint16_t i;

	if (answer->body_len != answer->ancount * RR_A_BYTES ||
	    answer->ttl_count != answer->ancount || !answer->ancount)
		return false;
	for (i = 0; i < answer->ancount; i++) {
		const uint8_t *rr = answer->body + (size_t)i * RR_A_BYTES;
		uint32_t ttl, number;

		memcpy(&ttl, rr + RR_A_TTL, 4);
		memcpy(&number, rr + 12, 4);
		number -= i;
		if (memcmp(rr, "\xc0\x0c\0\1\0\1", 6) || memcmp(rr + 10, "\0\4", 2) ||
		    number % STRESS_NAMES != name || __builtin_bswap32(ttl) != answer->ttl_s ||
		    answer->ttl_s != HOUR_S + number / STRESS_NAMES % 1000 ||
		    answer->ttl_offsets[i] != i * RR_A_BYTES + RR_A_TTL)
			return false;
	}
	return true;
}

static void *stress_read(void *context)
{
	struct stress *stress = context;
	struct prng prng = {(uint64_t)(uintptr_t)&prng};

	while (!atomic_load_explicit(&stress->stop, memory_order_relaxed)) {
		uint32_t name = (uint32_t)(prng_next(&prng) % STRESS_NAMES);
		struct rb_answer *answer;
		int err;

		err = table_lookup(stress->table, &stress->keys[name], RB_SERVES_DO0, rb_clock_ns(),
				   &answer, NULL);
		if (err) {
			atomic_fetch_add(&stress->busy, err == -EAGAIN);
			continue;
		}
		atomic_fetch_add(&stress->reads, 1);
		atomic_fetch_add(&stress->wrong, !is_whole(answer, name));
		rb_answer_free(answer);
	}
	return NULL;
}

/* Until the time is over: names of everybody's, in all sizes, and some taken away. */
static void *stress_write(void *context)
{
	static const uint16_t addresses[] = {1, 2, 3, 8, 15, 40, 60};
	struct stress *stress = context;
	uint64_t until_ns = rb_clock_ns() + STRESS_NS;
	struct prng prng = {(uint64_t)(uintptr_t)&prng};
	uint32_t round = 0;

	for (; rb_clock_ns() < until_ns; atomic_fetch_add(&stress->writes, 1)) {
		uint32_t name = (uint32_t)(prng_next(&prng) % STRESS_NAMES);
		uint32_t number = round++ % 100000 * STRESS_NAMES + name;
		struct rb_answer *answer;

		if (!(prng_next(&prng) % 16)) {
			rb_table_remove(stress->table, &stress->keys[name], BOTH);
			continue;
		}
		answer = answer_of(number, addresses[prng_next(&prng) % ARRAY_SIZE(addresses)],
				   BOTH, HOUR_S + number / STRESS_NAMES % 1000);
		atomic_fetch_add(&stress->failed,
				 rb_table_publish(stress->table, &stress->keys[name], answer) != 0);
		rb_answer_free(answer);
	}
	return NULL;
}

static int record_count(const struct rb_table *table, struct rb_table_ref ref,
			const struct rb_record *record, void *context)
{
	uint32_t *counts = context;
	uint32_t name = 0;

	(void)table;
	(void)ref;
	/* The number that key_of() writes. */
	if (sscanf((const char *)rb_table_record_qname(record) + 2, "%8x", &name) == 1 &&
	    name < STRESS_NAMES)
		counts[name]++;
	return 0;
}

/* All names have the same bucket in every tier. */
static void stress_run(struct stress *stress, unsigned int writers)
{
	pthread_t threads[STRESS_READERS + STRESS_WRITERS];
	uint32_t counts[STRESS_NAMES] = {0};
	unsigned int i;

	for (i = 0; i < STRESS_NAMES; i++) {
		stress->keys[i] = key_of(stress->table, i);
		stress->keys[i].hash = stress->keys[0].hash ^ (uint64_t)i << 2;
	}
	for (i = 0; i < STRESS_READERS + writers; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
						i < STRESS_READERS ? stress_read : stress_write,
						stress),
				 0);
	for (i = STRESS_READERS; i < STRESS_READERS + writers; i++)
		pthread_join(threads[i], NULL);
	atomic_store(&stress->stop, true);
	for (i = 0; i < STRESS_READERS; i++)
		pthread_join(threads[i], NULL);
	print_message("%llu reads beside %llu writes of %u threads, %llu busy, %llu wrong\n",
		      (unsigned long long)stress->reads, (unsigned long long)stress->writes,
		      writers, (unsigned long long)stress->busy, (unsigned long long)stress->wrong);
	assert_int_equal(stress->wrong, 0);
	assert_int_equal(stress->failed, 0);
	assert_true(stress->reads > 1000);
	rb_table_iterate(stress->table, record_count, counts);
	for (i = 0; i < STRESS_NAMES; i++)
		assert_true(counts[i] <= 1);
}

/*
 * Otherwise: a client would get half of one answer and half of another. Records are replaced under
 * the readers' eyes all the time.
 */
static void readers_beside_a_writer_see_whole_records_only(void **state)
{
	struct stress stress = {.table = plain_table(0)};

	(void)state;
	stress_run(&stress, 1);
	rb_table_close(stress.table);
}

/*
 * Otherwise: a preload beside the resolvers would mix records, or leave two that answer one
 * question.
 */
static void writers_of_one_bucket_do_not_disturb_each_other(void **state)
{
	struct stress stress = {.table = plain_table(0)};

	(void)state;
	stress_run(&stress, STRESS_WRITERS);
	rb_table_close(stress.table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_asked_twice_survive_a_flood_of_names_asked_once),
		cmocka_unit_test(table_far_smaller_than_the_working_set_serves_the_hottest),
		cmocka_unit_test(a_million_publishes),
		cmocka_unit_test(readers_beside_a_writer_see_whole_records_only),
		cmocka_unit_test(writers_of_one_bucket_do_not_disturb_each_other),
	};

	return cmocka_run_group_tests_name("table under load", tests, NULL, NULL);
}

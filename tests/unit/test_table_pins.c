/* SPDX-License-Identifier: BSD-2-Clause */
/* The table's life in the kernel: pinned, adopted, replaced, read by tools; and its size. */
#include "lib/lookup.h"
#include "table_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/pins.h"
#include "table/size.h"
#include "table/slot.h"

#define TABLE_BYTES (2U << 20)

static char pin_dir[PINS_PATH_MAX]; /* set once by main() */

static struct rb_table *open_table(size_t bytes)
{
	struct rb_table *table;

	assert_int_equal(rb_table_open(pin_dir, RB_TABLE_WRITE, bytes, &table), 0);
	return table;
}

static int setup(void **state)
{
	(void)state;
	pins_remove(pin_dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pins_remove(pin_dir);
	return 0;
}

/* Otherwise: a restart would lose every hot answer. */
static void restart_adopts_records_and_secret(void **state)
{
	struct rb_table *table = open_table(TABLE_BYTES);
	struct rb_hash_key secret = table->control->key;
	uint32_t i, number;

	(void)state;
	assert_false(table->adopted);
	assert_true(table->in_kernel);
	for (i = 0; i < 100; i++) {
		struct rb_table_key key = key_of(table, i);

		publish_of(table, &key, i, (uint16_t)(1 + i % 40), BOTH);
	}
	rb_table_close(table);

	table = open_table(TABLE_BYTES);
	assert_true(table->adopted);
	assert_memory_equal(&secret, &table->control->key, sizeof(secret));
	assert_int_equal(records_used(table), 100);
	for (i = 0; i < 100; i++) {
		struct rb_table_key key = key_of(table, i);

		assert_int_equal(lookup_number(table, &key, RB_SERVES_DO1, &number), 0);
		assert_int_equal(number, i);
	}
	rb_table_close(table);
}

/* Otherwise: records would be read by another version's rules. */
static void table_of_another_layout_is_replaced(void **state)
{
	struct rb_table *table = open_table(TABLE_BYTES), *reader;
	struct rb_table_key key = key_of(table, 1);
	struct rb_hash_key secret = table->control->key;

	(void)state;
	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	table->control->layout++;
	rb_table_close(table);
	assert_int_equal(rb_table_open(pin_dir, RB_TABLE_READ, 0, &reader), -ESTALE);
	table = open_table(TABLE_BYTES);
	assert_false(table->adopted);
	assert_int_equal(records_used(table), 0);
	assert_int_equal(table->control->layout, RB_LAYOUT_VERSION);
	assert_memory_not_equal(&secret, &table->control->key, sizeof(secret));
	rb_table_close(table);
}

/* Otherwise: hot-cache-size would only count for the first start. */
static void table_of_another_size_is_replaced(void **state)
{
	struct rb_table *table = open_table(TABLE_BYTES);

	(void)state;
	rb_table_close(table);
	table = open_table(2 * TABLE_BYTES);
	assert_false(table->adopted);
	rb_table_close(table);
	table = open_table(2 * TABLE_BYTES);
	assert_true(table->adopted);
	rb_table_close(table);
}

/* Otherwise: a reader would look for buckets where there are none. */
static void control_that_disagrees_with_its_maps_is_no_table(void **state)
{
	struct rb_table *table = open_table(TABLE_BYTES), *reader;

	(void)state;
	table->control->buckets[RB_SMALL] -= RB_SHARDS;
	rb_table_close(table);
	assert_int_equal(rb_table_open(pin_dir, RB_TABLE_READ, 0, &reader), -ESTALE);
	table = open_table(TABLE_BYTES);
	assert_false(table->adopted);
	rb_table_close(table);
}

/* Otherwise: the pins of a daemon that died at its start would be taken for a table. */
static void pins_without_control_are_no_table(void **state)
{
	struct rb_table *table = open_table(TABLE_BYTES), *reader;
	char path[PINS_PATH_MAX + 16];

	(void)state;
	rb_table_close(table);
	snprintf(path, sizeof(path), "%s/rb_control", pin_dir);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rb_table_open(pin_dir, RB_TABLE_READ, 0, &reader), -ENOENT);
	table = open_table(TABLE_BYTES);
	assert_false(table->adopted);
	rb_table_close(table);
}

/* Otherwise: a record whose writer was killed in its midst would be busy for ever. */
static void half_written_records_are_cleared_on_adoption(void **state)
{
	struct rb_table *table = open_table(TABLE_BYTES);
	struct rb_table_key half = key_of(table, 1), whole = key_of(table, 2);
	struct rb_table_ref ref;
	struct rb_answer *answer;
	uint32_t *seq;

	(void)state;
	publish_of(table, &half, 1, ADDRESSES_SMALL, BOTH);
	publish_of(table, &whole, 2, ADDRESSES_SMALL, BOTH);
	assert_int_equal(lookup_of(table, &half, RB_SERVES_DO0, &ref), 0);
	seq = (uint32_t *)(void *)rb_slot_at(&table->tiers[ref.tier], ref.index);
	++*seq;
	assert_int_equal(table_lookup(table, &half, RB_SERVES_DO0, rb_clock_ns(), &answer, NULL),
			 -EAGAIN);
	rb_table_close(table);
	/* As the keeper does. */
	assert_int_equal(rb_table_open(pin_dir, RB_TABLE_HOLD, TABLE_BYTES, &table), 0);
	assert_true(table->adopted);
	assert_null(table->tiers[ref.tier].records);
	assert_int_equal(rb_table_map(table), 0);
	assert_int_equal(records_used(table), 1);
	assert_int_equal(lookup_of(table, &half, RB_SERVES_DO0, NULL), -ENOENT);
	assert_int_equal(lookup_of(table, &whole, RB_SERVES_DO0, NULL), 0);
	assert_int_equal(rb_slot_seq(rb_slot_at(&table->tiers[ref.tier], ref.index)) & 1, 0);
	rb_table_close(table);
}

/* Otherwise: two daemons would write the same buckets, each believing that it is the one. */
static void second_writer_is_refused(void **state)
{
	struct rb_table *table = open_table(TABLE_BYTES), *second = NULL;

	(void)state;
	assert_int_equal(rb_table_open(pin_dir, RB_TABLE_WRITE, TABLE_BYTES, &second), -EBUSY);
	assert_null(second);
	rb_table_close(table);
}

/* Otherwise: an operator would hear "invalid argument" where a mount is missing. */
static void directory_that_is_not_on_a_bpffs_is_named_as_such(void **state)
{
	struct rb_table *table;
	struct stat entry;

	(void)state;
	assert_int_equal(rb_table_open("/tmp/rb-test-pins/x", RB_TABLE_WRITE, TABLE_BYTES, &table),
			 -ENOTSUP);
	assert_int_not_equal(stat("/tmp/rb-test-pins", &entry), 0);
	assert_int_equal(rb_table_mount_bpffs(), 0);
}

/* Otherwise: looking would change what is looked at, or a tool could write into a live table. */
static void readers_map_read_only_and_leave_no_marks(void **state)
{
	struct rb_table *table = open_table(TABLE_BYTES), *reader;
	struct rb_table_key key = key_of(table, 1);
	struct rb_table_ref ref;
	struct rb_answer *answer;

	(void)state;
	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(rb_table_open(pin_dir, RB_TABLE_READ, 0, &reader), 0);
	assert_int_equal(lookup_of(reader, &key, RB_SERVES_DO0, &ref), 0);
	assert_int_equal(*rb_slot_marks(rb_slot_at(&table->tiers[ref.tier], ref.index)), 0);
	answer = answer_of(1, 1, BOTH, HOUR_S);
	assert_int_equal(rb_table_publish(reader, &key, answer), -EBADF);
	rb_answer_free(answer);
	rb_table_close(reader);
	rb_table_close(table);
}

/* Otherwise: `bpftool map dump` would show bytes where the README promises field names. */
static void bpftool_shows_field_names(void **state)
{
	struct rb_table *table = open_table(TABLE_BYTES);
	struct rb_table_key key = key_of(table, 1);
	struct rb_table_ref ref;
	char command[256], text[65536];
	size_t len;
	FILE *pipe;

	(void)state;
	if (system("command -v bpftool >/dev/null")) {
		rb_table_close(table);
		skip();
	}
	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(lookup_of(table, &key, RB_SERVES_DO0, &ref), 0);
	snprintf(command, sizeof(command), "bpftool map lookup pinned %s/%s key %u %u 0 0", pin_dir,
		 rb_table_records_name(ref.tier), ref.index & 255, ref.index >> 8);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	len = fread(text, 1, sizeof(text) - 1, pipe);
	text[len] = '\0';
	assert_int_equal(pclose(pipe), 0);
	assert_non_null(strstr(text, "\"qname_len\": 16"));
	assert_non_null(strstr(text, "\"ancount\": 1"));
	rb_table_close(table);
}

/*
 * Otherwise: the table would take more memory than it was given, or a shard would share a bucket.
 */
static void sizes_keep_to_the_memory_and_to_the_shards(void **state)
{
	size_t bytes;

	(void)state;
	for (bytes = 1000; bytes < (64ULL << 30); bytes += bytes / 3) {
		enum rb_size_rounding rounding;

		for (rounding = RB_SIZE_EXACT; rounding <= RB_SIZE_POWERS; rounding++) {
			uint32_t buckets[RB_TIERS];
			unsigned int tier;
			size_t sum = 0;

			rb_size_buckets(bytes, rounding, buckets);
			for (tier = 0; tier < RB_TIERS; tier++) {
				assert_true(buckets[tier] >= RB_SHARDS);
				assert_int_equal(buckets[tier] % RB_SHARDS, 0);
				if (rounding == RB_SIZE_POWERS)
					assert_int_equal(buckets[tier] & (buckets[tier] - 1), 0);
				sum += rb_size_tags_bytes(buckets[tier]) +
				       rb_size_records_bytes(tier, buckets[tier]);
			}
			/* Whole pages are what the sizes do not count. */
			if (bytes > 3U << 20)
				assert_true(sum <= bytes + (size_t)RB_TIERS * 2 * 4096);
			/* Nor may they leave much unused, once a shard is a small part. */
			if (bytes > 32U << 20)
				assert_true(sum >=
					    bytes / 10 * (rounding == RB_SIZE_EXACT ? 9 : 8));
		}
	}
}

int main(void)
{
	const struct CMUnitTest pure[] = {
		cmocka_unit_test(sizes_keep_to_the_memory_and_to_the_shards),
	};
	const struct CMUnitTest pinned[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(restart_adopts_records_and_secret),
		T(table_of_another_layout_is_replaced),
		T(table_of_another_size_is_replaced),
		T(control_that_disagrees_with_its_maps_is_no_table),
		T(pins_without_control_are_no_table),
		T(half_written_records_are_cleared_on_adoption),
		T(second_writer_is_refused),
		T(directory_that_is_not_on_a_bpffs_is_named_as_such),
		T(readers_map_read_only_and_leave_no_marks),
		T(bpftool_shows_field_names),
#undef T
	};
	int failed = cmocka_run_group_tests_name("table size", pure, NULL, NULL);
	struct rb_table *table;
	int err;

	pins_name(pin_dir);
	err = rb_table_open(pin_dir, RB_TABLE_WRITE, TABLE_BYTES, &table);
	if (err) {
		printf("table pins: skipped, %s\n", strerror(-err));
		return failed;
	}
	rb_table_close(table);
	return failed + cmocka_run_group_tests_name("table pins", pinned, NULL, NULL);
}

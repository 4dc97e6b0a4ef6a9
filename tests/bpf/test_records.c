/* SPDX-License-Identifier: BSD-2-Clause */
/* The records as text from the kernel: what is shown, what is not, and how odd names look. */
#include <errno.h>

#include "unit/table_fixture.h"

#include "lib/pins.h"
#include "table/records.h"
#include "table/slot.h"

#define TABLE_BYTES (4U << 20)
#define BOTH        (RB_SERVES_DO0 | RB_SERVES_DO1)
#define TEXT_BYTES  (1U << 20)

/* Set once by main(). */
static char pin_dir[PINS_PATH_MAX];
static char records_path[PINS_PATH_MAX + 16];

struct fixture {
	struct rb_table *table;
	char *text;
};

static struct rb_table *open_table(void)
{
	struct rb_table *table;

	assert_int_equal(rb_table_open(pin_dir, RB_TABLE_WRITE, TABLE_BYTES, &table), 0);
	assert_int_equal(rb_records_pin(table, pin_dir), 0);
	return table;
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->text = malloc(TEXT_BYTES);
	pins_remove(pin_dir);
	fixture->table = open_table();
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	rb_table_close(fixture->table);
	pins_remove(pin_dir);
	free(fixture->text);
	free(fixture);
	return 0;
}

/* What `cat` shows. How many records that is. */
static unsigned int show(struct fixture *fixture)
{
	FILE *file = fopen(records_path, "r");
	unsigned int lines = 0;
	const char *at;
	size_t len;

	assert_non_null(file);
	len = fread(fixture->text, 1, TEXT_BYTES - 1, file);
	assert_int_equal(ferror(file), 0);
	fclose(file);
	fixture->text[len] = '\0';
	assert_memory_equal(fixture->text, "# name type ", 12);
	for (at = fixture->text; (at = strchr(at, '\n')); at++)
		lines++;
	return lines - 1;
}

static void assert_shown(const struct fixture *fixture, const char *text)
{
	if (!strstr(fixture->text, text))
		fail_msg("no '%s' in:\n%s", text, fixture->text);
}

static struct rb_table_ref place_of(const struct fixture *fixture, const struct rb_table_key *key)
{
	struct rb_table_ref ref;

	assert_int_equal(lookup_of(fixture->table, key, RB_SERVES_DO0, &ref), 0);
	return ref;
}

static struct rb_record *record_of(const struct fixture *fixture, const struct rb_table_key *key)
{
	struct rb_table_ref ref = place_of(fixture, key);

	return (struct rb_record *)rb_slot_at(&fixture->table->tiers[ref.tier], ref.index);
}

/*
 * Otherwise: an operator would not see what the kernel answers, or look for it in the wrong place.
 */
static void records_of_every_tier_are_shown_with_their_slots(void **state)
{
	struct fixture *fixture = *state;
	struct rb_table_key small = key_of(fixture->table, 1), medium = key_of(fixture->table, 2),
			    large = key_of(fixture->table, 3);
	char line[200];

	publish_of(fixture->table, &small, 1, ADDRESSES_SMALL, BOTH);
	publish_of(fixture->table, &medium, 2, ADDRESSES_MEDIUM, RB_SERVES_DO0);
	publish_of(fixture->table, &large, 3, ADDRESSES_LARGE, BOTH);
	assert_int_equal(show(fixture), 3);
	snprintf(line, sizeof(line),
		 "h00000001.test. A NOERROR 3600 1/0/0 DO=0,1 insecure rb_recs_small %u\n",
		 place_of(fixture, &small).index);
	assert_shown(fixture, line);
	snprintf(line, sizeof(line),
		 "h00000002.test. A NOERROR 3600 8/0/0 DO=0 insecure rb_recs_medium %u\n",
		 place_of(fixture, &medium).index);
	assert_shown(fixture, line);
	snprintf(line, sizeof(line),
		 "h00000003.test. A NOERROR 3600 40/0/0 DO=0,1 insecure rb_recs_large %u\n",
		 place_of(fixture, &large).index);
	assert_shown(fixture, line);
}

static void publish_named(struct fixture *fixture, const void *qname, size_t len, uint16_t qtype,
			  uint16_t flags, uint8_t traits)
{
	struct rb_answer *answer = answer_of(1, 1, traits, HOUR_S);
	struct rb_table_key key;

	answer->flags = flags;
	assert_int_equal(rb_table_key_init(fixture->table, qname, len, qtype, &key), 0);
	assert_int_equal(rb_table_publish(fixture->table, &key, answer), 0);
	rb_answer_free(answer);
}

/* Otherwise: one name would read like another, or break the line that it is on. */
static void names_are_in_presentation_form(void **state)
{
	struct fixture *fixture = *state;
	uint8_t longest[RB_NAME_MAX];

	publish_named(fixture, "", 1, RB_TYPE_NS, RB_FLAG_QR, BOTH | RB_SECURE);
	publish_named(fixture, "\3a.b\2\n\377\5\"();\\\1$\0", 16, 65280, RB_FLAG_QR | 3, BOTH);
	publish_named(fixture, "\3www\7example\0", 13, 65, RB_FLAG_QR | 11, BOTH | RB_FIXED_TTL);
	memset(longest, 1, sizeof(longest)); /* 127 labels of a byte 1 */
	longest[RB_NAME_MAX - 1] = 0;
	publish_named(fixture, longest, sizeof(longest), RB_TYPE_A, RB_FLAG_QR, BOTH);
	assert_int_equal(show(fixture), 4);
	assert_shown(fixture, "\n. NS NOERROR 3600 1/0/0 DO=0,1 secure rb_recs_small ");
	assert_shown(fixture, "\na\\.b.\\010\\255.\\\"\\(\\)\\;\\\\.\\$. TYPE65280 NXDOMAIN ");
	assert_shown(fixture, "\nwww.example. HTTPS RCODE11 3600 1/0/0 DO=0,1 local rb_recs_");
	assert_shown(fixture, "\\001.\\001.\\001. A NOERROR ");
}

/* Otherwise: it would show what the kernel does not answer any more. */
static void void_records_are_not_shown(void **state)
{
	struct fixture *fixture = *state;
	struct rb_table_key expired = key_of(fixture->table, 1), busy = key_of(fixture->table, 2),
			    fresh = key_of(fixture->table, 3);

	publish_of(fixture->table, &expired, 1, ADDRESSES_SMALL, BOTH);
	publish_of(fixture->table, &busy, 2, ADDRESSES_SMALL, BOTH);
	publish_of(fixture->table, &fresh, 3, ADDRESSES_SMALL, BOTH);
	record_of(fixture, &busy)->seq++;
	record_of(fixture, &expired)->expires_ns = rb_clock_ns() - 1;
	assert_int_equal(show(fixture), 1);
	assert_shown(fixture, "h00000003.test. ");
	rb_table_bump_epoch(fixture->table);
	assert_int_equal(show(fixture), 0);
}

/* Otherwise: a damaged table would make the kernel print what lies behind a record. */
static void lengths_that_no_record_has_are_not_followed(void **state)
{
	struct fixture *fixture = *state;
	struct rb_table_key key = key_of(fixture->table, 1);
	struct rb_record *record;

	publish_of(fixture->table, &key, 1, ADDRESSES_SMALL, BOTH);
	record = record_of(fixture, &key);
	record->body_len = RB_SMALL_BYTES - RB_RECORD_HEADER - 15;
	assert_int_equal(show(fixture), 0);
	record->body_len = 0xffff;
	assert_int_equal(show(fixture), 0);
	record->body_len = 0;
	record->qname_len = 255;
	assert_int_equal(show(fixture), 0);
	record->qname_len = 0;
	assert_int_equal(show(fixture), 0);
}

/* Otherwise: large tables would be shown in part: a reader gets them by many reads. */
static void every_record_is_shown_once(void **state)
{
	struct fixture *fixture = *state;
	unsigned int i, shown, found = 0;
	char name[32];

	for (i = 0; i < 4000; i++) {
		struct rb_table_key key = key_of(fixture->table, i);

		publish_of(fixture->table, &key, i, (uint16_t)(1 + i % 30), BOTH);
	}
	shown = show(fixture);
	assert_int_equal(shown, records_used(fixture->table));
	for (i = 0; i < 4000; i++) {
		snprintf(name, sizeof(name), "\nh%08x.test. ", i);
		found += strstr(fixture->text, name) != NULL;
	}
	assert_int_equal(found, shown);
}

/* Otherwise: a crash would take it away, or what it left would show a table that is gone. */
static void it_outlives_its_process_and_is_replaced(void **state)
{
	struct fixture *fixture = *state;
	struct rb_table_key key = key_of(fixture->table, 1);

	publish_of(fixture->table, &key, 1, ADDRESSES_SMALL, BOTH);
	rb_table_close(fixture->table);
	assert_int_equal(show(fixture), 1);
	fixture->table = open_table();
	assert_true(fixture->table->adopted);
	assert_int_equal(show(fixture), 1);
	assert_int_equal(rb_table_unpin(pin_dir), 0);
	assert_int_not_equal(access(records_path, F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(records_of_every_tier_are_shown_with_their_slots),
		T(names_are_in_presentation_form),
		T(void_records_are_not_shown),
		T(lengths_that_no_record_has_are_not_followed),
		T(every_record_is_shown_once),
		T(it_outlives_its_process_and_is_replaced),
#undef T
	};
	struct rb_table *table;
	int err;

	pins_name(pin_dir);
	snprintf(records_path, sizeof(records_path), "%s/" RB_PIN_RECORDS, pin_dir);
	err = rb_table_open(pin_dir, RB_TABLE_WRITE, TABLE_BYTES, &table);
	if (err) {
		printf("table records: skipped, %s\n", strerror(-err));
		return 0;
	}
	err = rb_records_pin(table, pin_dir);
	rb_table_close(table);
	pins_remove(pin_dir);
	/* Some kernels are built without them; the VM lab's is not, and runs this test. */
	if (err == -EPERM) {
		printf("table records: skipped, this kernel takes no BPF iterator\n"
		       "0 passed, 0 failed\n");
		return 0;
	}
	return cmocka_run_group_tests_name("table records", tests, NULL, NULL);
}

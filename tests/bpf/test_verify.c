/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `runbound-cachectl verify` on tables with one thing wrong each: it has to name it. Without that
 * a table would look sound whose records nobody finds, or that give wrong answers.
 */
#include "unit/table_fixture.h"

#include <libgen.h>
#include <limits.h>
#include <sys/wait.h>

#include "lib/pins.h"
#include "table/slot.h"

#define TABLE_BYTES  (2U << 20)
#define BOTH         (RB_SERVES_DO0 | RB_SERVES_DO1)
#define BODY_TTL     RR_A_TTL /* of the first record, in the body */
#define FAULTS_SHOWN 4096

/* What is damaged: a record with two addresses, in the mapping that the daemon writes through. */
struct victim {
	struct rb_table *table;
	struct rb_table_key key;
	struct rb_table_ref ref;
	struct rb_record *record;
	uint8_t *end; /* of the record */
};

struct damage {
	const char *name;
	void (*apply)(struct victim *victim);
	const char *fault; /* as verify has to say it */
};

/* Set once by main(). */
static char program[PATH_MAX];
static char pin_dir[PINS_PATH_MAX];

static uint8_t *qname_of(struct victim *victim)
{
	return victim->end - victim->record->qname_len;
}

static uint16_t *tag_of(struct victim *victim)
{
	struct rb_table_tier *part = &victim->table->tiers[victim->ref.tier];

	return &part->tags[victim->ref.index / RB_WAYS].tags[victim->ref.index % RB_WAYS];
}

/* To another way, bucket or tier: the bytes alone. */
static void copy_to(struct victim *victim, enum rb_tier tier, uint32_t index, uint16_t tag)
{
	struct rb_table_tier *from = &victim->table->tiers[victim->ref.tier];
	struct rb_table_tier *to = &victim->table->tiers[tier];
	uint8_t *slot = (uint8_t *)rb_slot_at(to, index);
	uint32_t tail = victim->record->qname_len + victim->record->ttl_steps;

	memcpy(slot, victim->record, RB_RECORD_HEADER + victim->record->body_len);
	memcpy(slot + to->record_bytes - tail,
	       (uint8_t *)victim->record + from->record_bytes - tail, tail);
	to->tags[index / RB_WAYS].tags[index % RB_WAYS] = tag;
}

static uint32_t next_way(const struct victim *victim)
{
	uint32_t index = victim->ref.index;

	return index / RB_WAYS * RB_WAYS + (index + 1) % RB_WAYS;
}

#define DAMAGE(name, statement)                                                                    \
	static void name(struct victim *victim)                                                    \
	{                                                                                          \
		statement;                                                                         \
	}

DAMAGE(nothing, (void)victim)
DAMAGE(busy_for_ever, victim->record->seq++)
DAMAGE(no_name, victim->record->qname_len = 0)
DAMAGE(too_long, victim->record->ttl_steps = 119)
DAMAGE(name_is_no_name, qname_of(victim)[0] = 64)
DAMAGE(name_in_capitals, qname_of(victim)[1] = 'H')
DAMAGE(name_changed, qname_of(victim)[1] = 'g')
DAMAGE(tag_changed, *tag_of(victim) ^= 0x8000)
DAMAGE(tag_of_less, *tag_of(victim) &= ~RB_SERVES_DO1)
DAMAGE(serves_nobody, victim->record->traits &= (uint8_t)~RB_SERVES_MASK;
       *tag_of(victim) &= (uint16_t)~RB_SERVES_MASK)
DAMAGE(stub_with_records, victim->record->traits |= RB_STUB)
DAMAGE(marks_unknown, victim->record->marks |= 0x80)
DAMAGE(flags_truncated, victim->record->flags |= RB_HTONS(RB_FLAG_TC))
DAMAGE(epoch_to_come, victim->record->epoch++)
DAMAGE(expires_late, victim->record->expires_ns += 100 * RB_NS_PER_S)
DAMAGE(ttl_short, victim->record->data[BODY_TTL + 2] = 0)
DAMAGE(ttl_elsewhere, qname_of(victim)[-1] = 250)
DAMAGE(weight_changed, victim->record->ttl_weight++)
DAMAGE(address_changed, victim->record->data[RR_A_BYTES - 1] ^= 1)
DAMAGE(sum_changed, victim->record->message_sum++)
/* Each of these with the sum that would belong to it, so that it is not the sum that tells. */
static void sum_again(struct victim *victim)
{
	union rb_large copy;

	assert_int_equal(rb_table_read(victim->table, victim->ref, &copy.record), 0);
	victim->record->message_sum = rb_table_record_sum(&copy.record);
}
DAMAGE(count_too_high, victim->record->ancount++; sum_again(victim))
DAMAGE(class_chaos, victim->record->data[5] = 3; sum_again(victim))
DAMAGE(rdata_long, victim->record->data[11] = 5; sum_again(victim))
DAMAGE(too_many_rotate, victim->record->rotate = 3)
DAMAGE(wrong_bucket, copy_to(victim, victim->ref.tier,
			     (victim->ref.index + RB_WAYS) %
				     (victim->table->tiers[victim->ref.tier].buckets * RB_WAYS),
			     *tag_of(victim)))
DAMAGE(twice_in_bucket, copy_to(victim, victim->ref.tier, next_way(victim), *tag_of(victim)))

static void in_another_class(struct victim *victim)
{
	uint32_t buckets = victim->table->tiers[RB_LARGE].buckets;

	copy_to(victim, RB_LARGE, rb_hash_bucket(victim->key.hash, buckets) * RB_WAYS,
		*tag_of(victim));
}

static void table_of_no_epoch(struct victim *victim)
{
	victim->table->control->epoch = 0;
}

static const struct damage damages[] = {
	{"nothing", nothing, NULL},
	{"busy_for_ever", busy_for_ever, "a tag without a record"},
	{"no_name", no_name, "no name"},
	{"too_long", too_long, "a tag without a record"},
	{"name_is_no_name", name_is_no_name, "malformed name"},
	{"name_in_capitals", name_in_capitals, "upper case in the name"},
	{"name_changed", name_changed, "in the wrong bucket"},
	{"tag_changed", tag_changed, "the tag is another record's"},
	{"tag_of_less", tag_of_less, "the tag is another record's"},
	{"serves_nobody", serves_nobody, "it serves nobody"},
	{"stub_with_records", stub_with_records, "a stub with records"},
	{"marks_unknown", marks_unknown, "unknown marks"},
	{"flags_truncated", flags_truncated, "flags that are no stored response's"},
	{"epoch_to_come", epoch_to_come, "of an epoch that has not been"},
	{"expires_late", expires_late, "lives longer than its TTL"},
	{"ttl_short", ttl_short, "a TTL that ends before the record"},
	{"ttl_elsewhere", ttl_elsewhere, "a TTL outside of the body"},
	{"weight_changed", weight_changed, "ttl_weight is wrong"},
	{"address_changed", address_changed, "message_sum is wrong"},
	{"sum_changed", sum_changed, "message_sum is wrong"},
	{"count_too_high", count_too_high, "counts that disagree"},
	{"class_chaos", class_chaos, "a type or class that no data has"},
	{"rdata_long", rdata_long, "a record that is cut off"},
	{"too_many_turn", too_many_rotate, "addresses to turn that are none"},
	{"wrong_bucket", wrong_bucket, "in the wrong bucket"},
	{"twice_in_bucket", twice_in_bucket, "the same question twice in its bucket"},
	{"in_another_class", in_another_class, "the same question in another class too"},
	{"table_of_no_epoch", table_of_no_epoch, "rb_control: no epoch"},
};

static void victim_make(struct victim *victim)
{
	struct rb_table_tier *part;

	assert_int_equal(rb_table_open(pin_dir, RB_TABLE_WRITE, TABLE_BYTES, &victim->table), 0);
	victim->key = key_of(victim->table, 1);
	publish_of(victim->table, &victim->key, 1, 2, BOTH);
	assert_int_equal(lookup_of(victim->table, &victim->key, RB_SERVES_DO0, &victim->ref), 0);
	part = &victim->table->tiers[victim->ref.tier];
	victim->record = (struct rb_record *)rb_slot_at(part, victim->ref.index);
	victim->end = (uint8_t *)victim->record + part->record_bytes;
}

/* Its exit code, and what it says. */
static int verify(char text[FAULTS_SHOWN])
{
	char command[PATH_MAX + PINS_PATH_MAX + 64];
	size_t len;
	int status;
	FILE *pipe;

	snprintf(command, sizeof(command), "%s --pin-dir %s verify 2>&1", program, pin_dir);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	len = fread(text, 1, FAULTS_SHOWN - 1, pipe);
	text[len] = '\0';
	status = pclose(pipe);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void verify_names_what_is_wrong(void **state)
{
	const struct damage *damage = *state;
	struct victim victim;
	char text[FAULTS_SHOWN];
	int status;

	pins_remove(pin_dir);
	victim_make(&victim);
	damage->apply(&victim);
	status = verify(text);
	rb_table_close(victim.table);
	pins_remove(pin_dir);
	if (status != (damage->fault ? 1 : 0) || (damage->fault && !strstr(text, damage->fault)))
		fail_msg("%s: exit code %d, and it says: %s", damage->name, status, text);
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[ARRAY_SIZE(damages)];
	char self[PATH_MAX];
	struct rb_table *table;
	size_t i;
	int err;

	(void)argc;
	assert_non_null(realpath(argv[0], self));
	/* build/tests/bpf/test_verify */
	snprintf(program, sizeof(program), "%.4000s/../../runbound-cachectl", dirname(self));
	pins_name(pin_dir);
	err = rb_table_open(pin_dir, RB_TABLE_WRITE, TABLE_BYTES, &table);
	if (err) {
		printf("verify: skipped, %s\n", strerror(-err));
		return 0;
	}
	rb_table_close(table);
	for (i = 0; i < ARRAY_SIZE(damages); i++)
		tests[i] = (struct CMUnitTest){damages[i].name, verify_names_what_is_wrong, NULL,
					       NULL, (void *)&damages[i]};
	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}

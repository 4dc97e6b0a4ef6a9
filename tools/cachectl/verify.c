/* SPDX-License-Identifier: BSD-2-Clause */
/* `verify`: the whole table, record by record. */
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>

#include "cachectl.h"
#include "complain.h"
#include "inspect.h"
#include "util/json.h"
#include "verbs.h"

#define TRIES 100 /* at a place that its writer is busy with */

struct verify {
	const struct cachectl *ctl;
	uint64_t records, faults;
	int first; /* for rb_json_comma() */
};

static void print_fault(struct verify *verify, struct rb_table_ref ref, const char *fault)
{
	const char *map = rb_table_records_name(ref.tier);

	if (verify->ctl->output == OUTPUT_TEXT) {
		printf("%s[%u]: %s\n", map, ref.index, fault);
		return;
	}
	rb_json_comma(stdout, &verify->first);
	printf("{\"map\":\"%s\",\"index\":%u,\"fault\":", map, ref.index);
	rb_json_string(stdout, fault);
	putchar('}');
}

/* What looks wrong only while the record changes is looked at again. */
static void verify_slot(struct verify *verify, struct rb_table_ref ref)
{
	const struct rb_table *table = verify->ctl->table;
	union rb_large buffer;
	const char *fault = NULL;
	unsigned int try;

	for (try = 0; try < TRIES; try++) {
		uint16_t tag = inspect_tag(table, ref);

		if (!tag)
			return;
		fault = rb_table_read(table, ref, &buffer.record)
				? "a tag without a record"
				: inspect_record(table, ref, tag, &buffer.record);
		if (!fault)
			break;
		sched_yield();
	}
	verify->records++;
	if (!fault)
		return;
	verify->faults++;
	print_fault(verify, ref, fault);
}

static enum cachectl_exit run(const struct cachectl *ctl, const struct verb_args *args)
{
	struct verify verify = {.ctl = ctl, .first = 1};
	const char *fault = inspect_control(ctl->table);
	struct rb_table_ref ref;
	unsigned int tier;

	(void)args;
	if (fault) {
		complain(ctl->output, "rb_control: %s", fault);
		return EXIT_NOT_FOUND;
	}
	if (ctl->output == OUTPUT_JSON)
		fputs("{\"faulty\":[", stdout);
	for (tier = 0; tier < RB_TIERS; tier++) {
		ref.tier = tier;
		for (ref.index = 0; ref.index < ctl->table->tiers[tier].buckets * RB_WAYS;
		     ref.index++)
			verify_slot(&verify, ref);
	}
	if (ctl->output == OUTPUT_JSON)
		printf("],\"records\":%" PRIu64 ",\"faults\":%" PRIu64 "}\n", verify.records,
		       verify.faults);
	else
		printf("%" PRIu64 " records looked at, %" PRIu64 " faults\n", verify.records,
		       verify.faults);
	return verify.faults ? EXIT_NOT_FOUND : EXIT_OK;
}

const struct verb verb_verify = {
	.name = "verify",
	.summary = "look at every record for what must not be",
	.help = "Exit code 1: something is wrong.\n",
	.need = NEED_TABLE,
	.run = run,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers to AXFR and IXFR, record by record: what becomes of the zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants these first */
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/wire.h"
#include "dns/bytes.h"
#include "dns/name.h"
#include "fetch/transfer_read.h"
#include "util/cleanup.h"

#define KEPT_SERIAL 1

/* A record as a word: "soa3", "a.z=1" with the last byte of an address, "a.y=1" outside of the zone. */
static void rr_make(const char *word, uint8_t owner[RB_NAME_MAX], uint8_t rdata[32],
		    struct rb_fetch_rr *ret_rr)
{
	char name[16] = "z";
	unsigned int number = 0;
	bool is_soa = sscanf(word, "soa%u", &number) == 1;

	if (!is_soa)
		assert_int_equal(sscanf(word, "%15[^=]=%u", name, &number), 2);
	memset(rdata, 0, 32);
	*ret_rr = (struct rb_fetch_rr){.owner = owner, .rdata = rdata, .ttl_s = 60};
	ret_rr->owner_len = (uint16_t)rb_name_from_text(name, owner);
	ret_rr->type = is_soa ? RB_TYPE_SOA : RB_TYPE_A;
	ret_rr->rdata_len = is_soa ? 22 : 4;
	if (is_soa)
		rb_bytes_put32(rdata + 2, number);
	else
		rdata[3] = (uint8_t)number;
}

enum asked { WHOLE, WHOLE_BESIDE_COPY, DIFFERENCES };

static const struct {
	const char *name;
	enum asked asked; /* the copy: "soa1 a.z=1" */
	const char *records;
	int err; /* of the last record */
	enum rb_transfer_state state;
	size_t count; /* of the zone's records then */
} cases[] = {
	{"a whole zone", WHOLE, "soa2 a.z=1 b.z=2 soa2", 0, RB_TRANSFER_DONE, 3},
	{"a zone of an SOA alone", WHOLE, "soa2 soa2", 0, RB_TRANSFER_DONE, 1},
	{"what is outside of the zone", WHOLE, "soa2 a.y=1 soa2", 0, RB_TRANSFER_DONE, 1},
	{"a record twice", WHOLE, "soa2 a.z=1 A.z=1 soa2", 0, RB_TRANSFER_DONE, 2},
	{"an end of another serial", WHOLE, "soa2 a.z=1 soa3", -EBADMSG, RB_TRANSFER_WHOLE, 1},
	{"no SOA first", WHOLE, "a.z=1", -EBADMSG, RB_TRANSFER_FIRST, 0},
	{"more behind the end", WHOLE, "soa2 soa2 a.z=1", -EBADMSG, RB_TRANSFER_DONE, 1},
	{"not yet all of it", WHOLE, "soa2 a.z=1", 0, RB_TRANSFER_WHOLE, 1},
	{"an older whole", WHOLE_BESIDE_COPY, "soa1 a.z=2 soa1", 0, RB_TRANSFER_UPTODATE, 0},
	{"the same whole", WHOLE_BESIDE_COPY, "soa4294967295 soa4294967295", 0,
	 RB_TRANSFER_UPTODATE, 0},
	{"a newer whole", WHOLE_BESIDE_COPY, "soa2 a.z=2 soa2", 0, RB_TRANSFER_DONE, 2},
	{"nothing newer", DIFFERENCES, "soa1", 0, RB_TRANSFER_UPTODATE, 2},
	{"something older", DIFFERENCES, "soa0", 0, RB_TRANSFER_UPTODATE, 2},
	{"a serial around the corner", DIFFERENCES, "soa4294967295", 0, RB_TRANSFER_UPTODATE, 2},
	{"a difference", DIFFERENCES, "soa2 soa1 a.z=1 soa2 a.z=2 soa2", 0, RB_TRANSFER_DONE, 2},
	{"two differences", DIFFERENCES, "soa3 soa1 a.z=1 soa2 b.z=2 soa2 b.z=2 soa3 c.z=3 soa3", 0,
	 RB_TRANSFER_DONE, 2},
	{"differences with a gap", DIFFERENCES, "soa4 soa1 a.z=1 soa2 soa3", -EBADMSG,
	 RB_TRANSFER_NEW, 1},
	{"what is not there goes", DIFFERENCES, "soa2 soa1 b.z=9", -EBADMSG, RB_TRANSFER_OLD, 1},
	{"the whole in place of differences", DIFFERENCES, "soa2 b.z=2 soa2", 0, RB_TRANSFER_DONE,
	 2},
	{"an SOA alone in place of differences", DIFFERENCES, "soa2 soa2", 0, RB_TRANSFER_DONE, 1},
};

/* Otherwise: a primary's odd answer would leave a zone that nobody has. */
static void transfers_end_in_the_zone_that_they_say(void **state)
{
	static const uint8_t zone[] = "\1z";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rb_fetch_records records = {.bytes_max = 1 << 20};
		struct rb_fetch_order order = {.zone_len = sizeof(zone),
					       .serial = KEPT_SERIAL,
					       .has_kept = cases[i].asked != WHOLE};
		struct rb_transfer transfer = {.order = &order,
					       .is_ixfr = cases[i].asked == DIFFERENCES,
					       .records = &records,
					       .records_max = 100};
		_cleanup_free_ char *words = strdup(cases[i].records);
		uint8_t owner[RB_NAME_MAX], rdata[32];
		struct rb_fetch_rr rr;
		char *position;
		int err = 0;

		memcpy(order.zone, zone, sizeof(zone));
		if (cases[i].asked == DIFFERENCES) {
			rr_make("soa1", owner, rdata, &rr);
			assert_int_equal(rb_records_add(&records, &rr), 0);
			rr_make("a.z=1", owner, rdata, &rr);
			assert_int_equal(rb_records_add(&records, &rr), 0);
		}
		for (char *word = strtok_r(words, " ", &position); word && !err;
		     word = strtok_r(NULL, " ", &position)) {
			rr_make(word, owner, rdata, &rr);
			err = rb_transfer_take(&transfer, &rr);
		}
		if (err != cases[i].err || transfer.state != cases[i].state ||
		    records.count != cases[i].count)
			fail_msg("%s: error %d, state %d, %zu records", cases[i].name, err,
				 transfer.state, records.count);
		rb_records_free(&records);
	}
}

/* Otherwise: a primary could fill the memory of the machine. */
static void a_zone_has_a_largest_size(void **state)
{
	static const uint8_t zone[] = "\1z";
	struct rb_fetch_records records = {.bytes_max = 100};
	struct rb_fetch_order order = {.zone_len = sizeof(zone)};
	struct rb_transfer transfer = {.order = &order, .records = &records, .records_max = 2};
	uint8_t owner[RB_NAME_MAX], rdata[32];
	struct rb_fetch_rr rr;

	(void)state;
	memcpy(order.zone, zone, sizeof(zone));
	rr_make("a.z=1", owner, rdata, &rr);
	assert_int_equal(rb_transfer_add(&transfer, &rr), 0);
	rr_make("b.z=1", owner, rdata, &rr);
	assert_int_equal(rb_transfer_add(&transfer, &rr), 0);
	rr_make("c.z=1", owner, rdata, &rr);
	assert_int_equal(rb_transfer_add(&transfer, &rr), -E2BIG);
	transfer.records_max = 1000;
	for (unsigned int i = 2; i < 200 && records.bytes_len + 40 < records.bytes_max; i++) {
		char word[16];

		snprintf(word, sizeof(word), "c.z=%u", i);
		rr_make(word, owner, rdata, &rr);
		(void)rb_transfer_add(&transfer, &rr);
	}
	rr_make("d.z=1", owner, rdata, &rr);
	records.bytes_max = records.bytes_len + 5;
	assert_int_equal(rb_transfer_add(&transfer, &rr), -E2BIG);
	rb_records_free(&records);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transfers_end_in_the_zone_that_they_say),
		cmocka_unit_test(a_zone_has_a_largest_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

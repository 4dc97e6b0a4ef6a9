/* SPDX-License-Identifier: BSD-2-Clause */
/* The states of a transfer. */
#include "fetch/transfer_read.h"

#include <errno.h>
#include <string.h>

#include "../kern/wire.h"
#include "dns/bytes.h"
#include "dns/name.h"

enum { SERIAL, REFRESH, RETRY, EXPIRE, MINIMUM, NUMBERS };

bool rb_soa_numbers(const uint8_t *rdata, size_t len, uint32_t ret_numbers[5])
{
	if (len < NUMBERS * 4 + 2)
		return false;
	for (size_t i = 0; i < NUMBERS; i++)
		ret_numbers[i] = rb_bytes_get32(rdata + len - 4 * (NUMBERS - i));
	return true;
}

static bool is_apex_soa(const struct rb_transfer *transfer, const struct rb_fetch_rr *rr)
{
	return rr->type == RB_TYPE_SOA &&
	       rb_name_equal(rr->owner, rr->owner_len, transfer->order->zone,
			     transfer->order->zone_len);
}

int rb_transfer_add(struct rb_transfer *transfer, const struct rb_fetch_rr *rr)
{
	uint8_t lower[RB_NAME_MAX];

	rb_name_lower(rr->owner, rr->owner_len, lower);
	if (!rb_name_is_under(lower, rr->owner_len, transfer->order->zone,
			      transfer->order->zone_len)) {
		transfer->skipped++;
		return 0;
	}
	if (transfer->records->count >= transfer->records_max)
		return -E2BIG;
	return rb_records_add(transfer->records, rr);
}

/* A difference that removes a record that does not exist belongs to another version of the zone. */
static int remove_it(struct rb_transfer *transfer, const struct rb_fetch_rr *rr)
{
	int err = rb_records_remove(transfer->records, rr);

	return err == -ENOENT ? -EBADMSG : err;
}

static void whole_begin(struct rb_transfer *transfer)
{
	size_t bytes_max = transfer->records->bytes_max;

	rb_records_free(transfer->records);
	*transfer->records = (struct rb_fetch_records){.bytes_max = bytes_max};
	transfer->state = RB_TRANSFER_WHOLE;
}

static int refuse(struct rb_transfer *transfer, const char *why)
{
	transfer->wrong = why;
	return -EBADMSG;
}

/* Until the SOA that it began with, which is kept. */
static int whole_take(struct rb_transfer *transfer, const struct rb_fetch_rr *rr,
		      const uint32_t numbers[NUMBERS])
{
	if (numbers && numbers[SERIAL] != transfer->serial)
		return refuse(transfer, "ends with another SOA than it has begun with");
	if (numbers)
		transfer->state = RB_TRANSFER_DONE;
	return rb_transfer_add(transfer, rr);
}

static int first_take(struct rb_transfer *transfer, const uint32_t numbers[NUMBERS])
{
	if (!numbers)
		return refuse(transfer, "does not begin with the zone's SOA");
	transfer->serial = numbers[SERIAL];
	transfer->refresh_s = numbers[REFRESH];
	transfer->retry_s = numbers[RETRY];
	transfer->expire_s = numbers[EXPIRE];
	if (transfer->order->has_kept &&
	    !rb_serial_is_newer(transfer->serial, transfer->order->serial))
		transfer->state = RB_TRANSFER_UPTODATE;
	else if (transfer->is_ixfr)
		transfer->state = RB_TRANSFER_SECOND;
	else
		whole_begin(transfer);
	return 0;
}

/* The SOA of the copy begins differences; anything else is of a whole zone, as AXFR has it. */
static int second_take(struct rb_transfer *transfer, const struct rb_fetch_rr *rr,
		       const uint32_t numbers[NUMBERS])
{
	if (numbers && numbers[SERIAL] == transfer->order->serial) {
		transfer->is_incremental = true;
		transfer->state = RB_TRANSFER_OLD;
		return remove_it(transfer, rr);
	}
	whole_begin(transfer);
	return whole_take(transfer, rr, numbers);
}

/* numbers: of an SOA at the zone's apex; NULL: another record. */
static int record_take(struct rb_transfer *transfer, const struct rb_fetch_rr *rr,
		       const uint32_t numbers[NUMBERS])
{
	switch (transfer->state) {
	case RB_TRANSFER_FIRST:
		return first_take(transfer, numbers);
	case RB_TRANSFER_SECOND:
		return second_take(transfer, rr, numbers);
	case RB_TRANSFER_WHOLE:
		return whole_take(transfer, rr, numbers);
	case RB_TRANSFER_OLD:
		if (!numbers)
			return remove_it(transfer, rr);
		transfer->reached = numbers[SERIAL];
		transfer->state = RB_TRANSFER_NEW;
		return rb_transfer_add(transfer, rr);
	case RB_TRANSFER_NEW:
		if (!numbers)
			return rb_transfer_add(transfer, rr);
		if (transfer->reached == transfer->serial && numbers[SERIAL] == transfer->serial) {
			transfer->state = RB_TRANSFER_DONE;
			return 0;
		}
		if (numbers[SERIAL] != transfer->reached)
			return -EBADMSG;
		transfer->state = RB_TRANSFER_OLD;
		return remove_it(transfer, rr);
	case RB_TRANSFER_UPTODATE:
		return 0;
	case RB_TRANSFER_DONE:
		break;
	}
	return refuse(transfer, "goes on behind the zone's last SOA");
}

int rb_transfer_take(struct rb_transfer *transfer, const struct rb_fetch_rr *rr)
{
	uint32_t numbers[NUMBERS];
	bool is_soa = is_apex_soa(transfer, rr);

	if (is_soa && !rb_soa_numbers(rr->rdata, rr->rdata_len, numbers))
		return -EBADMSG;
	return record_take(transfer, rr, is_soa ? numbers : NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked of a primary, and when. */
#include "fetch/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kern/wire.h"
#include "config/zone_text.h"
#include "fetch/talk.h"
#include "fetch/transfer_read.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define RECORDS_MAX 20000000
#define SECOND_NS   (2 * RB_NS_PER_S)

/* --- whether there is something newer --- */

static int soa_take(void *context, const struct rb_fetch_rr *rr)
{
	struct rb_talk *talk = context;
	uint32_t numbers[5];

	if (rr->type != RB_TYPE_SOA ||
	    !rb_name_equal(rr->owner, rr->owner_len, talk->order->zone, talk->order->zone_len) ||
	    !rb_soa_numbers(rr->rdata, rr->rdata_len, numbers))
		return 0;
	talk->report->serial = numbers[0];
	talk->report->refresh_s = numbers[1];
	talk->report->retry_s = numbers[2];
	talk->report->expire_s = numbers[3];
	return 1;
}

static int probe(struct rb_talk *talk, bool *ret_is_newer)
{
	uint8_t question[RB_TALK_QUESTION_MAX];
	int err = rb_talk_ask(talk, RB_TYPE_SOA, question);

	if (!err)
		err = rb_talk_next(talk, question, talk->deadline_ns);
	if (err)
		return err;
	err = rb_talk_take(talk, soa_take, talk);
	if (err != 1)
		return rb_talk_say(talk, err ?: -EBADMSG, "has no SOA of the zone");
	*ret_is_newer = rb_serial_is_newer(talk->report->serial, talk->order->serial);
	return 0;
}

/* --- the zone --- */

static int transfer_take(void *context, const struct rb_fetch_rr *rr)
{
	return rb_transfer_take(context, rr);
}

/*
 * An SOA alone means that the whole zone is to be asked for (RFC 1995 4), but may as well be the
 * first message of many.
 */
static uint64_t deadline_of(const struct rb_talk *talk, const struct rb_transfer *transfer)
{
	uint64_t soon_ns = rb_clock_ns() + SECOND_NS;

	return transfer->state == RB_TRANSFER_SECOND && soon_ns < talk->deadline_ns
		       ? soon_ns
		       : talk->deadline_ns;
}

static int zone_get(struct rb_talk *talk, uint16_t type, struct rb_transfer *transfer)
{
	uint8_t question[RB_TALK_QUESTION_MAX];
	int err = rb_talk_ask(talk, type, question);

	*transfer = (struct rb_transfer){
		.order = talk->order,
		.is_ixfr = type == RB_TYPE_IXFR,
		.records = talk->records,
		.records_max = RECORDS_MAX,
	};
	while (!err && transfer->state != RB_TRANSFER_DONE &&
	       transfer->state != RB_TRANSFER_UPTODATE) {
		err = rb_talk_next(talk, question, deadline_of(talk, transfer));
		if (err)
			break;
		err = rb_talk_take(talk, transfer_take, transfer);
		if (err)
			rb_talk_say(talk, err,
				    err == -E2BIG     ? "sends more than is allowed"
				    : transfer->wrong ? transfer->wrong
						      : "sends no such transfer");
	}
	return err;
}

static int say_line(const struct rb_talk *talk, unsigned int line, const char *wrong)
{
	char what[RB_FETCH_WHY_MAX];

	snprintf(what, sizeof(what), "line %u: %s", line, wrong);
	return rb_talk_say(talk, -EBADMSG, what);
}

/* Records of the zone, in a file. Others are left out, as in a transfer. */
static int file_read(struct rb_talk *talk, FILE *file)
{
	_cleanup_free_ struct rb_text_record *record = malloc(sizeof(*record));
	_cleanup_(rb_zone_text_free) struct rb_zone_text zone = {
		.file = file,
		.context.ttl_s = RB_RECORD_TTL_S,
		.next_line = 1,
	};
	struct rb_transfer transfer = {
		.order = talk->order,
		.records = talk->records,
		.records_max = RECORDS_MAX,
	};
	const char *wrong;
	int got = 0, err = 0;

	if (!record)
		return -ENOMEM;
	memcpy(zone.context.origin, talk->order->zone, talk->order->zone_len);
	while (!err && (got = rb_zone_text_next(&zone, record, &wrong)) > 0) {
		const struct rb_fetch_rr rr = {
			.owner = record->owner,
			.owner_len = record->owner_len,
			.rdata = record->rdata,
			.rdata_len = record->rdata_len,
			.type = record->type,
			.ttl_s = record->ttl_s,
		};

		err = rb_transfer_add(&transfer, &rr);
		(void)soa_take(talk, &rr);
	}
	if (!err && got < 0 && wrong)
		return say_line(talk, zone.line, wrong);
	return err ?: got;
}

/* The copy, which differences are to be applied to. */
static int kept_read(struct rb_talk *talk, int kept_fd)
{
	_cleanup_fclose_ FILE *file = fdopen(kept_fd, "re");

	return file ? file_read(talk, file) : -ENOMEM;
}

static void records_clear(struct rb_talk *talk)
{
	rb_records_free(talk->records);
	*talk->records = (struct rb_fetch_records){.bytes_max = talk->order->bytes_max};
}

/*
 * Ask for differences first; if that fails, for the whole zone. So does an answer that there is
 * nothing newer, since the primary has just said that there is.
 */
static int zone_get_any(struct rb_talk *talk, int kept_fd, struct rb_transfer *transfer)
{
	int err = talk->order->has_kept ? kept_read(talk, kept_fd) : -ENOENT;

	if (!err)
		err = zone_get(talk, RB_TYPE_IXFR, transfer);
	if (!err && transfer->state != RB_TRANSFER_UPTODATE)
		return 0;
	records_clear(talk);
	/* After an answer that was not read to its end, more may follow. */
	err = talk->order->has_kept ? rb_talk_begin(talk) : 0;
	return err ?: zone_get(talk, RB_TYPE_AXFR, transfer);
}

static int output_write(const struct rb_talk *talk, FILE *out)
{
	int err = rb_records_write(talk->records, out);

	if (!err && (fflush(out) || (uint64_t)ftello(out) > talk->order->bytes_max))
		err = -EFBIG;
	return err;
}

static int run(struct rb_talk *talk, int output_fd, int kept_fd)
{
	struct rb_fetch_report *report = talk->report;
	_cleanup_fclose_ FILE *out = NULL;
	struct rb_transfer transfer;
	bool is_newer = true;
	int err = rb_talk_begin(talk);

	if (!err && talk->order->has_kept)
		err = probe(talk, &is_newer);
	if (err)
		return err;
	if (is_newer)
		err = zone_get_any(talk, kept_fd, &transfer);
	if (err)
		return err;
	if (is_newer)
		report->serial = transfer.serial;
	if (!is_newer || transfer.state == RB_TRANSFER_UPTODATE) {
		report->outcome = RB_FETCH_UNCHANGED;
		return 0;
	}
	out = fdopen(output_fd, "we");
	err = out ? output_write(talk, out) : -ENOMEM;
	if (err)
		return rb_talk_say(talk, err, "the zone cannot be written down");
	report->refresh_s = transfer.refresh_s;
	report->retry_s = transfer.retry_s;
	report->expire_s = transfer.expire_s;
	report->is_incremental = transfer.is_incremental;
	report->records = talk->records->count;
	report->outcome = RB_FETCH_CHANGED;
	return 0;
}

void rb_transfer_run(const struct rb_fetch_order *order, int output_fd, int kept_fd,
		     uint64_t deadline_ns, struct rb_fetch_report *report)
{
	struct rb_fetch_records records = {.bytes_max = order->bytes_max};
	struct rb_talk talk = {
		.order = order,
		.report = report,
		.deadline_ns = deadline_ns,
		.fd = -1,
		.message = malloc(RB_MESSAGE_MAX),
		.records = &records,
	};

	if (!talk.message)
		rb_talk_say(&talk, -ENOMEM, "out of memory");
	else if (run(&talk, output_fd, kept_fd) && !*report->why)
		rb_talk_say(&talk, -EIO, "cannot be transferred");
	free(talk.message);
	rb_closep(&talk.fd);
	rb_records_free(&records);
}

/* Replaces the file that it was read from. */
static int check(struct rb_talk *talk, int output_fd)
{
	_cleanup_fclose_ FILE *file = fdopen(output_fd, "r+e");
	int err = file && !fseeko(file, 0, SEEK_SET) ? file_read(talk, file) : -ENOMEM;

	if (err)
		return *talk->report->why
			       ? err
			       : rb_talk_say(talk, err, "is not a zone file that can be read");
	if (!talk->report->refresh_s)
		return rb_talk_say(talk, -EBADMSG, "has no SOA of the zone");
	if (fseeko(file, 0, SEEK_SET) || ftruncate(output_fd, 0))
		return rb_talk_say(talk, -EIO, "cannot be written down");
	err = output_write(talk, file);
	return err ? rb_talk_say(talk, err, "cannot be written down") : 0;
}

void rb_transfer_check(const struct rb_fetch_order *order, int output_fd,
		       struct rb_fetch_report *report)
{
	struct rb_fetch_records records = {.bytes_max = order->bytes_max};
	struct rb_talk talk = {.order = order, .report = report, .fd = -1, .records = &records};

	if (check(&talk, output_fd))
		report->outcome = RB_FETCH_FAILED;
	report->records = records.count;
	rb_records_free(&records);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The conversation with a primary. */
#include "fetch/transfer.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kern/wire.h"
#include "config/zone_text.h"
#include "dns/bytes.h"
#include "fetch/lookup.h"
#include "fetch/stream.h"
#include "fetch/transfer_read.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define DNS_PORT     53
#define HEADER_BYTES 12
#define QUESTION_MAX 512
#define RECORDS_MAX  20000000
#define SECOND_NS    (2 * RB_NS_PER_S)
#define TYPE_IXFR    251
#define TYPE_AXFR    252

/* One conversation. */
struct talk {
	const struct rb_fetch_order *order;
	struct rb_fetch_report *report;
	uint64_t deadline_ns;
	int fd;
	uint8_t *message; /* room for any */
	size_t len;
	struct rb_fetch_records *records;
};

static int say(const struct talk *talk, int err, const char *what)
{
	snprintf(talk->report->why, sizeof(talk->report->why), "%.80s: %.100s", talk->order->source,
		 what);
	return err;
}

/* --- who it is --- */

/* ADDRESS or NAME, either with @PORT. What follows '#' is for TLS, which is not used here. */
static int primary_find(struct talk *talk, struct rb_fetch_addresses *ret_addresses)
{
	char host[RB_FETCH_SOURCE_MAX], *at;
	uint16_t port = DNS_PORT;

	snprintf(host, sizeof(host), "%s", talk->order->source);
	at = strchr(host, '@');
	if (at) {
		*at = '\0';
		port = (uint16_t)atoi(at + 1);
	}
	return rb_fetch_lookup(talk->order, host, port, talk->deadline_ns, ret_addresses,
			       talk->report->why);
}

static int talk_begin(struct talk *talk)
{
	struct rb_fetch_addresses addresses;
	int err = primary_find(talk, &addresses);

	if (err)
		return err;
	rb_closep(&talk->fd);
	talk->fd = -1;
	err = -EHOSTUNREACH;
	for (size_t i = 0; i < addresses.count && talk->fd < 0; i++)
		err = rb_fetch_connect(&addresses.list[i], NULL, talk->deadline_ns, &talk->fd);
	return err ? say(talk, err, strerror(-err)) : 0;
}

/* --- questions --- */

/* For IXFR, with the SOA of the copy. The primary reads only its serial. */
static size_t question_make(const struct rb_fetch_order *order, uint16_t type, uint8_t *out)
{
	size_t len = rb_fetch_question(order->zone, order->zone_len, type, 0, out);
	uint8_t *soa = out + len;

	if (type != TYPE_IXFR)
		return len;
	rb_bytes_put16(out + 8, 1);
	rb_bytes_put16(soa, 0xc00c);
	rb_bytes_put16(soa + 2, RB_TYPE_SOA);
	rb_bytes_put16(soa + 4, RB_CLASS_IN);
	memset(soa + 6, 0, 28);
	rb_bytes_put16(soa + 10, 22); /* two names of the root, five numbers */
	rb_bytes_put32(soa + 14, order->serial);
	return len + 34;
}

/* Whether it repeats the question, which messages behind the first may leave out (RFC 5936 2.2.1). */
static bool repeats_question(const struct talk *talk, const uint8_t *question)
{
	size_t zone_len = talk->order->zone_len, room = talk->len - HEADER_BYTES;
	const uint8_t *name = talk->message + HEADER_BYTES;

	if (!rb_bytes_get16(talk->message + 4))
		return true;
	return room >= zone_len + 4 && rb_name_len(name, room) == (int)zone_len &&
	       rb_name_equal(name, zone_len, talk->order->zone, zone_len) &&
	       !memcmp(name + zone_len, question + HEADER_BYTES + zone_len, 4);
}

/* Receive the next message of the answer, and check its header. */
static int message_next(struct talk *talk, const uint8_t *question, uint64_t deadline_ns)
{
	int err = rb_fetch_receive(talk->fd, talk->message, &talk->len, deadline_ns);
	uint16_t flags;

	if (err)
		return say(talk, err, err == -EPIPE ? "ended the connection" : strerror(-err));
	if (talk->len < HEADER_BYTES || memcmp(talk->message, question, 2) != 0)
		return say(talk, -EBADMSG, "answered something else");
	flags = rb_bytes_get16(talk->message + 2);
	if (!(flags & RB_FLAG_QR) || flags & (RB_FLAG_OPCODE | RB_FLAG_TC) ||
	    !repeats_question(talk, question))
		return say(talk, -EBADMSG, "answered something else");
	if (flags & RB_FLAG_RCODE) {
		const ldns_lookup_table *name =
			ldns_lookup_by_id(ldns_rcodes, flags & RB_FLAG_RCODE);

		return say(talk, -EPROTO, name ? name->name : "an error");
	}
	return 0;
}

typedef int take_fn(void *context, const struct rb_fetch_rr *rr);

/* A record without compression: as the library writes it. */
static int rr_take(const ldns_rr *rr, ldns_buffer *buffer, take_fn *take, void *context)
{
	struct rb_fetch_rr taken = {.type = (uint16_t)ldns_rr_get_type(rr),
				    .ttl_s = ldns_rr_ttl(rr)};
	const uint8_t *wire = ldns_buffer_begin(buffer);
	size_t owner_len = ldns_rdf_size(ldns_rr_owner(rr)), len;

	ldns_buffer_clear(buffer);
	if (ldns_rr2buffer_wire(buffer, rr, LDNS_SECTION_ANSWER) != LDNS_STATUS_OK)
		return -EBADMSG;
	len = ldns_buffer_position(buffer);
	if (len < owner_len + 10)
		return -EBADMSG;
	/* No part of the zone, like names outside of it. */
	if (ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN)
		return 0;
	taken.owner = wire;
	taken.owner_len = (uint16_t)owner_len;
	taken.rdata = wire + owner_len + 10;
	taken.rdata_len = (uint16_t)(len - owner_len - 10);
	return take(context, &taken);
}

/* The records of the answer section. */
static int answer_take(const struct talk *talk, take_fn *take, void *context)
{
	unsigned int questions = rb_bytes_get16(talk->message + 4);
	unsigned int answers = rb_bytes_get16(talk->message + 6);
	ldns_buffer *buffer = ldns_buffer_new(2 * (size_t)RB_MESSAGE_MAX);
	size_t at = HEADER_BYTES;
	int err = buffer ? 0 : -ENOMEM;

	for (unsigned int i = 0; i < questions + answers && !err; i++) {
		ldns_rr *rr = NULL;
		ldns_status status =
			ldns_wire2rr(&rr, talk->message, talk->len, &at,
				     i < questions ? LDNS_SECTION_QUESTION : LDNS_SECTION_ANSWER);

		if (status != LDNS_STATUS_OK)
			err = status == LDNS_STATUS_MEM_ERR ? -ENOMEM : -EBADMSG;
		else if (i >= questions)
			err = rr_take(rr, buffer, take, context);
		if (status == LDNS_STATUS_OK)
			ldns_rr_free(rr);
	}
	ldns_buffer_free(buffer);
	return err;
}

static int ask(struct talk *talk, uint16_t type, uint8_t *question)
{
	size_t len = question_make(talk->order, type, question);
	int err = rb_fetch_send(talk->fd, question, len, talk->deadline_ns);

	return err ? say(talk, err, strerror(-err)) : 0;
}

/* --- whether there is something newer --- */

static int soa_take(void *context, const struct rb_fetch_rr *rr)
{
	struct talk *talk = context;
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

static int probe(struct talk *talk, bool *ret_is_newer)
{
	uint8_t question[QUESTION_MAX];
	int err = ask(talk, RB_TYPE_SOA, question);

	if (!err)
		err = message_next(talk, question, talk->deadline_ns);
	if (err)
		return err;
	err = answer_take(talk, soa_take, talk);
	if (err != 1)
		return say(talk, err ?: -EBADMSG, "has no SOA of the zone");
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
static uint64_t deadline_of(const struct talk *talk, const struct rb_transfer *transfer)
{
	uint64_t soon_ns = rb_clock_ns() + SECOND_NS;

	return transfer->state == RB_TRANSFER_SECOND && soon_ns < talk->deadline_ns
		       ? soon_ns
		       : talk->deadline_ns;
}

static int zone_get(struct talk *talk, uint16_t type, struct rb_transfer *transfer)
{
	uint8_t question[QUESTION_MAX];
	int err = ask(talk, type, question);

	*transfer = (struct rb_transfer){
		.order = talk->order,
		.is_ixfr = type == TYPE_IXFR,
		.records = talk->records,
		.records_max = RECORDS_MAX,
	};
	while (!err && transfer->state != RB_TRANSFER_DONE &&
	       transfer->state != RB_TRANSFER_UPTODATE) {
		err = message_next(talk, question, deadline_of(talk, transfer));
		if (err)
			break;
		err = answer_take(talk, transfer_take, transfer);
		if (err)
			say(talk, err,
			    err == -E2BIG     ? "sends more than is allowed"
			    : transfer->wrong ? transfer->wrong
					      : "sends no such transfer");
	}
	return err;
}

static int say_line(const struct talk *talk, unsigned int line, const char *wrong)
{
	char what[RB_FETCH_WHY_MAX];

	snprintf(what, sizeof(what), "line %u: %s", line, wrong);
	return say(talk, -EBADMSG, what);
}

/* Records of the zone, in a file. Others are left out, as in a transfer. */
static int file_read(struct talk *talk, FILE *file)
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
static int kept_read(struct talk *talk, int kept_fd)
{
	_cleanup_fclose_ FILE *file = fdopen(kept_fd, "re");

	return file ? file_read(talk, file) : -ENOMEM;
}

static void records_clear(struct talk *talk)
{
	rb_records_free(talk->records);
	*talk->records = (struct rb_fetch_records){.bytes_max = talk->order->bytes_max};
}

/*
 * Ask for differences first; if that fails, for the whole zone. So does an answer that there is
 * nothing newer, since the primary has just said that there is.
 */
static int zone_get_any(struct talk *talk, int kept_fd, struct rb_transfer *transfer)
{
	int err = talk->order->has_kept ? kept_read(talk, kept_fd) : -ENOENT;

	if (!err)
		err = zone_get(talk, TYPE_IXFR, transfer);
	if (!err && transfer->state != RB_TRANSFER_UPTODATE)
		return 0;
	records_clear(talk);
	/* After an answer that was not read to its end, more may follow. */
	err = talk->order->has_kept ? talk_begin(talk) : 0;
	return err ?: zone_get(talk, TYPE_AXFR, transfer);
}

static int output_write(const struct talk *talk, FILE *out)
{
	int err = rb_records_write(talk->records, out);

	if (!err && (fflush(out) || (uint64_t)ftello(out) > talk->order->bytes_max))
		err = -EFBIG;
	return err;
}

static int run(struct talk *talk, int output_fd, int kept_fd)
{
	struct rb_fetch_report *report = talk->report;
	_cleanup_fclose_ FILE *out = NULL;
	struct rb_transfer transfer;
	bool is_newer = true;
	int err = talk_begin(talk);

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
		return say(talk, err, "the zone cannot be written down");
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
	struct talk talk = {
		.order = order,
		.report = report,
		.deadline_ns = deadline_ns,
		.fd = -1,
		.message = malloc(RB_MESSAGE_MAX),
		.records = &records,
	};

	if (!talk.message)
		say(&talk, -ENOMEM, "out of memory");
	else if (run(&talk, output_fd, kept_fd) && !*report->why)
		say(&talk, -EIO, "cannot be transferred");
	free(talk.message);
	rb_closep(&talk.fd);
	rb_records_free(&records);
}

/* Replaces the file that it was read from. */
static int check(struct talk *talk, int output_fd)
{
	_cleanup_fclose_ FILE *file = fdopen(output_fd, "r+e");
	int err = file && !fseeko(file, 0, SEEK_SET) ? file_read(talk, file) : -ENOMEM;

	if (err)
		return *talk->report->why ? err
					  : say(talk, err, "is not a zone file that can be read");
	if (!talk->report->refresh_s)
		return say(talk, -EBADMSG, "has no SOA of the zone");
	if (fseeko(file, 0, SEEK_SET) || ftruncate(output_fd, 0))
		return say(talk, -EIO, "cannot be written down");
	err = output_write(talk, file);
	return err ? say(talk, err, "cannot be written down") : 0;
}

void rb_transfer_check(const struct rb_fetch_order *order, int output_fd,
		       struct rb_fetch_report *report)
{
	struct rb_fetch_records records = {.bytes_max = order->bytes_max};
	struct talk talk = {.order = order, .report = report, .fd = -1, .records = &records};

	if (check(&talk, output_fd))
		report->outcome = RB_FETCH_FAILED;
	report->records = records.count;
	rb_records_free(&records);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a record stream: nothing is taken for granted. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "dns/rdata.h"
#include "dns/check.h"
#include "store/stream.h"
#include "store/stream_format.h"
#include "util/clock.h"

#define BUFFER_BYTES (256 << 10)
#define SKEW_NS      (5 * RB_NS_PER_S) /* by which two machines' clocks may differ */

_Static_assert(BUFFER_BYTES > 2 * (sizeof(struct rb_store_frame) + RB_STORE_PAYLOAD_MAX),
	       "there is room while a record is incomplete");

struct rb_store_reader {
	struct rb_store_clock now;
	struct rb_store_facts facts;
	uint64_t records; /* read whole, whatever was in them */
	int end;          /* what every further rb_store_next() returns; 0: it goes on */
	char problem[160];
	struct rb_answer answer;
	uint16_t ttl_offsets[RB_STORE_TTLS_MAX];
	struct rb_crc32 crc;
	size_t from, to; /* of buffer: not yet read */
	uint8_t buffer[BUFFER_BYTES];
};

int rb_store_open(struct rb_store_clock now, struct rb_store_reader **ret_reader)
{
	struct rb_store_reader *reader = malloc(sizeof(*reader));

	if (!reader)
		return -ENOMEM;
	memset(reader, 0, offsetof(struct rb_store_reader, buffer));
	reader->now = now;
	rb_crc32_init(&reader->crc);
	*ret_reader = reader;
	return 0;
}

void rb_store_close(struct rb_store_reader *reader)
{
	free(reader);
}

void rb_store_closep(struct rb_store_reader **reader)
{
	rb_store_close(*reader);
}

uint8_t *rb_store_room(struct rb_store_reader *reader, size_t *ret_bytes)
{
	/* What is left is less than a record, where the caller read all that there was. */
	if (reader->from) {
		memmove(reader->buffer, reader->buffer + reader->from, reader->to - reader->from);
		reader->to -= reader->from;
		reader->from = 0;
	}
	*ret_bytes = sizeof(reader->buffer) - reader->to;
	return reader->buffer + reader->to;
}

void rb_store_filled(struct rb_store_reader *reader, size_t bytes)
{
	reader->to += bytes;
}

const char *rb_store_problem(const struct rb_store_reader *reader)
{
	return reader->problem;
}

void rb_store_facts(const struct rb_store_reader *reader, struct rb_store_facts *ret_facts)
{
	*ret_facts = reader->facts;
}

/* Returns err. */
__attribute__((format(printf, 3, 4))) static int problem(struct rb_store_reader *reader, int err,
							 const char *format, ...)
{
	int at = 0;
	va_list args;

	if (reader->facts.begun)
		at = snprintf(reader->problem, sizeof(reader->problem), "record %" PRIu64 ": ",
			      reader->facts.number);
	va_start(args, format);
	vsnprintf(reader->problem + at, sizeof(reader->problem) - (size_t)at, format, args);
	va_end(args);
	return err;
}

/* The same where nothing more can be read. */
#define fatal(reader, err, ...) ((reader)->end = problem((reader), (err), __VA_ARGS__))

/* The next so many bytes, which stay where they are; NULL: they have not all arrived. */
static const uint8_t *peek(const struct rb_store_reader *reader, size_t bytes)
{
	return reader->to - reader->from < bytes ? NULL : reader->buffer + reader->from;
}

/* 1: read. */
static int header_read(struct rb_store_reader *reader)
{
	const uint8_t *bytes = peek(reader, sizeof(struct rb_store_header));
	struct rb_store_header header;

	if (!bytes)
		return 0;
	memcpy(&header, bytes, sizeof(header));
	if (memcmp(header.magic, RB_STORE_MAGIC, sizeof(header.magic)) != 0)
		return fatal(reader, -EPROTONOSUPPORT, "not a record stream of runbound's");
	if (header.checksum !=
	    rb_crc32_add(&reader->crc, 0, bytes, offsetof(struct rb_store_header, checksum)))
		return fatal(reader, -EBADMSG, "the header's checksum is wrong");
	if (header.version != RB_STORE_VERSION || header.zero)
		return fatal(reader, -EPROTONOSUPPORT, "version %u, known is %d", header.version,
			     RB_STORE_VERSION);
	if (header.wall_ns > reader->now.wall_ns + SKEW_NS)
		return fatal(reader, -ETIME,
			     "written %" PRIu64 " s in the future: the clock was or is wrong",
			     (uint64_t)((header.wall_ns - reader->now.wall_ns) / RB_NS_PER_S));
	reader->from += sizeof(header);
	reader->facts.begun = true;
	reader->facts.fingerprint = header.fingerprint;
	if (header.wall_ns < reader->now.wall_ns)
		reader->facts.age_ns = reader->now.wall_ns - header.wall_ns;
	return 1;
}

static int end_read(struct rb_store_reader *reader, const struct rb_store_frame *frame)
{
	const uint8_t *bytes = peek(reader, sizeof(*frame) + sizeof(uint64_t));
	uint64_t count;

	if (!bytes)
		return 0;
	bytes += sizeof(*frame);
	memcpy(&count, bytes, sizeof(count));
	if (frame->checksum != rb_store_checksum(&reader->crc, 0, bytes, sizeof(count)))
		return fatal(reader, -EBADMSG, "the end mark's checksum is wrong");
	if (count != reader->records)
		return fatal(reader, -EBADMSG,
			     "%" PRIu64 " records were written, %" PRIu64 " are here", count,
			     reader->records);
	reader->from += sizeof(*frame) + sizeof(count);
	return fatal(reader, -ENODATA, "the end");
}

static bool name_is_good(const uint8_t *qname, size_t len)
{
	uint8_t lower[RB_NAME_MAX];

	if (!len || rb_name_len(qname, len) != (int)len)
		return false;
	rb_name_lower(qname, len, lower);
	return !memcmp(lower, qname, len);
}

static void answer_take(struct rb_store_reader *reader, const struct rb_store_payload *payload,
			const uint8_t *body)
{
	struct rb_answer *answer = &reader->answer;

	*answer = (struct rb_answer){
		.ttl_s = payload->ttl_s,
		.flags = payload->flags,
		.ancount = payload->ancount,
		.nscount = payload->nscount,
		.arcount = payload->arcount,
		.traits = payload->traits,
		.ede = payload->ede,
		.rotate = payload->rotate,
		.body_len = payload->body_len,
		.ttl_count = payload->ttl_count,
		.ttl_offsets = reader->ttl_offsets,
		/* Nobody writes there: a record is given out as const. */
		.body = (uint8_t *)(uintptr_t)body,
	};
	memcpy(reader->ttl_offsets, body + payload->body_len,
	       payload->ttl_count * sizeof(reader->ttl_offsets[0]));
}

/* 1: a record. 0: it has expired. -EINVAL. */
static int payload_read(struct rb_store_reader *reader, const uint8_t *bytes, size_t length,
			struct rb_store_record *ret_record)
{
	struct rb_store_payload payload;
	const uint8_t *qname = bytes + sizeof(payload);
	const char *fault;

	if (length < sizeof(payload))
		return problem(reader, -EINVAL, "shorter than any");
	memcpy(&payload, bytes, sizeof(payload));
	if (payload.ttl_count > RB_STORE_TTLS_MAX ||
	    sizeof(payload) + payload.qname_len + payload.body_len + 2UL * payload.ttl_count !=
		    length)
		return problem(reader, -EINVAL, "lengths that disagree");
	if (!name_is_good(qname, payload.qname_len))
		return problem(reader, -EINVAL, "a malformed name, or one with capital letters");
	if (rb_rdata_is_meta(payload.qtype) && payload.qtype != RB_TYPE_ANY)
		return problem(reader, -EINVAL, "type %u, which nobody asks for", payload.qtype);
	if (payload.marks & ~RB_STORE_PINNED || payload.left_ns > payload.ttl_s * RB_NS_PER_S)
		return problem(reader, -EINVAL, "more time left than its TTL, or unknown marks");
	answer_take(reader, &payload, qname + payload.qname_len);
	fault = rb_answer_check(&reader->answer, qname, payload.qname_len, payload.qtype);
	if (fault)
		return problem(reader, -EINVAL, "%s", fault);
	if (payload.left_ns <= reader->facts.age_ns) {
		reader->facts.expired++;
		return 0;
	}
	reader->answer.expires_ns = reader->now.clock_ns + (payload.left_ns - reader->facts.age_ns);
	rb_answer_set_stale_limit(&reader->answer, payload.stale_limit);
	*ret_record = (struct rb_store_record){
		.qname = qname,
		.qname_len = payload.qname_len,
		.qtype = payload.qtype,
		.pinned = payload.marks & RB_STORE_PINNED,
		.answer = &reader->answer,
	};
	return 1;
}

/* 1: a record. 0: more bytes are needed. */
static int record_next(struct rb_store_reader *reader, struct rb_store_record *ret_record)
{
	struct rb_store_frame frame;
	const uint8_t *bytes;
	int got;

	do {
		bytes = peek(reader, sizeof(frame));
		if (!bytes)
			return 0;
		memcpy(&frame, bytes, sizeof(frame));
		reader->facts.number = reader->records + 1;
		if (!frame.length)
			return end_read(reader, &frame);
		if (frame.length > RB_STORE_PAYLOAD_MAX)
			return fatal(reader, -EBADMSG, "longer than any can be");
		bytes = peek(reader, sizeof(frame) + frame.length);
		if (!bytes)
			return 0;
		bytes += sizeof(frame);
		if (frame.checksum !=
		    rb_store_checksum(&reader->crc, frame.length, bytes, frame.length))
			return fatal(reader, -EBADMSG, "its checksum is wrong");
		reader->from += sizeof(frame) + frame.length;
		reader->records++;
		got = payload_read(reader, bytes, frame.length, ret_record);
	} while (!got);
	return got;
}

bool rb_store_peek(const struct rb_store_reader *reader, struct rb_store_record *ret_record)
{
	const size_t fixed = sizeof(struct rb_store_frame) + sizeof(struct rb_store_payload);
	const uint8_t *bytes = peek(reader, fixed + RB_NAME_MAX);
	struct rb_store_payload payload;

	if (!bytes)
		return false;
	memcpy(&payload, bytes + sizeof(struct rb_store_frame), sizeof(payload));
	ret_record->qname = bytes + fixed;
	ret_record->qname_len = payload.qname_len;
	ret_record->qtype = payload.qtype;
	return true;
}

int rb_store_next(struct rb_store_reader *reader, struct rb_store_record *ret_record)
{
	if (reader->end)
		return reader->end;
	if (!reader->facts.begun && header_read(reader) <= 0)
		return reader->end;
	return record_next(reader, ret_record);
}

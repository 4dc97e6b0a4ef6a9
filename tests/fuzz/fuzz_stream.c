/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzing: any bytes as a record stream. Their checksums are put right first, so that what is
 * behind them is reached. What is read must be an answer that can be written, read again and
 * replied with.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "store/stream.h"
#include "store/stream_format.h"
#include "util/cleanup.h"

#define NOW 1000000000000ULL

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void checksums_mend(uint8_t *bytes, size_t len)
{
	size_t at = sizeof(struct rb_store_header);
	struct rb_store_header header;
	struct rb_store_frame frame;

	if (len < at)
		return;
	memcpy(&header, bytes, sizeof(header));
	memcpy(header.magic, RB_STORE_MAGIC, sizeof(header.magic));
	header.version = RB_STORE_VERSION;
	header.zero = 0;
	header.checksum = (uint32_t)crc32_z(0, (const uint8_t *)&header,
					    offsetof(struct rb_store_header, checksum));
	memcpy(bytes, &header, sizeof(header));
	for (; len - at >= sizeof(frame); at += sizeof(frame) + frame.length) {
		memcpy(&frame, bytes + at, sizeof(frame));
		if (frame.length > len - at - sizeof(frame))
			return;
		frame.checksum = (uint32_t)crc32_z(
			crc32(0, (const uint8_t *)&frame.length, sizeof(frame.length)),
			bytes + at + sizeof(frame), frame.length ? frame.length : sizeof(uint64_t));
		memcpy(bytes + at, &frame, sizeof(frame));
	}
}

static void reply_check(const struct rb_store_record *record)
{
	uint8_t question[RB_NAME_MAX + RB_QUESTION_TAIL] = {0}, *out = malloc(RB_MESSAGE_MAX);
	struct rb_query query = {.qname = question,
				 .qname_len = record->qname_len,
				 .question_len = (uint16_t)(record->qname_len + RB_QUESTION_TAIL),
				 .qtype = record->qtype,
				 .id = 7};
	size_t bytes;

	memcpy(question, record->qname, record->qname_len);
	bytes = rb_reply_build(&query, record->answer, NOW + NOW, 1232, RB_MESSAGE_MAX, out);
	check(bytes == 12U + query.question_len + record->answer->body_len);
	free(out);
}

static void again_check(const struct rb_store_record *record, struct rb_store_clock now)
{
	_cleanup_free_ char *bytes = NULL;
	_cleanup_(rb_store_closep) struct rb_store_reader *reader = NULL;
	struct rb_store_writer writer;
	struct rb_store_record again;
	size_t len, room;
	FILE *out = open_memstream(&bytes, &len);

	check(out && !rb_store_begin(&writer, out, 1, now));
	check(!rb_store_put(&writer, record) && !rb_store_end(&writer));
	fclose(out);
	check(!rb_store_open(now, &reader));
	memcpy(rb_store_room(reader, &room), bytes, len);
	rb_store_filled(reader, len);
	check(rb_store_next(reader, &again) == 1);
	check(again.answer->expires_ns == record->answer->expires_ns);
	check(again.answer->body_len == record->answer->body_len &&
	      !memcmp(again.answer->body, record->answer->body, again.answer->body_len));
	check(rb_store_next(reader, &again) == -ENODATA);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct rb_store_clock now = {.clock_ns = NOW, .wall_ns = UINT64_MAX / 2};
	_cleanup_(rb_store_closep) struct rb_store_reader *reader = NULL;
	_cleanup_free_ uint8_t *copy = malloc(len + 8);
	struct rb_store_record record;
	size_t at = 0, room;
	int err;

	memcpy(copy, data, len);
	memset(copy + len, 0, 8);
	checksums_mend(copy, len);
	check(!rb_store_open(now, &reader));
	for (;;) {
		uint8_t *into;

		while ((err = rb_store_next(reader, &record)) == 1 || err == -EINVAL) {
			if (err == 1) {
				reply_check(&record);
				again_check(&record, now);
			}
		}
		if (err || at == len)
			return 0;
		into = rb_store_room(reader, &room);
		check(room > 0);
		room = room < len - at ? room : len - at;
		memcpy(into, copy + at, room);
		rb_store_filled(reader, room);
		at += room;
	}
}

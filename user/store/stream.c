/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing a record stream. */
#include "store/stream.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "store/stream_format.h"
#include "util/clock.h"

struct rb_store_clock rb_store_now(void)
{
	struct rb_store_clock now = {.monotonic_ns = rb_clock_ns()};
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	now.wall_ns = (uint64_t)wall.tv_sec * RB_NS_PER_S + (uint64_t)wall.tv_nsec;
	return now;
}

static int put(FILE *out, const void *bytes, size_t len)
{
	if (!len || fwrite(bytes, len, 1, out) == 1)
		return 0;
	return errno ? -errno : -EIO;
}

int rb_store_begin(struct rb_store_writer *writer, FILE *out, uint32_t fingerprint,
		   struct rb_store_clock now)
{
	struct rb_store_header header = {
		.version = RB_STORE_VERSION,
		.fingerprint = fingerprint,
		.wall_ns = now.wall_ns,
	};

	memcpy(header.magic, RB_STORE_MAGIC, sizeof(header.magic));
	header.checksum = (uint32_t)crc32_z(0, (const Bytef *)&header,
					    offsetof(struct rb_store_header, checksum));
	*writer = (struct rb_store_writer){.out = out, .start_ns = now.monotonic_ns};
	errno = 0;
	return put(out, &header, sizeof(header));
}

/* Frame and payload at once, as the checksum stands before what it covers. */
static int put_framed(FILE *out, const void *payload, uint32_t length, size_t bytes)
{
	const struct rb_store_frame frame = {
		.length = length,
		.checksum = rb_store_checksum(length, payload, bytes),
	};
	int err = put(out, &frame, sizeof(frame));

	return err ? err : put(out, payload, bytes);
}

int rb_store_put(struct rb_store_writer *writer, const struct rb_store_record *record)
{
	const struct rb_answer *answer = record->answer;
	size_t offsets_bytes = answer->ttl_count * sizeof(answer->ttl_offsets[0]);
	uint8_t bytes[RB_STORE_PAYLOAD_MAX];
	struct rb_store_payload payload = {
		.ttl_s = answer->ttl_s,
		.qtype = record->qtype,
		.flags = answer->flags,
		.ancount = answer->ancount,
		.nscount = answer->nscount,
		.arcount = answer->arcount,
		.ttl_count = answer->ttl_count,
		.body_len = answer->body_len,
		.qname_len = (uint8_t)record->qname_len,
		.traits = answer->traits & (uint8_t)~RB_PINNED,
		.ede = answer->ede,
		.rotate = answer->rotate,
		.marks = record->pinned || answer->traits & RB_PINNED ? RB_STORE_PINNED : 0,
	};
	size_t at = sizeof(payload);
	int err;

	if (!record->qname_len || record->qname_len > RB_NAME_MAX ||
	    answer->ttl_count > RB_STORE_TTLS_MAX)
		return -EINVAL;
	if (answer->expires_ns <= writer->start_ns)
		return -ESTALE;
	payload.left_ns = answer->expires_ns - writer->start_ns;
	memcpy(bytes, &payload, sizeof(payload));
	memcpy(bytes + at, record->qname, record->qname_len);
	at += record->qname_len;
	if (answer->body_len)
		memcpy(bytes + at, answer->body, answer->body_len);
	at += answer->body_len;
	if (offsets_bytes)
		memcpy(bytes + at, answer->ttl_offsets, offsets_bytes);
	at += offsets_bytes;
	errno = 0;
	err = put_framed(writer->out, bytes, (uint32_t)at, at);
	if (!err)
		writer->count++;
	return err;
}

int rb_store_end(struct rb_store_writer *writer)
{
	int err;

	errno = 0;
	err = put_framed(writer->out, &writer->count, 0, sizeof(writer->count));
	if (!err && fflush(writer->out))
		err = errno ? -errno : -EIO;
	return err;
}

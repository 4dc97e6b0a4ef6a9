/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing a record stream. */
#include "store/stream.h"

#include <errno.h>
#include <string.h>

#include "store/stream_format.h"
#include "util/clock.h"

struct rb_store_clock rb_store_now(void)
{
	return (struct rb_store_clock){.clock_ns = rb_clock_ns(), .wall_ns = rb_clock_wall_ns()};
}

/* The writer alone uses out: its lock would cost more than the copy. */
static int put(FILE *out, const void *bytes, size_t len)
{
	errno = 0;
	if (fwrite_unlocked(bytes, len, 1, out) == 1)
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
	*writer = (struct rb_store_writer){.out = out, .start_ns = now.clock_ns};
	rb_crc32_init(&writer->crc);
	header.checksum =
		rb_crc32_add(&writer->crc, 0, &header, offsetof(struct rb_store_header, checksum));
	return put(out, &header, sizeof(header));
}

/* Frame and payload at once: bytes begin with room for the frame, which the payload follows. */
static int put_framed(const struct rb_store_writer *writer, uint8_t *bytes, uint32_t length,
		      size_t payload_bytes)
{
	const struct rb_store_frame frame = {
		.length = length,
		.checksum = rb_store_checksum(&writer->crc, length, bytes + sizeof(frame),
					      payload_bytes),
	};

	memcpy(bytes, &frame, sizeof(frame));
	return put(writer->out, bytes, sizeof(frame) + payload_bytes);
}

int rb_store_put(struct rb_store_writer *writer, const struct rb_store_record *record)
{
	const struct rb_answer *answer = record->answer;
	size_t offsets_bytes = answer->ttl_count * sizeof(answer->ttl_offsets[0]);
	uint8_t bytes[sizeof(struct rb_store_frame) + RB_STORE_PAYLOAD_MAX];
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
		.stale_limit = rb_answer_stale_limit(answer),
	};
	size_t at = sizeof(struct rb_store_frame);
	int err;

	if (!record->qname_len || record->qname_len > RB_NAME_MAX ||
	    answer->ttl_count > RB_STORE_TTLS_MAX)
		return -EINVAL;
	if (answer->signed_until_ns < answer->expires_ns)
		return -EINVAL;
	if (answer->expires_ns <= writer->start_ns)
		return -ESTALE;
	payload.left_ns = answer->expires_ns - writer->start_ns;
	/* One that was stored since the beginning. */
	if (payload.left_ns > answer->ttl_s * RB_NS_PER_S)
		payload.left_ns = answer->ttl_s * RB_NS_PER_S;
	memcpy(bytes + at, &payload, sizeof(payload));
	at += sizeof(payload);
	memcpy(bytes + at, record->qname, record->qname_len);
	at += record->qname_len;
	if (answer->body_len)
		memcpy(bytes + at, answer->body, answer->body_len);
	at += answer->body_len;
	if (offsets_bytes)
		memcpy(bytes + at, answer->ttl_offsets, offsets_bytes);
	at += offsets_bytes;
	at -= sizeof(struct rb_store_frame);
	err = put_framed(writer, bytes, (uint32_t)at, at);
	if (!err)
		writer->count++;
	return err;
}

int rb_store_end(struct rb_store_writer *writer)
{
	uint8_t bytes[sizeof(struct rb_store_frame) + sizeof(writer->count)];
	int err;

	memcpy(bytes + sizeof(struct rb_store_frame), &writer->count, sizeof(writer->count));
	err = put_framed(writer, bytes, 0, sizeof(writer->count));
	if (!err && fflush(writer->out))
		err = errno ? -errno : -EIO;
	return err;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of a record stream, only for its writer and its reader; see stream.h. */
#ifndef RB_STORE_STREAM_FORMAT_H
#define RB_STORE_STREAM_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "../kern/abi.h"
#include "util/crc32.h"

#define RB_STORE_MAGIC "rbstream"

struct rb_store_header {
	char magic[8];
	uint32_t version;
	uint32_t fingerprint;
	uint64_t wall_ns;
	uint32_t zero;
	uint32_t checksum;
};
_Static_assert(sizeof(struct rb_store_header) == 32, "stream version 2");

struct rb_store_frame {
	uint32_t length;   /* bytes of payload; 0: the end mark */
	uint32_t checksum; /* of length and payload */
};
_Static_assert(sizeof(struct rb_store_frame) == 8, "stream version 2");

#define RB_STORE_PINNED 0x1

struct rb_store_payload {
	uint64_t left_ns; /* at the header's time */
	uint32_t ttl_s;
	uint16_t qtype;
	uint16_t flags; /* of the answer, host order */
	uint16_t ancount;
	uint16_t nscount;
	uint16_t arcount;
	uint16_t ttl_count;
	uint16_t body_len;
	uint8_t qname_len;
	uint8_t traits;
	uint8_t ede;
	uint8_t rotate;
	uint8_t marks;       /* RB_STORE_PINNED */
	uint8_t stale_limit; /* as in a record: how long the signatures are valid after left_ns */
};
_Static_assert(sizeof(struct rb_store_payload) == 32, "stream version 2");

/* No message has more TTLs: a record takes 11 bytes at least. */
#define RB_STORE_TTLS_MAX (UINT16_MAX / 11)
#define RB_STORE_PAYLOAD_MAX                                                                       \
	(sizeof(struct rb_store_payload) + RB_NAME_MAX + UINT16_MAX + 2UL * RB_STORE_TTLS_MAX)

static inline uint32_t rb_store_checksum(const struct rb_crc32 *crc, uint32_t length,
					 const void *payload, size_t bytes)
{
	uint32_t sum = rb_crc32_add(crc, 0, &length, sizeof(length));

	return rb_crc32_add(crc, sum, payload, bytes);
}

#endif

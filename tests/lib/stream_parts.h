/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts that the queries of lib/stream.h are put together from. */
#ifndef RB_TESTS_STREAM_PARTS_H
#define RB_TESTS_STREAM_PARTS_H

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "lib/stream.h"

#define STREAM_HEADER   12  /* bytes of the DNS header */
#define STREAM_NAME_MAX 255 /* bytes of a name */

/* A message as it is put together. What does not fit is left out: that is hostile too. */
static inline void put(struct stream_message *message, const void *bytes, size_t len)
{
	if (message->len + len > sizeof(message->bytes))
		return;
	memcpy(message->bytes + message->len, bytes, len);
	message->len += len;
}

static inline void put8(struct stream_message *message, uint32_t value)
{
	put(message, &(uint8_t){(uint8_t)value}, 1);
}

static inline void put16(struct stream_message *message, uint32_t value)
{
	put8(message, value >> 8);
	put8(message, value);
}

static inline void put_random(struct prng *prng, struct stream_message *message, size_t len)
{
	while (len--)
		put8(message, prng_below(prng, 256));
}

static inline void set16(struct stream_message *message, size_t offset, uint32_t value)
{
	message->bytes[offset] = (uint8_t)(value >> 8);
	message->bytes[offset + 1] = (uint8_t)value;
}

static inline bool one_in(struct prng *prng, uint32_t n)
{
	return !prng_below(prng, n);
}

static inline uint32_t pick(struct prng *prng, const uint16_t *values, size_t count)
{
	return values[prng_below(prng, (uint32_t)count)];
}

#define PICK(prng, ...)                                                                            \
	pick(prng, (const uint16_t[]){__VA_ARGS__},                                                \
	     sizeof((const uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t))

static inline void put_header(struct prng *prng, struct stream_message *message)
{
	message->len = 0;
	put16(message, prng_below(prng, 65536));
	put16(message, 0x0100u | (one_in(prng, 3) ? 0x0020 : 0)); /* RD, AD */
	put16(message, 1);
	put16(message, 0);
	put16(message, 0);
	put16(message, 0);
}

/* As it is, in capitals, or in 0x20 style. */
static inline void case_mix(struct prng *prng, uint8_t *name, size_t len)
{
	uint32_t style = prng_below(prng, 4);

	for (size_t i = 0; i < len; i++)
		if (isalpha(name[i]) && (style == 1 || (style >= 2 && one_in(prng, 2))))
			name[i] ^= 0x20;
}

static inline void put_question(struct prng *prng, struct stream_message *message,
				const struct stream_question *question)
{
	size_t name = message->len;

	put(message, question->qname, question->qname_len);
	case_mix(prng, message->bytes + name, question->qname_len);
	put16(message, question->qtype);
	put16(message, 1);
}

/* Well-formed, whatever it means. */
static inline void put_option(struct prng *prng, struct stream_message *message)
{
	uint32_t len = one_in(prng, 8) ? prng_below(prng, 400) : prng_below(prng, 41);

	/* NSID, client subnet, expire, COOKIE, keepalive, padding, EDE; anybody's */
	put16(message,
	      one_in(prng, 4) ? prng_below(prng, 65536) : PICK(prng, 3, 8, 9, 10, 11, 12, 15));
	put16(message, len);
	put_random(prng, message, len);
}

/* What clients send, with up to as many options. */
static inline void put_opt(struct prng *prng, struct stream_message *message, bool dnssec_ok,
			   uint32_t options)
{
	size_t rdata;

	put8(message, 0);
	put16(message, 41);
	put16(message, one_in(prng, 8) ? prng_below(prng, 65536)
				       : PICK(prng, 0, 511, 512, 513, 800, 1220, 1231, 1232, 1400,
					      1410, 1452, 4096, 65535));
	put16(message, 0);
	put16(message, (dnssec_ok ? 0x8000 : 0) | (one_in(prng, 8) ? prng_below(prng, 0x8000) : 0));
	put16(message, 0);
	rdata = message->len;
	for (; options; options--)
		put_option(prng, message);
	set16(message, rdata - 2, (uint32_t)(message->len - rdata));
	set16(message, 10, 1);
}

/* The length byte of a label at random, as an offset. */
static inline size_t any_label(struct prng *prng, const struct stream_question *question)
{
	size_t at = 0;

	while (question->qname[at] && !one_in(prng, 3))
		at += question->qname[at] + 1u;
	return question->qname[at] ? at : 0;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of queries. */
#include "lib/stream_parts.h"

#include <ctype.h>
#include <string.h>

void stream_put(struct stream_message *message, const void *bytes, size_t len)
{
	if (message->len + len > sizeof(message->bytes))
		return;
	memcpy(message->bytes + message->len, bytes, len);
	message->len += len;
}

void stream_put8(struct stream_message *message, uint32_t value)
{
	stream_put(message, &(uint8_t){(uint8_t)value}, 1);
}

void stream_put16(struct stream_message *message, uint32_t value)
{
	stream_put8(message, value >> 8);
	stream_put8(message, value);
}

void stream_put_random(struct prng *prng, struct stream_message *message, size_t len)
{
	while (len--)
		stream_put8(message, prng_below(prng, 256));
}

void stream_set16(struct stream_message *message, size_t offset, uint32_t value)
{
	message->bytes[offset] = (uint8_t)(value >> 8);
	message->bytes[offset + 1] = (uint8_t)value;
}

bool stream_one_in(struct prng *prng, uint32_t n)
{
	return !prng_below(prng, n);
}

uint32_t stream_pick(struct prng *prng, const uint16_t *values, size_t count)
{
	return values[prng_below(prng, (uint32_t)count)];
}

void stream_put_header(struct prng *prng, struct stream_message *message)
{
	message->len = 0;
	stream_put16(message, prng_below(prng, 65536));
	stream_put16(message, 0x0100u | (stream_one_in(prng, 3) ? 0x0020 : 0)); /* RD, AD */
	stream_put16(message, 1);
	stream_put16(message, 0);
	stream_put16(message, 0);
	stream_put16(message, 0);
}

void stream_case_mix(struct prng *prng, uint8_t *name, size_t len)
{
	uint32_t style = prng_below(prng, 4);

	for (size_t i = 0; i < len; i++)
		if (isalpha(name[i]) && (style == 1 || (style >= 2 && stream_one_in(prng, 2))))
			name[i] ^= 0x20;
}

void stream_put_question(struct prng *prng, struct stream_message *message,
			 const struct stream_question *question)
{
	size_t name = message->len;

	stream_put(message, question->qname, question->qname_len);
	stream_case_mix(prng, message->bytes + name, question->qname_len);
	stream_put16(message, question->qtype);
	stream_put16(message, 1);
}

void stream_put_option(struct prng *prng, struct stream_message *message)
{
	uint32_t len = stream_one_in(prng, 8) ? prng_below(prng, 400) : prng_below(prng, 41), code;

	/* NSID, client subnet, expire, COOKIE, keepalive, padding, EDE; anybody's */
	code = stream_one_in(prng, 4) ? prng_below(prng, 65536)
				      : STREAM_PICK(prng, 3, 8, 9, 10, 11, 12, 15);
	if (code == 3)
		message->asks_nsid = true;
	stream_put16(message, code);
	stream_put16(message, len);
	stream_put_random(prng, message, len);
}

void stream_put_opt(struct prng *prng, struct stream_message *message, bool dnssec_ok,
		    uint32_t options)
{
	size_t rdata;

	stream_put8(message, 0);
	stream_put16(message, 41);
	stream_put16(message, stream_one_in(prng, 8)
				      ? prng_below(prng, 65536)
				      : STREAM_PICK(prng, 0, 511, 512, 513, 800, 1220, 1231, 1232,
						    1400, 1410, 1452, 4096, 65535));
	stream_put16(message, 0);
	stream_put16(message, (dnssec_ok ? 0x8000 : 0) |
				      (stream_one_in(prng, 8) ? prng_below(prng, 0x8000) : 0));
	stream_put16(message, 0);
	rdata = message->len;
	for (; options; options--)
		stream_put_option(prng, message);
	stream_set16(message, rdata - 2, (uint32_t)(message->len - rdata));
	stream_set16(message, 10, 1);
}

size_t stream_any_label(struct prng *prng, const struct stream_question *question)
{
	size_t at = 0;

	while (question->qname[at] && !stream_one_in(prng, 3))
		at += question->qname[at] + 1u;
	return question->qname[at] ? at : 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Hostile queries. */
#include "lib/stream_hostile.h"

#include <string.h>

#include "lib/stream_parts.h"

static void make_flags(struct prng *prng, struct stream_message *message)
{
	uint32_t flags = stream_one_in(prng, 2) ? 0x0100 ^ 1u << prng_below(prng, 16)
						: prng_below(prng, 65536);

	stream_set16(message, 2, flags);
}

static void make_type(struct prng *prng, struct stream_message *message, size_t tail)
{
	uint32_t random = prng_below(prng, 65536);

	if (!stream_one_in(prng, 3))
		stream_set16(message, tail,
			     stream_one_in(prng, 2) ? prng_below(prng, 300) : random);
	if (stream_one_in(prng, 2))
		stream_set16(message, tail + 2, STREAM_PICK(prng, 0, 2, 3, 4, 254, 255, 256, 257));
}

/* Records where a query has none: addresses, an OPT, something like TSIG. */
static void put_record(struct prng *prng, struct stream_message *message)
{
	static const char tsig[] = "\3key\0\0\xfa\0\xff\0\0\0\0\0\0";
	static const char address[] = "\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\1";

	switch (prng_below(prng, 4)) {
	case 0:
		stream_put_opt(prng, message, stream_one_in(prng, 2), prng_below(prng, 2));
		break;
	case 1:
		stream_put(message, tsig, sizeof(tsig) - 1);
		break;
	default:
		stream_put(message, address, sizeof(address) - 1);
		break;
	}
}

static void make_counts(struct prng *prng, struct stream_message *message,
			const struct stream_question *question)
{
	uint32_t records = prng_below(prng, 3);

	if (stream_one_in(prng, 4))
		stream_put_question(prng, message, question);
	while (records--)
		put_record(prng, message);
	for (size_t offset = 4; offset < STREAM_HEADER; offset += 2)
		if (stream_one_in(prng, 2))
			stream_set16(message, offset,
				     stream_one_in(prng, 8) ? prng_below(prng, 65536)
							    : prng_below(prng, 4));
}

static void make_edns(struct prng *prng, struct stream_message *message)
{
	size_t opt = message->len;

	stream_put_opt(prng, message, stream_one_in(prng, 2),
		       stream_one_in(prng, 2) ? 0 : prng_below(prng, 12));
	switch (prng_below(prng, 8)) {
	case 0: /* extended rcode, version */
		stream_set16(message, opt + 5,
			     stream_one_in(prng, 2) ? prng_below(prng, 65536) : 1);
		break;
	case 1:
		stream_set16(message, opt + 9, prng_below(prng, 600));
		break;
	case 2:
		stream_put_opt(prng, message, stream_one_in(prng, 2), 0);
		stream_set16(message, 10, 1 + prng_below(prng, 2));
		break;
	case 3: /* an owner that is not the root */
		message->bytes[opt] = (uint8_t)prng_below(prng, 256);
		break;
	case 4: /* an option whose length lies */
		if (message->len > opt + 15)
			stream_set16(message, opt + 13, prng_below(prng, 600));
		break;
	case 5: /* the last option is cut short, and the OPT says so */
		message->len -= prng_below(prng, (uint32_t)(message->len - opt - 10));
		stream_set16(message, opt + 9, (uint32_t)(message->len - opt - 11));
		break;
	case 6: /* a pointer to a root label */
		message->len = opt;
		stream_put16(message, 0xc000 | prng_below(prng, (uint32_t)opt));
		stream_put(message, "\0\x29\4\xd0\0\0\0\0\0\0", 10);
		stream_set16(message, 10, 1);
		break;
	default: /* many small options */
		for (uint32_t i = prng_below(prng, 20); i; i--)
			stream_put(message, "\0\x0c\0\0", 4);
		stream_set16(message, opt + 9, (uint32_t)(message->len - opt - 11));
		break;
	}
}

/* A question whose name is none, from the message's start on. */
static void make_name(struct prng *prng, struct stream_message *message,
		      const struct stream_question *question)
{
	size_t name = STREAM_HEADER, len = question->qname_len, labels;

	stream_put_header(prng, message);
	switch (prng_below(prng, 7)) {
	case 0: /* a pointer, to itself, into the header, anywhere */
		stream_put16(message, 0xc000 | prng_below(prng, 40));
		break;
	case 1: /* labels, then a pointer */
		stream_put(message, question->qname, len - 1);
		stream_put16(message, 0xc000 | prng_below(prng, 40));
		break;
	case 2: /* a length byte that lies */
		stream_put(message, question->qname, len);
		message->bytes[name + stream_any_label(prng, question)] =
			(uint8_t)prng_below(prng, 256);
		break;
	case 3: /* a zero where the label goes on; what follows may look like a type and a class */
		stream_put8(message, 1 + prng_below(prng, 8));
		stream_put(message, "w", stream_one_in(prng, 2));
		stream_put8(message, 0);
		break;
	case 4: /* as long as may be, and longer */
		for (labels = 1 + prng_below(prng, 5); labels; labels--) {
			uint32_t label = 50 + prng_below(prng, 14);

			stream_put8(message, label);
			while (label--)
				stream_put8(message, 'a' + prng_below(prng, 26));
		}
		stream_put8(message, 0);
		break;
	case 5: /* no end */
		stream_put(message, question->qname, prng_below(prng, (uint32_t)len));
		break;
	default: /* a known name with a zero in it */
		stream_put(message, question->qname, len);
		message->bytes[name + prng_below(prng, (uint32_t)len)] = 0;
		break;
	}
	stream_put16(message, question->qtype);
	stream_put16(message, 1);
	if (stream_one_in(prng, 3))
		stream_put_opt(prng, message, stream_one_in(prng, 2), 0);
}

static void make_cut(struct prng *prng, struct stream_message *message)
{
	if (stream_one_in(prng, 2))
		stream_put_random(prng, message, 1 + prng_below(prng, 20));
	else
		message->len = prng_below(prng, (uint32_t)message->len);
}

static void mutate_once(struct prng *prng, struct stream_message *message)
{
	size_t at = prng_below(prng, (uint32_t)message->len);
	uint8_t *byte = &message->bytes[at];

	switch (prng_below(prng, 6)) {
	case 0:
		*byte = (uint8_t)prng_below(prng, 256);
		break;
	case 1:
		*byte = stream_one_in(prng, 2) ? 0 : 0xff;
		break;
	case 2:
		memmove(byte, byte + 1, message->len - at - 1);
		message->len--;
		break;
	case 3:
		if (message->len == sizeof(message->bytes))
			break;
		memmove(byte + 1, byte, message->len - at);
		message->len++;
		*byte = (uint8_t)prng_below(prng, 256);
		break;
	default:
		*byte ^= (uint8_t)(1u << prng_below(prng, 8));
		break;
	}
}

static void make_random(struct prng *prng, struct stream_message *message)
{
	message->len = 0;
	if (stream_one_in(prng, 2))
		stream_put_header(prng, message);
	stream_put_random(prng, message, prng_below(prng, stream_one_in(prng, 4) ? 600 : 60));
}

void stream_make_hostile(struct prng *prng, const struct stream_question *question,
			 struct stream_message *message)
{
	switch (message->kind) {
	case STREAM_FLAGS:
		make_flags(prng, message);
		break;
	case STREAM_TYPE:
		make_type(prng, message, STREAM_HEADER + question->qname_len);
		break;
	case STREAM_COUNTS:
		make_counts(prng, message, question);
		break;
	case STREAM_EDNS:
		message->len = STREAM_HEADER + question->qname_len + 4u;
		make_edns(prng, message);
		break;
	case STREAM_NAME:
		make_name(prng, message, question);
		break;
	case STREAM_CUT:
		make_cut(prng, message);
		break;
	case STREAM_MUTATED:
		for (uint32_t i = prng_below(prng, 4) + 1; i && message->len > 1; i--)
			mutate_once(prng, message);
		break;
	case STREAM_RANDOM:
		make_random(prng, message);
		break;
	default:
		break;
	}
}

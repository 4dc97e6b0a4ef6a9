/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries from random numbers. */
#include "lib/stream.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <ldns/ldns.h>

#define HEADER   12
#define NAME_MAX 255

/* A message as it is put together. What does not fit is left out: that is hostile too. */
static void put(struct stream_message *message, const void *bytes, size_t len)
{
	if (message->len + len > sizeof(message->bytes))
		return;
	memcpy(message->bytes + message->len, bytes, len);
	message->len += len;
}

static void put8(struct stream_message *message, uint32_t value)
{
	put(message, &(uint8_t){(uint8_t)value}, 1);
}

static void put16(struct stream_message *message, uint32_t value)
{
	put8(message, value >> 8);
	put8(message, value);
}

static void put_random(struct prng *prng, struct stream_message *message, size_t len)
{
	while (len--)
		put8(message, prng_below(prng, 256));
}

static void set16(struct stream_message *message, size_t offset, uint32_t value)
{
	message->bytes[offset] = (uint8_t)(value >> 8);
	message->bytes[offset + 1] = (uint8_t)value;
}

static bool one_in(struct prng *prng, uint32_t n)
{
	return !prng_below(prng, n);
}

static uint32_t pick(struct prng *prng, const uint16_t *values, size_t count)
{
	return values[prng_below(prng, (uint32_t)count)];
}

#define PICK(prng, ...)                                                                            \
	pick(prng, (const uint16_t[]){__VA_ARGS__},                                                \
	     sizeof((const uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t))

/* --- the parts of an ordinary query ----------------------------------------------------------- */

static void put_header(struct prng *prng, struct stream_message *message)
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
static void case_mix(struct prng *prng, uint8_t *name, size_t len)
{
	uint32_t style = prng_below(prng, 4);

	for (size_t i = 0; i < len; i++)
		if (isalpha(name[i]) && (style == 1 || (style >= 2 && one_in(prng, 2))))
			name[i] ^= 0x20;
}

static void put_question(struct prng *prng, struct stream_message *message,
			 const struct stream_question *question)
{
	size_t name = message->len;

	put(message, question->qname, question->qname_len);
	case_mix(prng, message->bytes + name, question->qname_len);
	put16(message, question->qtype);
	put16(message, 1);
}

/* Well-formed, whatever it means. */
static void put_option(struct prng *prng, struct stream_message *message)
{
	uint32_t len = one_in(prng, 8) ? prng_below(prng, 400) : prng_below(prng, 41);

	/* NSID, client subnet, expire, COOKIE, keepalive, padding, EDE; anybody's */
	put16(message,
	      one_in(prng, 4) ? prng_below(prng, 65536) : PICK(prng, 3, 8, 9, 10, 11, 12, 15));
	put16(message, len);
	put_random(prng, message, len);
}

/* What clients send, with up to as many options. */
static void put_opt(struct prng *prng, struct stream_message *message, bool dnssec_ok,
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

static void put_plain(struct prng *prng, struct stream_message *message,
		      const struct stream_question *question)
{
	bool dnssec_ok = question->variants == STREAM_DO1 ||
			 (question->variants & STREAM_DO1 && one_in(prng, 3));

	put_header(prng, message);
	put_question(prng, message, question);
	if (dnssec_ok || one_in(prng, 2))
		put_opt(prng, message, dnssec_ok, one_in(prng, 2) ? 0 : prng_below(prng, 4));
}

/* --- what is nearly known --------------------------------------------------------------------- */

/* The length byte of a label at random, as an offset. */
static size_t any_label(struct prng *prng, const struct stream_question *question)
{
	size_t at = 0;

	while (question->qname[at] && !one_in(prng, 3))
		at += question->qname[at] + 1u;
	return question->qname[at] ? at : 0;
}

static void label_remove(struct prng *prng, struct stream_question *question)
{
	size_t at = any_label(prng, question), label = question->qname[at] + 1u;

	if (label == 1)
		return;
	memmove(question->qname + at, question->qname + at + label,
		question->qname_len - at - label);
	question->qname_len = (uint8_t)(question->qname_len - label);
}

static void label_insert(struct prng *prng, struct stream_question *question)
{
	size_t at = any_label(prng, question), label = 2 + prng_below(prng, 12);

	if (question->qname_len + label > NAME_MAX)
		return;
	memmove(question->qname + at + label, question->qname + at, question->qname_len - at);
	question->qname[at] = (uint8_t)(label - 1);
	for (size_t i = 1; i < label; i++)
		question->qname[at + i] = (uint8_t)('a' + prng_below(prng, 26));
	question->qname_len = (uint8_t)(question->qname_len + label);
}

/* One byte of a label, by a value or by the bit that tells small letters from capitals. */
static void label_change(struct prng *prng, struct stream_question *question)
{
	size_t at = any_label(prng, question);
	uint8_t *byte = &question->qname[at + 1 + prng_below(prng, question->qname[at])];

	if (!question->qname[at])
		return;
	if (one_in(prng, 2))
		*byte ^= 0x20;
	else if (one_in(prng, 2))
		*byte = (uint8_t)prng_below(prng, 256);
	else
		*byte ^= (uint8_t)(1u << prng_below(prng, 8));
}

static struct stream_question near(struct prng *prng, const struct stream_question *known,
				   size_t count)
{
	struct stream_question question = known[prng_below(prng, (uint32_t)count)];

	question.variants = STREAM_DO0 | STREAM_DO1;
	switch (prng_below(prng, 6)) {
	case 0:
		label_remove(prng, &question);
		break;
	case 1:
		label_insert(prng, &question);
		break;
	case 2:
		question.qtype = (uint16_t)PICK(prng, 1, 2, 5, 6, 12, 15, 16, 28, 33, 43, 48, 65);
		break;
	case 3:
		question.qtype = known[prng_below(prng, (uint32_t)count)].qtype;
		break;
	default:
		label_change(prng, &question);
		break;
	}
	return question;
}

/* --- hostile ones ----------------------------------------------------------------------------- */

static void make_flags(struct prng *prng, struct stream_message *message)
{
	uint32_t flags = one_in(prng, 2) ? 0x0100 ^ 1u << prng_below(prng, 16)
					 : prng_below(prng, 65536);

	set16(message, 2, flags);
}

static void make_type(struct prng *prng, struct stream_message *message, size_t tail)
{
	uint32_t random = prng_below(prng, 65536);

	if (!one_in(prng, 3))
		set16(message, tail, one_in(prng, 2) ? prng_below(prng, 300) : random);
	if (one_in(prng, 2))
		set16(message, tail + 2, PICK(prng, 0, 2, 3, 4, 254, 255, 256, 257));
}

/* Records where a query has none: addresses, an OPT, something like TSIG. */
static void put_record(struct prng *prng, struct stream_message *message)
{
	static const char tsig[] = "\3key\0\0\xfa\0\xff\0\0\0\0\0\0";
	static const char address[] = "\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\1";

	switch (prng_below(prng, 4)) {
	case 0:
		put_opt(prng, message, one_in(prng, 2), prng_below(prng, 2));
		break;
	case 1:
		put(message, tsig, sizeof(tsig) - 1);
		break;
	default:
		put(message, address, sizeof(address) - 1);
		break;
	}
}

static void make_counts(struct prng *prng, struct stream_message *message,
			const struct stream_question *question)
{
	uint32_t records = prng_below(prng, 3);

	if (one_in(prng, 4))
		put_question(prng, message, question);
	while (records--)
		put_record(prng, message);
	for (size_t offset = 4; offset < HEADER; offset += 2)
		if (one_in(prng, 2))
			set16(message, offset,
			      one_in(prng, 8) ? prng_below(prng, 65536) : prng_below(prng, 4));
}

static void make_edns(struct prng *prng, struct stream_message *message)
{
	size_t opt = message->len;

	put_opt(prng, message, one_in(prng, 2), one_in(prng, 2) ? 0 : prng_below(prng, 12));
	switch (prng_below(prng, 8)) {
	case 0: /* extended rcode, version */
		set16(message, opt + 5, one_in(prng, 2) ? prng_below(prng, 65536) : 1);
		break;
	case 1:
		set16(message, opt + 9, prng_below(prng, 600));
		break;
	case 2:
		put_opt(prng, message, one_in(prng, 2), 0);
		set16(message, 10, 1 + prng_below(prng, 2));
		break;
	case 3: /* an owner that is not the root */
		message->bytes[opt] = (uint8_t)prng_below(prng, 256);
		break;
	case 4: /* an option whose length lies */
		if (message->len > opt + 15)
			set16(message, opt + 13, prng_below(prng, 600));
		break;
	case 5: /* the last option is cut short, and the OPT says so */
		message->len -= prng_below(prng, (uint32_t)(message->len - opt - 10));
		set16(message, opt + 9, (uint32_t)(message->len - opt - 11));
		break;
	case 6: /* a pointer to a root label */
		message->len = opt;
		put16(message, 0xc000 | prng_below(prng, (uint32_t)opt));
		put(message, "\0\x29\4\xd0\0\0\0\0\0\0", 10);
		set16(message, 10, 1);
		break;
	default: /* many small options */
		for (uint32_t i = prng_below(prng, 20); i; i--)
			put(message, "\0\x0c\0\0", 4);
		set16(message, opt + 9, (uint32_t)(message->len - opt - 11));
		break;
	}
}

/* A question whose name is none, from the message's start on. */
static void make_name(struct prng *prng, struct stream_message *message,
		      const struct stream_question *question)
{
	size_t name = HEADER, len = question->qname_len, labels;

	put_header(prng, message);
	switch (prng_below(prng, 7)) {
	case 0: /* a pointer, to itself, into the header, anywhere */
		put16(message, 0xc000 | prng_below(prng, 40));
		break;
	case 1: /* labels, then a pointer */
		put(message, question->qname, len - 1);
		put16(message, 0xc000 | prng_below(prng, 40));
		break;
	case 2: /* a length byte that lies */
		put(message, question->qname, len);
		message->bytes[name + any_label(prng, question)] = (uint8_t)prng_below(prng, 256);
		break;
	case 3: /* a zero where the label goes on; what follows may look like a type and a class */
		put8(message, 1 + prng_below(prng, 8));
		put(message, "w", one_in(prng, 2));
		put8(message, 0);
		break;
	case 4: /* as long as may be, and longer */
		for (labels = 1 + prng_below(prng, 5); labels; labels--) {
			uint32_t label = 50 + prng_below(prng, 14);

			put8(message, label);
			while (label--)
				put8(message, 'a' + prng_below(prng, 26));
		}
		put8(message, 0);
		break;
	case 5: /* no end */
		put(message, question->qname, prng_below(prng, (uint32_t)len));
		break;
	default: /* a known name with a zero in it */
		put(message, question->qname, len);
		message->bytes[name + prng_below(prng, (uint32_t)len)] = 0;
		break;
	}
	put16(message, question->qtype);
	put16(message, 1);
	if (one_in(prng, 3))
		put_opt(prng, message, one_in(prng, 2), 0);
}

static void make_cut(struct prng *prng, struct stream_message *message)
{
	if (one_in(prng, 2))
		put_random(prng, message, 1 + prng_below(prng, 20));
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
		*byte = one_in(prng, 2) ? 0 : 0xff;
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
	if (one_in(prng, 2))
		put_header(prng, message);
	put_random(prng, message, prng_below(prng, one_in(prng, 4) ? 600 : 60));
}

/* --- all of it -------------------------------------------------------------------------------- */

struct stream_question stream_question(const char *name, uint16_t qtype, uint8_t variants)
{
	struct stream_question question = {.qtype = qtype, .variants = variants};
	ldns_rdf *wire = ldns_dname_new_frm_str(name);

	if (!wire)
		abort();
	question.qname_len = (uint8_t)ldns_rdf_size(wire);
	memcpy(question.qname, ldns_rdf_data(wire), question.qname_len);
	ldns_rdf_deep_free(wire);
	return question;
}

const char *stream_kind_name(enum stream_kind kind)
{
	static const char *const names[] = {"plain", "near", "flags", "type",    "counts",
					    "edns",  "name", "cut",   "mutated", "random"};

	return names[kind];
}

void stream_make(struct prng *prng, enum stream_kind kind, const struct stream_question *known,
		 size_t count, struct stream_message *ret_message)
{
	const struct stream_question *question = &known[prng_below(prng, (uint32_t)count)];
	struct stream_question other = *question;

	ret_message->kind = kind;
	ret_message->question = question;
	if (kind == STREAM_NEAR)
		other = near(prng, known, count);
	put_plain(prng, ret_message, &other);
	switch (kind) {
	case STREAM_FLAGS:
		make_flags(prng, ret_message);
		break;
	case STREAM_TYPE:
		make_type(prng, ret_message, HEADER + question->qname_len);
		break;
	case STREAM_COUNTS:
		make_counts(prng, ret_message, question);
		break;
	case STREAM_EDNS:
		ret_message->len = HEADER + question->qname_len + 4u;
		make_edns(prng, ret_message);
		break;
	case STREAM_NAME:
		make_name(prng, ret_message, question);
		break;
	case STREAM_CUT:
		make_cut(prng, ret_message);
		break;
	case STREAM_MUTATED:
		for (uint32_t i = prng_below(prng, 4) + 1; i && ret_message->len > 1; i--)
			mutate_once(prng, ret_message);
		break;
	case STREAM_RANDOM:
		make_random(prng, ret_message);
		break;
	default:
		break;
	}
}

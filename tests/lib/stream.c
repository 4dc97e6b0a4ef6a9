/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries from random numbers: ordinary ones, and what is nearly known. */
#include "lib/stream.h"

#include <stdlib.h>

#include <ldns/ldns.h>

#include "lib/stream_hostile.h"
#include "lib/stream_parts.h"

static void put_plain(struct prng *prng, struct stream_message *message,
		      const struct stream_question *question)
{
	bool dnssec_ok = question->variants == STREAM_DO1 ||
			 (question->variants & STREAM_DO1 && stream_one_in(prng, 3));

	stream_put_header(prng, message);
	stream_put_question(prng, message, question);
	if (dnssec_ok || stream_one_in(prng, 2))
		stream_put_opt(prng, message, dnssec_ok,
			       stream_one_in(prng, 2) ? 0 : prng_below(prng, 4));
}

/* --- what is nearly known --------------------------------------------------------------------- */

static void label_remove(struct prng *prng, struct stream_question *question)
{
	size_t at = stream_any_label(prng, question), label = question->qname[at] + 1u;

	if (label == 1)
		return;
	memmove(question->qname + at, question->qname + at + label,
		question->qname_len - at - label);
	question->qname_len = (uint8_t)(question->qname_len - label);
}

static void label_insert(struct prng *prng, struct stream_question *question)
{
	size_t at = stream_any_label(prng, question), label = 2 + prng_below(prng, 12);

	if (question->qname_len + label > STREAM_NAME_MAX)
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
	size_t at = stream_any_label(prng, question);
	uint8_t *byte = &question->qname[at + 1 + prng_below(prng, question->qname[at])];

	if (!question->qname[at])
		return;
	if (stream_one_in(prng, 2))
		*byte ^= 0x20;
	else if (stream_one_in(prng, 2))
		*byte = (uint8_t)prng_below(prng, 256);
	else
		*byte ^= (uint8_t)(1u << prng_below(prng, 8));
}

static struct stream_question near(struct prng *prng, const struct stream_question *original,
				   const struct stream_question *known, size_t count)
{
	struct stream_question question = *original;

	question.variants = STREAM_DO0 | STREAM_DO1;
	switch (prng_below(prng, 6)) {
	case 0:
		label_remove(prng, &question);
		break;
	case 1:
		label_insert(prng, &question);
		break;
	case 2:
		question.qtype =
			(uint16_t)STREAM_PICK(prng, 1, 2, 5, 6, 12, 15, 16, 28, 33, 43, 48, 65);
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
	ret_message->asks_nsid = false;
	ret_message->question = question;
	if (kind == STREAM_NEAR)
		other = near(prng, question, known, count);
	put_plain(prng, ret_message, &other);
	stream_make_hostile(prng, question, ret_message);
}

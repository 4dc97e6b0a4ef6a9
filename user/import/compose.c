/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages written record by record, and read as a resolver's. */
#include "import/compose.h"

#include <errno.h>
#include <string.h>

#include "dns/bytes.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define RR_FIXED_BYTES 10 /* type, class, TTL, length */
#define POINTER_BYTES  2

static const uint8_t question_pointer[POINTER_BYTES] = {0xc0, sizeof(struct rb_dns_header)};

struct rb_signature_rules rb_import_signature_rules(uint64_t now_ns)
{
	return (struct rb_signature_rules){
		.wall_ns = rb_clock_wall_ns() + now_ns - rb_clock_ns(),
		.skew_min_s = 3600,
		.skew_max_s = 86400,
	};
}

void rb_import_message_begin(struct rb_import_message *message, const uint8_t *qname,
			     uint16_t qname_len, uint16_t qtype, uint16_t flags)
{
	uint8_t *at = message->bytes;

	memset(at, 0, sizeof(struct rb_dns_header));
	rb_bytes_put16(at + 2, flags);
	rb_bytes_put16(at + 4, 1);
	at += sizeof(struct rb_dns_header);
	memcpy(at, qname, qname_len);
	rb_bytes_put16(at + qname_len, qtype);
	rb_bytes_put16(at + qname_len + 2, RB_CLASS_IN);
	message->len = sizeof(struct rb_dns_header) + qname_len + RB_QUESTION_TAIL;
	memset(message->counts, 0, sizeof(message->counts));
	message->qname = qname;
	message->qname_len = qname_len;
	message->qtype = qtype;
}

int rb_import_message_add(struct rb_import_message *message, enum rb_import_section section,
			  const struct rb_import_record *record)
{
	bool is_qname = record->owner_len == message->qname_len &&
			!memcmp(record->owner, message->qname, record->owner_len);
	const uint8_t *owner = is_qname ? question_pointer : record->owner;
	size_t owner_len = is_qname ? POINTER_BYTES : record->owner_len;
	uint8_t *at = message->bytes + message->len;

	if (message->len + owner_len + RR_FIXED_BYTES + record->rdata_len > RB_MESSAGE_MAX)
		return -EMSGSIZE;
	memcpy(at, owner, owner_len);
	at += owner_len;
	rb_bytes_put16(at, record->type);
	rb_bytes_put16(at + 2, RB_CLASS_IN);
	rb_bytes_put32(at + 4, record->ttl_s);
	rb_bytes_put16(at + 8, record->rdata_len);
	memcpy(at + RR_FIXED_BYTES, record->rdata, record->rdata_len);
	message->len += owner_len + RR_FIXED_BYTES + record->rdata_len;
	message->counts[section]++;
	return 0;
}

static int list_add(struct rb_import_message *message, enum rb_import_section section,
		    const struct rb_import_sets *sets, const struct rb_import_set *set,
		    uint16_t type, const struct rb_import_list *list)
{
	struct rb_import_record record = {
		.owner = sets->bytes + set->owner,
		.owner_len = set->owner_len,
		.type = type,
	};
	uint32_t at;
	int err = 0;

	for (at = list->first; at != RB_IMPORT_NONE && !err; at = sets->rrs[at].next) {
		const struct rb_import_rr *rr = &sets->rrs[at];

		record.ttl_s = rr->ttl_s;
		record.rdata = sets->bytes + rr->rdata;
		record.rdata_len = rr->rdata_len;
		err = rb_import_message_add(message, section, &record);
	}
	return err;
}

int rb_import_message_add_set(struct rb_import_message *message, enum rb_import_section section,
			      const struct rb_import_sets *sets, const struct rb_import_set *set)
{
	int err = list_add(message, section, sets, set, set->type, &set->rrs);

	return err ? err : list_add(message, section, sets, set, RB_TYPE_RRSIG, &set->signatures);
}

void rb_import_message_finish(struct rb_import_message *message)
{
	int i;

	for (i = 0; i < RB_IMPORT_SECTIONS; i++)
		rb_bytes_put16(message->bytes + 6 + 2 * i, message->counts[i]);
}

int rb_import_answer_put(const struct rb_import_message *message, const struct rb_answer *answer,
			 const struct rb_import_sink *sink)
{
	struct rb_store_record record = {
		.qname = message->qname,
		.qname_len = message->qname_len,
		.qtype = message->qtype,
		.answer = answer,
	};

	return answer->ttl_s ? sink->put(&record, sink->context) : -ESTALE;
}

static int variant_put(const struct rb_import_message *message, const struct rb_answer_opts *opts,
		       const struct rb_import_sink *sink, uint8_t *ret_traits)
{
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	int err = rb_answer_from_message(message->bytes, message->len, opts, &answer);

	if (err)
		return err;
	*ret_traits = answer->traits;
	return rb_import_answer_put(message, answer, sink);
}

static int variants_put(struct rb_import_message *message, const struct rb_import_meaning *meaning,
			const struct rb_import_sink *sink)
{
	struct rb_answer_opts opts = {
		.qname = message->qname,
		.qname_len = message->qname_len,
		.qtype = message->qtype,
		.dnssec_ok = true,
		.secure = meaning->secure,
		.roundrobin = true,
		.max_ttl_s = meaning->ttl_max_s,
		.max_negative_ttl_s = meaning->ttl_max_s,
		.signatures = rb_import_signature_rules(meaning->now_ns),
		.now_ns = meaning->now_ns,
	};
	uint8_t traits;
	int err;

	rb_import_message_finish(message);
	err = variant_put(message, &opts, sink, &traits);
	if (err || traits & RB_SERVES_DO0)
		return err;
	opts.dnssec_ok = false;
	return variant_put(message, &opts, sink, &traits);
}

int rb_import_message_put(struct rb_import_message *message,
			  const struct rb_import_meaning *meaning,
			  const struct rb_import_sink *sink, unsigned long line,
			  struct rb_import_problems *problems)
{
	int err = variants_put(message, meaning, sink);

	if (err == -EBADMSG || err == -EINVAL)
		rb_import_problem(problems, line, RB_IMPORT_SYNTAX, "data that are malformed");
	else if (err == -EMSGSIZE)
		rb_import_problem(problems, line, RB_IMPORT_TOO_LARGE, NULL);
	else if (err == -ESTALE)
		rb_import_problem(problems, line, RB_IMPORT_ZERO_TTL, NULL);
	else
		return err;
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Between a record of the table and DNS presentation form. */
#include "present.h"

#include <errno.h>
#include <string.h>

#include "../kern/wire.h"
#include "dns/answer.h"
#include "util/cleanup.h"

/* What rb_reply_build() takes for the query: the question in wire form. */
static void question_write(const struct rb_record *record, uint8_t *out)
{
	static const uint8_t class_in[] = {0, RB_CLASS_IN};
	__be16 qtype = record->qtype;

	memcpy(out, rb_table_record_qname(record), record->qname_len);
	memcpy(out + record->qname_len, &qtype, sizeof(qtype));
	memcpy(out + record->qname_len + sizeof(qtype), class_in, sizeof(class_in));
}

int present_reply(const struct rb_record *record, uint64_t now_ns, ldns_pkt **ret_reply)
{
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	uint8_t question[RB_NAME_MAX + RB_QUESTION_TAIL];
	uint8_t message[RB_MESSAGE_MAX];
	struct rb_query query = {
		.qname = question,
		.qname_len = record->qname_len,
		.question_len = (uint16_t)(record->qname_len + RB_QUESTION_TAIL),
		.flags = RB_FLAG_RD,
		.qtype = RB_HTONS(record->qtype),
		.qclass = RB_CLASS_IN,
	};
	ldns_pkt *reply;
	size_t len;
	int err;

	err = rb_table_record_to_answer(record, &answer);
	if (err)
		return err;
	question_write(record, question);
	len = rb_reply_build(&query, answer, now_ns, 0, RB_MESSAGE_MAX, message);
	if (!len || ldns_wire2pkt(&reply, message, len) != LDNS_STATUS_OK)
		return -EBADMSG;
	*ret_reply = reply;
	return 0;
}

int present_type_from_text(const char *text, uint16_t *ret_type)
{
	ldns_rr_type type = ldns_get_rr_type_by_name(text);

	if (!type)
		return -EINVAL;
	*ret_type = (uint16_t)type;
	return 0;
}

char *present_type(uint16_t type)
{
	return ldns_rr_type2str((ldns_rr_type)type);
}

char *present_rcode(unsigned int rcode)
{
	return ldns_pkt_rcode2str((ldns_pkt_rcode)rcode);
}

char *present_rr(const ldns_rr *rr)
{
	char *text = ldns_rr2str(rr);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

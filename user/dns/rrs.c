/* SPDX-License-Identifier: BSD-2-Clause */
/* The walk over a message's records. */
#include "dns/rrs.h"

#include <errno.h>
#include <string.h>

#include "../kern/wire.h"
#include "dns/bytes.h"

#define RR_FIXED_BYTES 10 /* type, class, TTL, length of data */

int rb_rrs_begin(struct rb_rrs *rrs, const uint8_t *message, size_t len)
{
	rrs->message = message;
	rrs->len = len;
	rrs->at = sizeof(struct rb_dns_header);
	if (len < rrs->at || rb_bytes_get16(message + 4) != 1 ||
	    rb_expand_name(message, len, &rrs->at, &rrs->qname) || rrs->at + RB_QUESTION_TAIL > len)
		return -EBADMSG;
	rrs->qtype = rb_bytes_get16(message + rrs->at);
	rrs->at += RB_QUESTION_TAIL;
	rrs->left = (unsigned int)rb_bytes_get16(message + 6) + rb_bytes_get16(message + 8) +
		    rb_bytes_get16(message + 10);
	return 0;
}

int rb_rrs_next(struct rb_rrs *rrs, struct rb_rr *ret_rr)
{
	const uint8_t *fixed;

	if (!rrs->left)
		return 0;
	if (rb_expand_name(rrs->message, rrs->len, &rrs->at, &ret_rr->owner) ||
	    rrs->at + RR_FIXED_BYTES > rrs->len)
		return -EBADMSG;
	fixed = rrs->message + rrs->at;
	ret_rr->type = rb_bytes_get16(fixed);
	ret_rr->rdata = rrs->at + RR_FIXED_BYTES;
	ret_rr->rdata_end = ret_rr->rdata + rb_bytes_get16(fixed + 8);
	if (ret_rr->rdata_end > rrs->len)
		return -EBADMSG;
	rrs->at = ret_rr->rdata_end;
	rrs->left--;
	return 1;
}

bool rb_rr_address(const uint8_t *message, const struct rb_rr *rr, uint8_t addr[16])
{
	const uint8_t *rdata = message + rr->rdata;
	size_t len = rr->rdata_end - rr->rdata;

	memset(addr, 0, 10);
	memset(addr + 10, 0xff, 2);
	if (rr->type == RB_TYPE_A && len == 4)
		memcpy(addr + 12, rdata, 4);
	else if (rr->type == RB_TYPE_AAAA && len == 16)
		memcpy(addr, rdata, 16);
	else
		return false;
	return true;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Which responses depend on what is flushed. */
#include "dns/flush.h"

#include "../kern/wire.h"
#include "dns/name.h"
#include "dns/rrs.h"

static bool covers_name(const struct rb_flush *flush, const uint8_t *name, size_t len)
{
	return flush->reach == RB_FLUSH_ZONE
		       ? rb_name_is_under(name, len, flush->name, flush->name_len)
		       : rb_name_equal(name, len, flush->name, flush->name_len);
}

static bool covers_type(const struct rb_flush *flush, uint16_t type)
{
	return flush->reach != RB_FLUSH_TYPE || type == flush->type || type == RB_TYPE_ANY;
}

bool rb_flush_asks(const struct rb_flush *flush, const uint8_t *qname, size_t qname_len,
		   uint16_t qtype)
{
	return covers_type(flush, qtype) && covers_name(flush, qname, qname_len);
}

static bool any_asks(const struct rb_flush *flushes, size_t count, const struct rb_expanded *name,
		     uint16_t type)
{
	for (size_t i = 0; i < count; i++)
		if (rb_flush_asks(&flushes[i], name->name, name->len, type))
			return true;
	return false;
}

/*
 * The target of a CNAME is asked for the same type. Where it has none, or does not exist, the alias
 * is all that the message says of it.
 */
static bool leads_there(const struct rb_flush *flushes, size_t count, const struct rb_rrs *rrs,
			const struct rb_rr *rr)
{
	struct rb_expanded target;
	size_t at = rr->rdata;

	return rr->type == RB_TYPE_CNAME &&
	       !rb_expand_name(rrs->message, rr->rdata_end, &at, &target) &&
	       any_asks(flushes, count, &target, rrs->qtype);
}

bool rb_flush_concerns(const struct rb_flush *flushes, size_t count, const uint8_t *message,
		       size_t len)
{
	struct rb_rrs rrs;
	struct rb_rr rr;

	if (!count || rb_rrs_begin(&rrs, message, len))
		return false;
	if (any_asks(flushes, count, &rrs.qname, rrs.qtype))
		return true;
	while (rb_rrs_next(&rrs, &rr) > 0)
		if (any_asks(flushes, count, &rr.owner, rr.type) ||
		    leads_there(flushes, count, &rrs, &rr))
			return true;
	return false;
}

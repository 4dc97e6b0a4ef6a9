/* SPDX-License-Identifier: BSD-2-Clause */
/* Root key sentinel. */
#include "policy/sentinel.h"

#include <string.h>

#include "../kern/wire.h"

#define IS_TA      "root-key-sentinel-is-ta-"
#define NOT_TA     "root-key-sentinel-not-ta-"
#define TAG_DIGITS 5

/* The key tag that the first label of a name names behind these words; -1: it does not. */
static int tag_of(const uint8_t *qname, const char *words)
{
	size_t len = strlen(words);
	int tag = 0;

	if (qname[0] != len + TAG_DIGITS || memcmp(qname + 1, words, len) != 0)
		return -1;
	for (size_t i = 1 + len; i <= qname[0]; i++) {
		if (qname[i] < '0' || qname[i] > '9')
			return -1;
		tag = tag * 10 + qname[i] - '0';
	}
	return tag;
}

static bool is_trusted(const struct rb_anchors *anchors, int tag)
{
	for (size_t i = 0; i < anchors->count; i++) {
		const struct rb_anchor *anchor = &anchors->list[i];

		if (anchor->owner_len == 1 && anchor->rr_class == RB_CLASS_IN && anchor->tag == tag)
			return true;
	}
	return false;
}

bool rb_sentinel_fails(const uint8_t *qname, uint16_t qtype, const struct rb_anchors *anchors)
{
	int is_ta, not_ta;

	if (qtype != RB_TYPE_A && qtype != RB_TYPE_AAAA)
		return false;
	is_ta = tag_of(qname, IS_TA);
	not_ta = tag_of(qname, NOT_TA);
	return (is_ta >= 0 && !is_trusted(anchors, is_ta)) ||
	       (not_ta >= 0 && is_trusted(anchors, not_ta));
}

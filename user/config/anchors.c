/* SPDX-License-Identifier: BSD-2-Clause */
/* The set of trust anchors. */
#include "config/anchors.h"

#include <ctype.h>
#include <errno.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "config/reader.h"
#include "util/cleanup.h"
#include "util/fnv.h"

#define ROOT_KEY_2017 20326
#define ROOT_KEY_2024 38696

static void rr_freep(ldns_rr **rr)
{
	ldns_rr_free(*rr);
}

/* Length bytes are at most 63, so that none of them passes for a capital letter. */
static void owner_set(struct rb_anchor *anchor, const ldns_rdf *owner)
{
	anchor->owner_len = (uint8_t)ldns_rdf_size(owner);
	for (size_t i = 0; i < anchor->owner_len; i++)
		anchor->owner[i] = (uint8_t)tolower(ldns_rdf_data(owner)[i]);
}

/* From a DS. */
static int digest_set(struct rb_anchor *anchor, const ldns_rr *ds)
{
	const ldns_rdf *digest = ldns_rr_rdf(ds, 3);

	if (ldns_rr_rd_count(ds) != 4 || !digest || ldns_rdf_size(digest) > sizeof(anchor->digest))
		return -EINVAL;
	anchor->tag = ldns_rdf2native_int16(ldns_rr_rdf(ds, 0));
	anchor->algorithm = ldns_rdf2native_int8(ldns_rr_rdf(ds, 1));
	anchor->digest_type = ldns_rdf2native_int8(ldns_rr_rdf(ds, 2));
	anchor->digest_len = (uint8_t)ldns_rdf_size(digest);
	memcpy(anchor->digest, ldns_rdf_data(digest), anchor->digest_len);
	return 0;
}

static bool is_same(const struct rb_anchor *a, const struct rb_anchor *b)
{
	return a->rr_class == b->rr_class && a->tag == b->tag && a->algorithm == b->algorithm &&
	       a->digest_type == b->digest_type && a->digest_len == b->digest_len &&
	       a->owner_len == b->owner_len && !memcmp(a->owner, b->owner, a->owner_len) &&
	       !memcmp(a->digest, b->digest, a->digest_len);
}

static bool is_known(const struct rb_anchors *anchors, const struct rb_anchor *anchor)
{
	for (size_t i = 0; i < anchors->count; i++)
		if (is_same(&anchors->list[i], anchor))
			return true;
	return false;
}

int rb_anchors_add(struct rb_anchors *anchors, const ldns_rr *rr)
{
	_cleanup_(rr_freep) ldns_rr *made = NULL;
	struct rb_anchor anchor;
	int err;

	memset(&anchor, 0, sizeof(anchor)); /* whole: unused bytes are hashed, too */
	switch (ldns_rr_get_type(rr)) {
	case LDNS_RR_TYPE_DS:
		break;
	case LDNS_RR_TYPE_DNSKEY:
		made = ldns_key_rr2ds(rr, LDNS_SHA256);
		if (!made)
			return -ENOMEM;
		break;
	default:
		return -EINVAL;
	}
	owner_set(&anchor, ldns_rr_owner(rr));
	anchor.rr_class = (uint16_t)ldns_rr_get_class(rr);
	err = digest_set(&anchor, made ? made : rr);
	if (err || is_known(anchors, &anchor))
		return err;
	return rb_array_append(&anchors->list, &anchors->count, sizeof(anchor), &anchor);
}

int rb_anchors_copy(const struct rb_anchors *anchors, struct rb_anchors *ret_copy)
{
	struct rb_anchor *list = NULL;

	if (anchors->count) {
		list = reallocarray(NULL, anchors->count, sizeof(*list));
		if (!list)
			return -ENOMEM;
		memcpy(list, anchors->list, anchors->count * sizeof(*list));
	}
	*ret_copy = *anchors;
	ret_copy->list = list;
	return 0;
}

void rb_anchors_free(struct rb_anchors *anchors)
{
	free(anchors->list);
	*anchors = (struct rb_anchors){0};
}

uint32_t rb_anchors_hash(const struct rb_anchors *anchors)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < anchors->count; i++)
		sum += rb_fnv(RB_FNV_START, &anchors->list[i], sizeof(anchors->list[i]));
	return sum;
}

bool rb_anchors_lack_root_key(const struct rb_anchors *anchors)
{
	bool has_2017 = false, has_2024 = false;

	for (size_t i = 0; i < anchors->count; i++) {
		const struct rb_anchor *anchor = &anchors->list[i];

		if (anchor->owner_len != 1 || anchor->rr_class != LDNS_RR_CLASS_IN)
			continue;
		has_2017 |= anchor->tag == ROOT_KEY_2017;
		has_2024 |= anchor->tag == ROOT_KEY_2024;
	}
	return has_2017 && !has_2024;
}

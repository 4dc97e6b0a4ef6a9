/* SPDX-License-Identifier: BSD-2-Clause */
/* The set of trust anchors. */
#include "config/anchors.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "config/reader.h"
#include "config/record.h"
#include "dns/bytes.h"
#include "util/cleanup.h"
#include "util/fnv.h"

#define ROOT_KEY_2017 20326
#define ROOT_KEY_2024 38696

#define ALGORITHM_RSAMD5 1
#define DIGEST_SHA256    2
#define DIGEST_AT        4 /* in the data of a DS */

/* Length bytes are at most 63, so that none of them passes for a capital letter. */
static void owner_set(struct rb_anchor *anchor, const struct rb_text_record *record)
{
	anchor->owner_len = record->owner_len;
	for (size_t i = 0; i < anchor->owner_len; i++)
		anchor->owner[i] = (uint8_t)tolower(record->owner[i]);
}

/* From a DS: key tag, algorithm, type of the digest, digest. */
static int digest_set(struct rb_anchor *anchor, const struct rb_text_record *ds)
{
	size_t len = ds->rdata_len;

	if (len <= DIGEST_AT || len - DIGEST_AT > sizeof(anchor->digest))
		return -EINVAL;
	anchor->tag = rb_bytes_get16(ds->rdata);
	anchor->algorithm = ds->rdata[2];
	anchor->digest_type = ds->rdata[3];
	anchor->digest_len = (uint8_t)(len - DIGEST_AT);
	memcpy(anchor->digest, ds->rdata + DIGEST_AT, anchor->digest_len);
	return 0;
}

/* RFC 4034 appendix B; of RSA/MD5 two bytes of the modulus. */
static uint16_t tag_of(const uint8_t *rdata, size_t len)
{
	uint32_t sum = 0;

	if (rdata[3] == ALGORITHM_RSAMD5)
		return rb_bytes_get16(rdata + len - 3);
	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? rdata[i] : (uint32_t)rdata[i] << 8;
	return (uint16_t)(sum + (sum >> 16));
}

/* From a DNSKEY: flags, protocol, algorithm, key. The digest is RFC 4509's. */
static int key_set(struct rb_anchor *anchor, const uint8_t *rdata, size_t rdata_len)
{
	_cleanup_free_ uint8_t *digested = NULL;
	unsigned int len = 0;

	if (rdata_len <= 4)
		return -EINVAL;
	digested = malloc((size_t)anchor->owner_len + rdata_len);
	if (!digested)
		return -ENOMEM;
	memcpy(digested, anchor->owner, anchor->owner_len);
	memcpy(digested + anchor->owner_len, rdata, rdata_len);
	if (!EVP_Digest(digested, (size_t)anchor->owner_len + rdata_len, anchor->digest, &len,
			EVP_sha256(), NULL))
		return -ENOMEM;
	anchor->tag = tag_of(rdata, rdata_len);
	anchor->algorithm = rdata[3];
	anchor->digest_type = DIGEST_SHA256;
	anchor->digest_len = (uint8_t)len;
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

int rb_anchors_add(struct rb_anchors *anchors, const struct rb_text_record *record)
{
	struct rb_anchor anchor;
	int err = -EINVAL;

	memset(&anchor, 0, sizeof(anchor)); /* whole: unused bytes are hashed, too */
	owner_set(&anchor, record);
	anchor.rr_class = record->rr_class;
	if (record->type == RB_TYPE_DS)
		err = digest_set(&anchor, record);
	else if (record->type == RB_TYPE_DNSKEY)
		err = key_set(&anchor, record->rdata, record->rdata_len);
	if (err || is_known(anchors, &anchor))
		return err;
	return rb_array_append(&anchors->list, &anchors->count, sizeof(anchor), &anchor);
}

int rb_anchor_of_key(const struct rb_anchor *owner, const uint8_t *rdata, size_t len,
		     struct rb_anchor *ret_anchor)
{
	struct rb_anchor anchor;
	int err;

	memset(&anchor, 0, sizeof(anchor));
	memcpy(anchor.owner, owner->owner, owner->owner_len);
	anchor.owner_len = owner->owner_len;
	anchor.rr_class = owner->rr_class;
	err = key_set(&anchor, rdata, len);
	if (!err)
		*ret_anchor = anchor;
	return err;
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

		if (anchor->owner_len != 1 || anchor->rr_class != RB_CLASS_IN)
			continue;
		has_2017 |= anchor->tag == ROOT_KEY_2017;
		has_2024 |= anchor->tag == ROOT_KEY_2024;
	}
	return has_2017 && !has_2024;
}

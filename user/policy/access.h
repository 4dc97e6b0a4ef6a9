/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read a policy image, whatever is in it: see image.h. For the code that decides.
 *
 * Thread:   one thread opens an image, then any thread reads it.
 * Lifetime: what is returned lives as long as the image.
 * Errors:   0 or -errno; NULL, 0 or false: not found.
 */
#ifndef RB_POLICY_ACCESS_H
#define RB_POLICY_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/images.h"
#include "dns/name.h"
#include "policy/image.h"

#define RB_POLICY_LABELS_MAX 128 /* of a name, including the root's */

struct rb_policy {
	const uint8_t *image;
	const struct rb_policy_header *header;
	/* See struct rb_policy_images. NULL: the same image has it all. */
	const uint8_t *feeds;
	const struct rb_policy_header *feeds_header;
	uint64_t rpzs_off[RB_RPZS_MAX / 64];
};

/* image: aligned to 8 bytes; must outlive *ret_policy. -EBADMSG: not a policy image. */
int rb_policy_open(const void *image, size_t bytes, struct rb_policy *ret_policy);

/* The same for images, of which the one with zones is required. */
int rb_policy_open_images(const struct rb_policy_images *images, struct rb_policy *ret_policy);

/* The image with response policy, response-ip and blocklists. */
static inline struct rb_policy rb_policy_feeds(const struct rb_policy *policy)
{
	struct rb_policy feeds = *policy;

	if (policy->feeds) {
		feeds.image = policy->feeds;
		feeds.header = policy->feeds_header;
		feeds.feeds = NULL;
	}
	return feeds;
}

/* A member of an array. */
const void *rb_policy_member(const struct rb_policy *policy, struct rb_policy_span span,
			     size_t index, size_t member_bytes);
const uint8_t *rb_policy_bytes(const struct rb_policy *policy, size_t offset, size_t len);
/* A label with its length byte. */
const uint8_t *rb_policy_label(const struct rb_policy *policy, size_t offset);
const struct rb_policy_zone *rb_policy_zone_at(const struct rb_policy *policy, size_t index);
const struct rb_policy_detail *rb_policy_detail_of(const struct rb_policy *policy,
						   const struct rb_policy_zone *zone);
const struct rb_policy_rrset *rb_policy_rrset_at(const struct rb_policy *policy, size_t index);

/* A name by its labels, from the root down: number 0 is the root. */
struct rb_policy_labels {
	const uint8_t *name;
	uint16_t len;
	unsigned int count;
	uint8_t at[RB_POLICY_LABELS_MAX];    /* where the name begins that ends with this label's
						number */
	uint64_t hash[RB_POLICY_LABELS_MAX]; /* of that name */
};

/* name: well-formed, in lower case; must outlive *labels. seed: of the image. */
void rb_policy_labels_hash(uint64_t seed, const uint8_t *name, size_t len,
			   struct rb_policy_labels *labels);

static inline void rb_policy_labels_init(const struct rb_policy *policy, const uint8_t *name,
					 size_t len, struct rb_policy_labels *labels)
{
	rb_policy_labels_hash(policy->header->seed, name, len, labels);
}

/* Find the zone whose name has depth labels: its index + 1. */
uint32_t rb_policy_find_zone(const struct rb_policy *policy, uint32_t scope,
			     const struct rb_policy_labels *labels, unsigned int depth);

/* Find the name in a scope (of a zone by its index); and "*" under that name. */
const struct rb_policy_node *rb_policy_node_find(const struct rb_policy *policy, uint32_t scope,
						 const struct rb_policy_labels *labels,
						 unsigned int depth);
const struct rb_policy_node *rb_policy_wildcard_find(const struct rb_policy *policy, uint32_t scope,
						     const struct rb_policy_labels *labels,
						     unsigned int depth);

/* The netblock of a set with this length and the address in it. */
const struct rb_policy_net *rb_policy_net_get(const struct rb_policy *policy, uint16_t set,
					      const uint8_t addr[16], unsigned int prefix);

/* The longest netblock of a set that contains the address; whether the set has any. */
const struct rb_policy_net *rb_policy_net_find(const struct rb_policy *policy, uint32_t set,
					       const uint8_t addr[16]);
bool rb_policy_net_any(const struct rb_policy *policy, uint32_t set);

/* Among the RRsets from first (+ 1) on, find the first one of a type or a CNAME. */
const struct rb_policy_rrset *rb_policy_set_find(const struct rb_policy *policy, uint32_t first,
						 uint16_t type);

/* A set of records in an image. */
struct rb_policy_records {
	const uint8_t *records; /* see struct rb_policy_rrset */
	uint32_t records_len;
	uint16_t type;
	uint16_t count;
};

/* *ret_records is unchanged if the set is damaged. */
void rb_policy_take(const struct rb_policy *policy, const struct rb_policy_rrset *set,
		    struct rb_policy_records *ret_records);

struct rb_policy_record {
	const uint8_t *rdata;
	uint32_t ttl_s;
	uint32_t line;
	uint16_t file;
	uint16_t rdata_len;
};

/* The next record of a set; *at starts at 0. */
bool rb_policy_next(const struct rb_policy_records *records, size_t *at,
		    struct rb_policy_record *ret_record);

#endif

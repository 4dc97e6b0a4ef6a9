/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A policy image while it grows: arrays and their hash tables, and the last step that lays them out
 * in one block.
 *
 * Thread: one. Lifetime: rb_build_free(). Errors: 0 or -errno (-ENOMEM, -E2BIG).
 */
#ifndef RB_POLICY_BUILD_H
#define RB_POLICY_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/local.h"
#include "policy/compile.h"
#include "policy/image.h"

#define RB_BUILD_NONE UINT32_MAX

/* A growing array; member_bytes is the same at every use. */
struct rb_build_slots {
	struct rb_policy_slot *slots;
	uint32_t room;
	uint32_t used;
};

/* A set of records while they come in. */
struct rb_build_rrset {
	uint32_t next;  /* of the node, + 1 */
	uint32_t first; /* of records, + 1 */
	uint16_t type;
	uint16_t count;
};

struct rb_build_record {
	uint32_t next; /* of the set, + 1 */
	uint32_t rdata;
	uint32_t ttl_s;
	uint32_t line;
	uint16_t file;
	uint16_t rdata_len;
};

/* A part of the names in blocklists, by their hash. */
struct rb_build_part {
	uint8_t *bytes;
	size_t len, room;
	uint32_t count;
};

#define RB_BUILD_PARTS 64

/* The names in blocklists: as they come in, then, part by part, in buckets. */
struct rb_build_listed {
	struct rb_build_part parts[RB_BUILD_PARTS];
	struct rb_policy_tail *tails;
	size_t tail_count;
	struct rb_build_slots tail_slots;
	uint32_t *sightings;              /* of names under which others are listed */
	struct rb_policy_bucket *buckets; /* once they are in buckets; with the end */
	uint32_t bucket_count;
};

struct rb_build {
	uint64_t seed;
	struct rb_policy_fault fault;
	struct rb_policy_zone *zones;
	struct rb_policy_node *nodes;
	struct rb_policy_detail *details;
	struct rb_policy_override *overrides;
	uint32_t *override_zones; /* of each override */
	struct rb_build_rrset *rrsets;
	struct rb_build_record *records;
	struct rb_policy_tag_data *tag_data;
	struct rb_policy_class *classes;
	struct rb_policy_view *views;
	struct rb_policy_rpz *rpzs;
	struct rb_policy_net *nets;
	struct rb_policy_net_set *net_sets;
	struct rb_policy_list *lists;
	uint8_t *bytes;
	size_t zone_count, node_count, detail_count, override_count, override_zone_count;
	size_t rrset_count, record_count, tag_count, class_count, view_count;
	size_t rpz_count, net_count, net_set_count, list_count;
	size_t bytes_len, bytes_room;
	struct rb_build_slots zone_slots, node_slots, net_slots;
	struct rb_build_listed listed;
	uint32_t numbering;
	uint32_t listed_at; /* see struct rb_policy_header */
	uint32_t contents;  /* of the files that were read: a hash, for the fingerprint */
};

void rb_build_free(struct rb_build *build);

/* name: zone->name_len bytes, lower case. -EEXIST: there is one; *ret_index says which. */
int rb_build_zone(struct rb_build *build, const struct rb_local_zone *zone, const uint8_t *name,
		  uint32_t *ret_index);

/* RB_BUILD_NONE: there is none of exactly this name; none at or above the name. */
uint32_t rb_build_find_zone(const struct rb_build *build, uint8_t view, uint16_t qclass,
			    const uint8_t *name, size_t len);
uint32_t rb_build_zone_above(const struct rb_build *build, uint8_t view, uint16_t qclass,
			     const uint8_t *name, size_t len);

int rb_build_override(struct rb_build *build, uint32_t zone,
		      const struct rb_local_override *override);

/*
 * Add a record to a zone, in front of those of its name and type, with the empty non-terminals
 * above it. A duplicate is not added.
 */
int rb_build_rr(struct rb_build *build, uint32_t zone, const struct rb_local_rr *rr,
		const uint8_t *owner, const uint8_t *rdata);

/* The type of the first RRset at a name; 0: there is none. */
uint16_t rb_build_first_type(const struct rb_build *build, uint32_t zone, const uint8_t *name,
			     size_t len);

int rb_build_view(struct rb_build *build, bool first, bool has_zones);
int rb_build_class(struct rb_build *build, const struct rb_local_class *one);
int rb_build_tag_rr(struct rb_build *build, const struct rb_local_tag_rr *one,
		    const uint8_t *rdata);

/* Into the set of its type of those at *first (+ 1; 0: there are none yet), in front. */
int rb_build_record(struct rb_build *build, uint32_t *first, const struct rb_local_rr *rr,
		    const uint8_t *rdata);

/* Append a name or a text. */
int rb_build_bytes(struct rb_build *build, const void *bytes, size_t len, uint32_t *ret_offset);

/* Make a member for each possible set. */
int rb_build_net_sets(struct rb_build *build, size_t count);

/* Find or add a netblock in its set; a new one has no action. *ret_net: until the next one. */
int rb_build_net(struct rb_build *build, uint16_t set, const uint8_t addr[16], uint8_t prefix,
		 struct rb_policy_net **ret_net);

int rb_build_rpz(struct rb_build *build, const struct rb_policy_rpz *rpz);

/*
 * A trigger's name in the scope of its RPZ, with those above it; a new one has no action.
 * *ret_node: until the next one is added.
 */
int rb_build_trigger(struct rb_build *build, uint32_t scope, const uint8_t *name, size_t len,
		     struct rb_policy_node **ret_node);

int rb_build_list(struct rb_build *build, const struct rb_policy_list *list);

/* Where a listed name stands, and as what. */
struct rb_build_place {
	uint32_t list, line;
	bool lets_pass; /* the list blocks neither the name nor what is below it */
};

/* name: len bytes, lower case, not the root. */
int rb_build_listed(struct rb_build *build, const struct rb_build_place *place, const uint8_t *name,
		    size_t len);

/*
 * After the last name: put all into buckets, and count those of each list; of duplicates in a list
 * the first stays. No names can be added afterwards.
 */
int rb_build_listed_settle(struct rb_build *build);

/*
 * Lay out the image, which the caller has to free(). The names in blocklists are moved out of the
 * build on the way, so that they do not take memory twice.
 */
int rb_build_image(struct rb_build *build, void **ret_image, size_t *ret_bytes);

#endif

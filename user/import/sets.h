/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Resource records by owner and type: the sets of which answers are made, with their signatures.
 *
 * Thread: one. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_IMPORT_SETS_H
#define RB_IMPORT_SETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../kern/hash.h"

#define RB_IMPORT_NONE UINT32_MAX /* an index that is none */

/* A record. */
struct rb_import_rr {
	uint32_t next;  /* of the set, in the order of the input */
	uint32_t rdata; /* offset in bytes */
	uint32_t ttl_s;
	uint16_t rdata_len;
};

/* In the order of the input. */
struct rb_import_list {
	uint32_t first, last; /* RB_IMPORT_NONE: empty */
	uint32_t count;
};

struct rb_import_set {
	uint32_t owner; /* offset in bytes: wire form, lower case */
	uint8_t owner_len;
	uint16_t type;      /* host order */
	uint32_t rr_bytes;  /* of all data and of what each record has besides */
	unsigned long line; /* of the first record */
	struct rb_import_list rrs;
	struct rb_import_list signatures; /* RRSIG records that cover the type */
};

/* Of a set in the index: with its hash, since a look at every set that is passed would cost more.
 */
struct rb_import_slot {
	uint32_t hash;
	uint32_t set; /* RB_IMPORT_NONE: free */
};

struct rb_import_sets {
	struct rb_hash_key key;
	uint8_t *bytes; /* owners and data */
	size_t bytes_len, bytes_room;
	struct rb_import_rr *rrs;
	size_t rr_count, rrs_room;
	struct rb_import_set *sets;
	size_t count, sets_room;
	struct rb_import_slot *index; /* of sets by hash; a power of two, at most half full */
	size_t index_room;
};

int rb_import_sets_init(struct rb_import_sets *sets);
void rb_import_sets_free(struct rb_import_sets *sets);

/* A record as it was read. */
struct rb_import_record {
	const uint8_t *owner; /* wire form, lower case */
	uint16_t owner_len;
	uint16_t type;   /* host order */
	uint16_t covers; /* of an RRSIG: the type that it signs; else 0 */
	uint32_t ttl_s;
	const uint8_t *rdata;
	uint16_t rdata_len;
	unsigned long line;
};

/*
 * An RRSIG goes to the set that it covers. -EEXIST: it is there already. -EMSGSIZE: the set would
 * not fit any message. -EFBIG: the input has more than 4 GB of data. -ENOMEM.
 */
int rb_import_sets_add(struct rb_import_sets *sets, const struct rb_import_record *record);

/* NULL: none. A set may hold nothing but signatures. Valid until the next rb_import_sets_add(). */
struct rb_import_set *rb_import_sets_find(const struct rb_import_sets *sets, const uint8_t *owner,
					  size_t owner_len, uint16_t type);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* An answer in the form of a record, before it is stored. Pure functions. */
#ifndef RB_TABLE_IMAGE_H
#define RB_TABLE_IMAGE_H

#include "table/table.h"

/* What to store: the first head_words and the last tail_words of a record of the tier. */
struct rb_image {
	enum rb_tier tier;
	uint32_t head_words; /* words of 8 bytes, like all here: header and body */
	uint32_t tail_words; /* TTL distances and qname; may overlap with the head's last word */
	union {
		struct rb_record record; /* in the room of the tier: a smaller one ends earlier */
		uint64_t words[RB_LARGE_BYTES / 8];
	};
};

/*
 * Choose the smallest tier that holds the answer. seq and marks stay zero. -EMSGSIZE: it is too
 * large for all tiers. -EINVAL: see rb_table_publish().
 */
int rb_image_build(const struct rb_table_key *key, const struct rb_answer *answer, uint32_t epoch,
		   struct rb_image *ret_image);

/* A record that stands for an answer that is too large for any tier: see struct rb_record. */
int rb_image_build_stub(const struct rb_table_key *key, const struct rb_answer *answer,
			uint32_t epoch, struct rb_image *ret_image);

#endif

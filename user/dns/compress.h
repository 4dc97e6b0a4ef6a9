/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compression of names (RFC 1035 4.1.4) while a message is written: case-insensitive, as Unbound
 * does it.
 *
 * What has been written is kept as a tree of labels that grows from the root, so that looking a
 * name up compares each of its labels once. The effort per label is bounded: beyond the bounds,
 * names are only compressed less.
 *
 * Thread: one compressor, one thread. Lifetime: no resources. Lengths and offsets in bytes.
 */
#ifndef RB_DNS_COMPRESS_H
#define RB_DNS_COMPRESS_H

#include "dns/expand.h"

#define RB_COMPRESS_NODES   512
#define RB_COMPRESS_BUCKETS 128

/* A label that was written; with its parents it is the rest of the name. Node 0 is the root. */
struct rb_compress_node {
	uint16_t offset; /* of the label in the message */
	uint16_t parent;
	uint16_t next; /* in its bucket; 0: none */
};

struct rb_compressor {
	uint8_t *message; /* the message being written; readable 8 bytes past the last name */
	size_t room;      /* bytes of message that may be written */
	uint16_t node_count;
	uint16_t buckets[RB_COMPRESS_BUCKETS]; /* first node; 0: none */
	struct rb_compress_node nodes[RB_COMPRESS_NODES];
};

/* message has room + 8 bytes. */
void rb_compress_init(struct rb_compressor *compressor, uint8_t *message, size_t room);

/* Write name at *offset, as short as possible, and remember it; advance *offset. -EMSGSIZE. */
int rb_compress_name(struct rb_compressor *compressor, const struct rb_expanded *name,
		     size_t *offset);

/* The same for a name that may not be compressed (RFC 3597 4), and that nothing will point to. */
int rb_compress_copy(const struct rb_compressor *compressor, const struct rb_expanded *name,
		     size_t *offset);

#endif

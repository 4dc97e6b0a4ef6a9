/* SPDX-License-Identifier: BSD-2-Clause */
/* Compression of names while a message is written. */
#include "dns/compress.h"

#include <errno.h>
#include <string.h>

#include "../kern/wire.h"
#include "dns/bytes.h"

#define POINTER        0xc000
#define POINTER_TARGET 0x4000 /* offsets from here on cannot be pointed to */
#define CHAIN_MAX      16     /* nodes looked at in a bucket: senders choose the names */

void rb_compress_init(struct rb_compressor *compressor, uint8_t *message, size_t room)
{
	compressor->message = message;
	compressor->room = room;
	compressor->node_count = 1;
	memset(compressor->buckets, 0, sizeof(compressor->buckets));
}

/* Bytes of a label's word, lower-case, those past its end cleared. */
static uint64_t label_word(const uint8_t *bytes, size_t left)
{
	uint64_t word = RB_LOAD64(bytes);

	if (left < 8)
		word &= ~0ULL >> (64 - 8 * left);
	return rb_word_lower(word);
}

static uint32_t label_hash(const uint8_t *label, uint32_t parent)
{
	size_t len = (size_t)label[0] + 1, at;
	uint64_t hash = parent;

	for (at = 0; at < len; at += 8) {
		hash = (hash ^ label_word(label + at, len - at)) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 32;
	}
	return (uint32_t)hash % RB_COMPRESS_BUCKETS;
}

static int label_equal(const uint8_t *a, const uint8_t *b)
{
	size_t len = (size_t)a[0] + 1, at;

	if (a[0] != b[0])
		return 0;
	for (at = 0; at < len; at += 8) {
		if (label_word(a + at, len - at) != label_word(b + at, len - at))
			return 0;
	}
	return 1;
}

/* The node of label under parent; 0: never written. */
static uint16_t node_find(const struct rb_compressor *compressor, const uint8_t *label,
			  uint16_t parent, uint32_t bucket)
{
	uint16_t node = compressor->buckets[bucket];
	int i;

	for (i = 0; node && i < CHAIN_MAX; i++) {
		const struct rb_compress_node *seen = &compressor->nodes[node];

		if (seen->parent == parent &&
		    label_equal(compressor->message + seen->offset, label))
			return node;
		node = seen->next;
	}
	return 0;
}

/* 0 where it cannot be remembered, and then nor can what is below it. */
static uint16_t node_add(struct rb_compressor *compressor, size_t offset, uint16_t parent,
			 uint32_t bucket)
{
	uint16_t node = compressor->node_count;

	if (node == RB_COMPRESS_NODES || offset >= POINTER_TARGET)
		return 0;
	compressor->nodes[node].offset = (uint16_t)offset;
	compressor->nodes[node].parent = parent;
	compressor->nodes[node].next = compressor->buckets[bucket];
	compressor->buckets[bucket] = node;
	compressor->node_count++;
	return node;
}

int rb_compress_name(struct rb_compressor *compressor, const struct rb_expanded *name,
		     size_t *offset)
{
	size_t at = *offset, literal;
	unsigned int left = name->label_count;
	uint16_t parent = 0, target;
	uint32_t bucket = 0;

	/* From the root: how many of the last labels stand in the message already. */
	while (left) {
		const uint8_t *label = name->name + name->labels[left - 1];
		uint16_t node;

		bucket = label_hash(label, parent);
		node = node_find(compressor, label, parent, bucket);
		if (!node)
			break;
		parent = node;
		left--;
	}
	target = parent;
	literal = left == name->label_count ? name->len - 1U : name->labels[left];
	if (at + literal + 2 > compressor->room)
		return -EMSGSIZE;
	memcpy(compressor->message + at, name->name, literal);
	if (target) {
		rb_bytes_put16(compressor->message + at + literal,
			       POINTER | compressor->nodes[target].offset);
		*offset = at + literal + 2;
	} else {
		compressor->message[at + literal] = 0;
		*offset = at + literal + 1;
	}
	while (left) {
		uint16_t label = name->labels[--left];

		parent = node_add(compressor, at + label, parent, bucket);
		if (!parent)
			break;
		if (left)
			bucket = label_hash(name->name + name->labels[left - 1], parent);
	}
	return 0;
}

int rb_compress_copy(const struct rb_compressor *compressor, const struct rb_expanded *name,
		     size_t *offset)
{
	if (*offset + name->len > compressor->room)
		return -EMSGSIZE;
	memcpy(compressor->message + *offset, name->name, name->len);
	*offset += name->len;
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The sequence lock of a record, both sides. See slot.h for why it holds. */
#include "table/slot.h"

#include <errno.h>
#include <string.h>

#define HEADER_WORDS (RB_RECORD_HEADER / 8)
#define COPY_TRIES   4 /* a store takes less than a copy: more failures are a storm of stores */

/* Returns the odd seq. Nothing may be stored to the record before. */
static uint32_t write_begin(uint64_t *slot)
{
	uint32_t busy = (__atomic_load_n((uint32_t *)slot, __ATOMIC_RELAXED) + 1) | 1;

	__atomic_store_n((uint32_t *)slot, busy, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	return busy;
}

static void write_end(uint64_t *slot, uint32_t busy)
{
	__atomic_store_n((uint32_t *)slot, busy + 1, __ATOMIC_RELEASE);
}

static void epoch_store(uint64_t *slot, uint32_t epoch)
{
	__atomic_store_n((uint32_t *)slot + 1, epoch, __ATOMIC_RELAXED);
}

static void words_store(uint64_t *slot, const uint64_t *words, uint32_t from, uint32_t to)
{
	for (; from < to; from++)
		__atomic_store_n(&slot[from], words[from], __ATOMIC_RELAXED);
}

void rb_slot_write(uint64_t *slot, uint32_t record_bytes, const struct rb_image *image)
{
	uint32_t record_words = record_bytes / 8;
	uint32_t busy = write_begin(slot);

	epoch_store(slot, image->record.epoch);
	words_store(slot, image->words, 1, image->head_words);
	words_store(slot, image->words, record_words - image->tail_words, record_words);
	write_end(slot, busy);
}

void rb_slot_clear(struct rb_table_tier *part, uint32_t bucket, uint32_t way)
{
	uint64_t *slot = rb_slot_at(part, bucket * RB_WAYS + way);
	uint32_t busy;

	rb_tag_set(part, bucket, way, 0);
	busy = write_begin(slot);
	epoch_store(slot, 0);
	__atomic_store_n(&slot[1], 0, __ATOMIC_RELAXED); /* expires_ns */
	write_end(slot, busy);
}

void rb_slot_move(struct rb_table_tier *part, uint32_t bucket, uint32_t from, uint32_t to)
{
	const uint64_t *source = rb_slot_at(part, bucket * RB_WAYS + from);
	uint64_t *slot = rb_slot_at(part, bucket * RB_WAYS + to);
	uint32_t busy, i;

	rb_tag_set(part, bucket, to, 0);
	busy = write_begin(slot);
	epoch_store(slot, rb_slot_epoch(source));
	for (i = 1; i < part->record_bytes / 8; i++)
		__atomic_store_n(&slot[i], __atomic_load_n(&source[i], __ATOMIC_RELAXED),
				 __ATOMIC_RELAXED);
	write_end(slot, busy);
	/* A refresh that the kernel asked for by the old slot may never be read: a reader has to
	 * ask for it again. */
	rb_slot_release_refresh(slot);
	rb_tag_set(part, bucket, to, rb_tag_get(part, bucket, from));
}

/* Words [from, from + count) of the slot into bytes. */
static void words_load(const uint64_t *slot, uint32_t from, uint32_t count, uint8_t *bytes)
{
	for (; count; count--, from++, bytes += 8) {
		uint64_t word = __atomic_load_n(&slot[from], __ATOMIC_RELAXED);

		memcpy(bytes, &word, sizeof(word));
	}
}

/* -EBADMSG: no record has such lengths: it is torn, or is not a record. */
static int copy_unchecked(const struct rb_table_tier *part, const uint64_t *slot,
			  struct rb_record *buffer)
{
	uint8_t *bytes = (uint8_t *)buffer;
	uint32_t tail_bytes, tail_words;

	words_load(slot, 1, HEADER_WORDS - 1, bytes + 8);
	buffer->epoch = rb_slot_epoch(slot);
	tail_bytes = (uint32_t)buffer->ttl_steps + buffer->qname_len;
	if (buffer->body_len + tail_bytes > part->data_bytes)
		return -EBADMSG;
	words_load(slot, HEADER_WORDS, (buffer->body_len + 7U) / 8, bytes + RB_RECORD_HEADER);
	tail_words = (tail_bytes + 7) / 8;
	words_load(slot, part->record_bytes / 8 - tail_words, tail_words,
		   bytes + RB_LARGE_BYTES - (size_t)tail_words * 8);
	return 0;
}

int rb_slot_copy(const struct rb_table_tier *part, uint32_t index, struct rb_record *buffer)
{
	const uint64_t *slot = rb_slot_at(part, index);
	int try;

	for (try = 0; try < COPY_TRIES; try++) {
		uint32_t before = rb_slot_seq(slot);
		int err;

		if (before & 1)
			continue;
		err = copy_unchecked(part, slot, buffer);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (__atomic_load_n((const uint32_t *)slot, __ATOMIC_RELAXED) != before)
			continue;
		buffer->seq = before;
		return err;
	}
	return -EAGAIN;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records in one direction between two processes that do not trust each other, through memory that
 * both map.
 *
 * Thread:   one writer and one reader, in two processes or in one; no locks.
 * Trust:    each side keeps a private copy of its own index, and reads the other's once per call.
 *	     An impossible index or length is -EPROTO, and nothing outside the channel is touched.
 *	     Records are copied, since the other side may be writing to the memory.
 * Protocol: the writer puts, then asks whether to wake the reader (rb_channel_wakes()). The reader
 *	     arms, then looks once more, then sleeps. Each side's fence lies between its store and
 *	     its load, so that at least one of them sees what the other has done.
 * Errors:   0 or -errno. Never logs.
 */
#ifndef RB_UTIL_CHANNEL_H
#define RB_UTIL_CHANNEL_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* The memory that both map. All zeroes: empty. */
struct rb_channel {
	alignas(64) _Atomic uint32_t written; /* bytes written so far, modulo 2^32; stored by the
					       * writer */
	alignas(64) _Atomic uint32_t read;    /* bytes read so far; stored by the reader */
	_Atomic uint32_t armed; /* the reader sleeps; cleared by the one that wakes it */
	alignas(64) uint8_t bytes[];
};

/* The writer's private state. */
struct rb_channel_writer {
	struct rb_channel *channel;
	uint32_t capacity;
	uint32_t written;
	uint32_t read_seen;
};

/* The reader's private state. */
struct rb_channel_reader {
	struct rb_channel *channel;
	uint32_t capacity;
	uint32_t read;
	uint32_t written_seen;
};

/* Bytes of the memory, which must begin on a cache line. capacity: bytes, a power of two. */
static inline size_t rb_channel_bytes(uint32_t capacity)
{
	return sizeof(struct rb_channel) + capacity;
}

void rb_channel_writer_init(struct rb_channel *channel, uint32_t capacity,
			    struct rb_channel_writer *ret_writer);
void rb_channel_reader_init(struct rb_channel *channel, uint32_t capacity,
			    struct rb_channel_reader *ret_reader);

/* Write all parts as one record. -EAGAIN: no room now. -EMSGSIZE: never room. -EPROTO. */
int rb_channel_put(struct rb_channel_writer *writer, const struct iovec *parts, size_t count);

/* Call it after a put: whether the reader sleeps, and the caller must wake it. */
bool rb_channel_wakes(struct rb_channel_writer *writer);

/*
 * Read the next record. Returns its length, 0 or more; -EAGAIN: none. -EPROTO: also a record longer
 * than room.
 */
ssize_t rb_channel_get(struct rb_channel_reader *reader, void *record, size_t room);

/* Call it before the last look, and then sleep. */
void rb_channel_arm(struct rb_channel_reader *reader);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records in one direction between two processes that do not trust each other, through memory that
 * both map.
 *
 * Thread:   one writer, one reader, each in a process of its own or not; nobody locks.
 * Trust:    each side keeps its own index to itself and reads the other's once for each look. An
 *	     index or a length that cannot be is -EPROTO, and nothing outside the channel is
 *	     touched. Records are copied, out of memory that the other side may be writing to.
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

/* What both map. All zeroes: empty. */
struct rb_channel {
	alignas(64) _Atomic uint32_t written; /* bytes ever, modulo 2^32; stored by the writer */
	alignas(64) _Atomic uint32_t read;    /* the same of the reader */
	_Atomic uint32_t armed;               /* the reader sleeps; cleared by who wakes it */
	alignas(64) uint8_t bytes[];
};

/* The writer's own. */
struct rb_channel_writer {
	struct rb_channel *channel;
	uint32_t capacity;
	uint32_t written;
	uint32_t read_seen;
};

/* The reader's own. */
struct rb_channel_reader {
	struct rb_channel *channel;
	uint32_t capacity;
	uint32_t read;
	uint32_t written_seen;
};

/* Of memory that begins on a cache line. capacity: bytes, a power of two. */
static inline size_t rb_channel_bytes(uint32_t capacity)
{
	return sizeof(struct rb_channel) + capacity;
}

void rb_channel_writer_init(struct rb_channel *channel, uint32_t capacity,
			    struct rb_channel_writer *ret_writer);
void rb_channel_reader_init(struct rb_channel *channel, uint32_t capacity,
			    struct rb_channel_reader *ret_reader);

/* One record of all parts. -EAGAIN: no room now. -EMSGSIZE: there never will be. -EPROTO. */
int rb_channel_put(struct rb_channel_writer *writer, const struct iovec *parts, size_t count);

/* After a put: whether the reader waits to be woken, which is then the caller's to do. */
bool rb_channel_wakes(struct rb_channel_writer *writer);

/* The next record's length, 0 and more; -EAGAIN: none. -EPROTO: also one longer than room. */
ssize_t rb_channel_get(struct rb_channel_reader *reader, void *record, size_t room);

/* Before the last look ahead of sleep. */
void rb_channel_arm(struct rb_channel_reader *reader);

#endif

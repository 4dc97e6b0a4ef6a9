/* SPDX-License-Identifier: BSD-2-Clause */
/* Records between two processes through memory that both map. */
#include "util/channel.h"

#include <errno.h>
#include <string.h>

#define LENGTH_BYTES sizeof(uint32_t) /* ahead of each record */
#define ALIGNMENT    8U               /* of records, so that a length never wraps round */

void rb_channel_writer_init(struct rb_channel *channel, uint32_t capacity,
			    struct rb_channel_writer *ret_writer)
{
	*ret_writer = (struct rb_channel_writer){.channel = channel, .capacity = capacity};
}

void rb_channel_reader_init(struct rb_channel *channel, uint32_t capacity,
			    struct rb_channel_reader *ret_reader)
{
	*ret_reader = (struct rb_channel_reader){.channel = channel, .capacity = capacity};
}

/* With its length and what aligns the next one. */
static uint64_t space_of(uint64_t len)
{
	return (LENGTH_BYTES + len + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
}

/* Into the channel at index, which may wrap round. */
static void copy_in(const struct rb_channel_writer *writer, uint32_t index, const void *from,
		    size_t len)
{
	uint8_t *bytes = writer->channel->bytes;
	uint32_t at = index & (writer->capacity - 1);
	size_t first = writer->capacity - at;

	if (!len)
		return;
	if (first > len)
		first = len;
	memcpy(bytes + at, from, first);
	memcpy(bytes, (const uint8_t *)from + first, len - first);
}

static void copy_out(const struct rb_channel_reader *reader, uint32_t index, void *to, size_t len)
{
	const uint8_t *bytes = reader->channel->bytes;
	uint32_t at = index & (reader->capacity - 1);
	size_t first = reader->capacity - at;

	if (first > len)
		first = len;
	memcpy(to, bytes + at, first);
	memcpy((uint8_t *)to + first, bytes, len - first);
}

/* Room for so many bytes? Looks at the reader's index when the one seen last leaves none. */
static int find_room(struct rb_channel_writer *writer, uint64_t space)
{
	uint32_t read;

	if (writer->capacity - (writer->written - writer->read_seen) >= space)
		return 0;
	read = atomic_load_explicit(&writer->channel->read, memory_order_acquire);
	if (writer->written - read > writer->capacity)
		return -EPROTO;
	writer->read_seen = read;
	return writer->capacity - (writer->written - read) >= space ? 0 : -EAGAIN;
}

int rb_channel_put(struct rb_channel_writer *writer, const struct iovec *parts, size_t count)
{
	uint64_t len = 0;
	uint32_t at, header;
	int err;

	for (size_t i = 0; i < count; i++)
		len += parts[i].iov_len;
	if (space_of(len) > writer->capacity)
		return -EMSGSIZE;
	err = find_room(writer, space_of(len));
	if (err)
		return err;
	header = (uint32_t)len;
	copy_in(writer, writer->written, &header, sizeof(header));
	at = writer->written + (uint32_t)LENGTH_BYTES;
	for (size_t i = 0; i < count; i++) {
		copy_in(writer, at, parts[i].iov_base, parts[i].iov_len);
		at += (uint32_t)parts[i].iov_len;
	}
	writer->written += (uint32_t)space_of(len);
	atomic_store_explicit(&writer->channel->written, writer->written, memory_order_release);
	return 0;
}

bool rb_channel_wakes(struct rb_channel_writer *writer)
{
	_Atomic uint32_t *armed = &writer->channel->armed;

	/* The put before the look at armed. Pairs with the fence in rb_channel_arm(). */
	atomic_thread_fence(memory_order_seq_cst);
	return atomic_load_explicit(armed, memory_order_relaxed) &&
	       atomic_exchange_explicit(armed, 0, memory_order_relaxed);
}

/* Bytes that are there to be read. */
static int find_bytes(struct rb_channel_reader *reader, uint32_t *ret_available)
{
	if (reader->written_seen == reader->read) {
		uint32_t written =
			atomic_load_explicit(&reader->channel->written, memory_order_acquire);

		if (written - reader->read > reader->capacity)
			return -EPROTO;
		if (written == reader->read)
			return -EAGAIN;
		reader->written_seen = written;
	}
	*ret_available = reader->written_seen - reader->read;
	return 0;
}

ssize_t rb_channel_get(struct rb_channel_reader *reader, void *record, size_t room)
{
	uint32_t available, len;
	int err = find_bytes(reader, &available);

	if (err)
		return err;
	/* What is not aligned would let the length itself wrap round. */
	if (available % ALIGNMENT)
		return -EPROTO;
	copy_out(reader, reader->read, &len, sizeof(len));
	if (len > room || space_of(len) > available)
		return -EPROTO;
	copy_out(reader, reader->read + (uint32_t)LENGTH_BYTES, record, len);
	reader->read += (uint32_t)space_of(len);
	atomic_store_explicit(&reader->channel->read, reader->read, memory_order_release);
	return (ssize_t)len;
}

void rb_channel_arm(struct rb_channel_reader *reader)
{
	atomic_store_explicit(&reader->channel->armed, 1, memory_order_relaxed);
	/* The store before the caller's last look. Pairs with the fence in rb_channel_wakes(). */
	atomic_thread_fence(memory_order_seq_cst);
}

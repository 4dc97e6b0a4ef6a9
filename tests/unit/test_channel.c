/* SPDX-License-Identifier: BSD-2-Clause */
/* Records between processes: what goes in comes out, and what a hostile peer writes does no harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lib/prng.h"
#include "util/channel.h"
#include "util/cleanup.h"

#define CAPACITY 256

struct pair {
	struct rb_channel *channel;
	struct rb_channel_writer writer;
	struct rb_channel_reader reader;
};

static int setup(void **state)
{
	struct pair *pair = calloc(1, sizeof(*pair));
	size_t bytes = rb_channel_bytes(CAPACITY);

	pair->channel = aligned_alloc(64, bytes);
	memset(pair->channel, 0, bytes);
	rb_channel_writer_init(pair->channel, CAPACITY, &pair->writer);
	rb_channel_reader_init(pair->channel, CAPACITY, &pair->reader);
	*state = pair;
	return 0;
}

static int teardown(void **state)
{
	struct pair *pair = *state;

	free(pair->channel);
	free(pair);
	return 0;
}

static int put(struct pair *pair, const void *bytes, size_t len)
{
	const struct iovec part = {(void *)(uintptr_t)bytes, len};

	return rb_channel_put(&pair->writer, &part, 1);
}

/* Otherwise: a question would be asked with another's name. */
static void records_come_out_as_they_went_in(void **state)
{
	struct pair *pair = *state;
	uint8_t sent[CAPACITY], got[CAPACITY];

	for (unsigned int i = 0; i < 5000; i++) {
		size_t len = i % (CAPACITY - 8);
		size_t half = len / 3;
		const struct iovec parts[] = {{sent, half}, {sent + half, len - half}, {NULL, 0}};

		memset(sent, (int)i, sizeof(sent));
		sent[0] = (uint8_t)(i >> 8);
		assert_int_equal(rb_channel_put(&pair->writer, parts, 3), 0);
		assert_int_equal(rb_channel_get(&pair->reader, got, sizeof(got)), len);
		assert_memory_equal(got, sent, len);
		assert_int_equal(rb_channel_get(&pair->reader, got, sizeof(got)), -EAGAIN);
	}
}

/* Otherwise: records would be overwritten before they were read. */
static void a_full_channel_takes_no_more(void **state)
{
	struct pair *pair = *state;
	uint8_t bytes[CAPACITY] = {0};
	int taken = 0;

	assert_int_equal(put(pair, bytes, CAPACITY), -EMSGSIZE);
	assert_int_equal(put(pair, bytes, CAPACITY - 4), 0);
	assert_int_equal(put(pair, bytes, 0), -EAGAIN);
	assert_int_equal(rb_channel_get(&pair->reader, bytes, sizeof(bytes)), CAPACITY - 4);
	while (!put(pair, bytes, 20))
		taken++;
	assert_int_equal(taken, CAPACITY / 24);
	while (rb_channel_get(&pair->reader, bytes, sizeof(bytes)) >= 0)
		taken--;
	assert_int_equal(taken, 0);
}

/* Otherwise: after four billion bytes a busy resolver would stop. */
static void indices_wrap_round(void **state)
{
	struct pair *pair = *state;
	uint32_t near = UINT32_MAX - 7 - 5 * 24;
	uint8_t sent[20], got[CAPACITY];

	atomic_store(&pair->channel->written, near);
	atomic_store(&pair->channel->read, near);
	pair->writer.written = pair->writer.read_seen = near;
	pair->reader.read = pair->reader.written_seen = near;
	for (int i = 0; i < 100; i++) {
		memset(sent, i, sizeof(sent));
		assert_int_equal(put(pair, sent, sizeof(sent)), 0);
		assert_int_equal(rb_channel_get(&pair->reader, got, sizeof(got)), sizeof(sent));
		assert_memory_equal(got, sent, sizeof(sent));
	}
}

/* Otherwise: a resolver that was taken over would write or read all over the server. */
static void indices_and_lengths_that_cannot_be_are_refused(void **state)
{
	static const struct {
		uint32_t written, length;
	} cases[] = {
		{CAPACITY + 8, 4},
		{UINT32_MAX, 4},
		{4, 0},
		{12, 0},
		{8, 5},
		{8, UINT32_MAX},
		{8, UINT32_MAX - 3},
		{CAPACITY, CAPACITY - 3},
		{16, 64},
	};
	struct pair *pair = *state;
	uint8_t got[CAPACITY];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		memcpy(pair->channel->bytes, &cases[i].length, sizeof(cases[i].length));
		rb_channel_reader_init(pair->channel, CAPACITY, &pair->reader);
		atomic_store(&pair->channel->written, cases[i].written);
		assert_int_equal(rb_channel_get(&pair->reader, got, sizeof(got)), -EPROTO);
	}
	/* As long as the channel allows, but not the reader's room. */
	memcpy(pair->channel->bytes, &(uint32_t){64}, 4);
	rb_channel_reader_init(pair->channel, CAPACITY, &pair->reader);
	atomic_store(&pair->channel->written, 72);
	assert_int_equal(rb_channel_get(&pair->reader, got, 63), -EPROTO);
	assert_int_equal(rb_channel_get(&pair->reader, got, 64), 64);
	/* The reader says it has read what was never written. */
	while (!put(pair, got, 20))
		;
	atomic_store(&pair->channel->read, pair->writer.written + 8);
	assert_int_equal(put(pair, got, 20), -EPROTO);
}

/* Otherwise: every question would cost a system call, or one would wait for ever. */
static void the_reader_is_woken_once_when_it_sleeps(void **state)
{
	struct pair *pair = *state;
	uint8_t bytes[20] = {0};

	assert_int_equal(put(pair, bytes, 1), 0);
	assert_false(rb_channel_wakes(&pair->writer));
	rb_channel_arm(&pair->reader);
	assert_int_equal(put(pair, bytes, 1), 0);
	assert_true(rb_channel_wakes(&pair->writer));
	assert_int_equal(put(pair, bytes, 1), 0);
	assert_false(rb_channel_wakes(&pair->writer));
}

#define MANY 200000

struct side {
	struct pair *pair;
	int wake_fd;
};

static void *write_many(void *arg)
{
	struct side *side = arg;
	struct prng prng = {.state = 7};

	for (uint64_t i = 0; i < MANY; i++) {
		uint64_t record[8] = {i, ~i, i * 3, i * 5, i * 7, i * 11, i * 13, i * 17};
		size_t len = 8 * (1 + prng_below(&prng, 8));

		while (put(side->pair, record, len) == -EAGAIN)
			sched_yield();
		if (rb_channel_wakes(&side->pair->writer))
			eventfd_write(side->wake_fd, 1);
	}
	return NULL;
}

/* Otherwise: now and then an answer would be torn, or lie there until the next one comes. */
static void two_threads_lose_nothing(void **state)
{
	struct pair *pair = *state;
	struct side side = {.pair = pair, .wake_fd = eventfd(0, EFD_NONBLOCK)};
	struct pollfd sleep = {.fd = side.wake_fd, .events = POLLIN};
	uint64_t record[8], got = 0;
	pthread_t writer;
	eventfd_t count;

	rb_channel_arm(&pair->reader);
	assert_int_equal(pthread_create(&writer, NULL, write_many, &side), 0);
	while (got < MANY) {
		ssize_t len = rb_channel_get(&pair->reader, record, sizeof(record));

		if (len == -EAGAIN) {
			rb_channel_arm(&pair->reader);
			len = rb_channel_get(&pair->reader, record, sizeof(record));
		}
		if (len == -EAGAIN) {
			assert_int_equal(poll(&sleep, 1, 10000), 1);
			eventfd_read(side.wake_fd, &count);
			continue;
		}
		assert_true(len >= 8);
		assert_int_equal(record[0], got);
		if (len >= 64)
			assert_int_equal(record[7], got * 17);
		got++;
	}
	pthread_join(writer, NULL);
	close(side.wake_fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		CASE(records_come_out_as_they_went_in),
		CASE(a_full_channel_takes_no_more),
		CASE(indices_wrap_round),
		CASE(indices_and_lengths_that_cannot_be_are_refused),
		CASE(the_reader_is_woken_once_when_it_sleeps),
		CASE(two_threads_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzing: any bytes as the memory that a hostile process shares with us, and as what it stores
 * there while we look. Whatever is taken out has the form that it says, and nothing else is
 * touched.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "resolve/protocol.h"

#define CAPACITY 1024

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* The next 32 bits of the input, 0 at its end. */
static uint32_t next(const uint8_t **data, size_t *len)
{
	uint32_t word = 0;

	if (*len < sizeof(word))
		return 0;
	memcpy(&word, *data, sizeof(word));
	*data += sizeof(word);
	*len -= sizeof(word);
	return word;
}

static void take_question(struct rb_channel_reader *reader)
{
	struct rb_request question;

	if (!rb_request_get(reader, &question))
		check(rb_name_len(question.qname, question.qname_len) == question.qname_len);
}

static void take_response(struct rb_channel_reader *reader)
{
	static struct rb_response_room room;
	struct rb_response response;
	unsigned int sum = 0;

	if (rb_response_get(reader, &room, &response))
		return;
	for (size_t i = 0; i < response.packet_len; i++)
		sum += response.packet[i];
	check(sum <= 255 * response.packet_len);
	check(!response.why_bogus || strlen(response.why_bogus) <= RB_WHY_BYTES);
}

static void put_question(struct rb_channel_writer *writer, uint32_t seed)
{
	struct rb_request question = {.id = seed, .qname_len = (uint8_t)(1 + seed % 250)};

	rb_request_put(writer, &question);
	rb_channel_wakes(writer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct rb_channel *channel = aligned_alloc(64, rb_channel_bytes(CAPACITY));
	struct rb_channel_reader questions, responses;
	struct rb_channel_writer writer;
	size_t filled;

	memset(channel, 0, rb_channel_bytes(CAPACITY));
	rb_channel_reader_init(channel, CAPACITY, &questions);
	rb_channel_reader_init(channel, CAPACITY, &responses);
	rb_channel_writer_init(channel, CAPACITY, &writer);
	filled = len < CAPACITY ? len : CAPACITY;
	memcpy(channel->bytes, data, filled);
	while (len >= 8) {
		uint32_t what = next(&data, &len), value = next(&data, &len);

		if (what & 1)
			atomic_store(&channel->written, value);
		if (what & 2)
			atomic_store(&channel->read, value);
		if (what & 4)
			memcpy(channel->bytes + what % (CAPACITY - 4), &value, sizeof(value));
		if (what & 8)
			put_question(&writer, value);
		if (what & 16)
			take_question(&questions);
		if (what & 32)
			take_response(&responses);
	}
	free(channel);
	return 0;
}

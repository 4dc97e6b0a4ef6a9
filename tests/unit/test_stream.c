/* SPDX-License-Identifier: BSD-2-Clause */
/* The record stream: written, read back in pieces, aged, cut off, damaged. */
#include "table_fixture.h"

#include <errno.h>

#include "store/stream.h"
#include "store/stream_format.h"

#define START (100000 * RB_NS_PER_S)
#define WALL  (1800000000 * RB_NS_PER_S)
#define PRINT 0xabcd1234U /* of the configuration */

static const struct rb_store_clock start = {.clock_ns = START, .wall_ns = WALL};

/* "h<number>.test." without a table. */
static size_t qname_of(uint32_t number, uint8_t *out)
{
	char text[32];

	snprintf(text, sizeof(text), "%ch%08x%ctest", 9, number, 4);
	memcpy(out, text, 16);
	return 16;
}

struct stream {
	char *bytes;
	size_t len;
	FILE *file;
	struct rb_store_writer writer;
};

static void stream_begin(struct stream *stream)
{
	stream->file = open_memstream(&stream->bytes, &stream->len);
	assert_non_null(stream->file);
	assert_int_equal(rb_store_begin(&stream->writer, stream->file, PRINT, start), 0);
}

static int stream_put(struct stream *stream, uint32_t number, struct rb_answer *answer, bool pinned)
{
	uint8_t qname[RB_NAME_MAX];
	struct rb_store_record record = {
		.qname = qname,
		.qname_len = (uint16_t)qname_of(number, qname),
		.qtype = RB_TYPE_A,
		.pinned = pinned,
		.answer = answer,
	};

	return rb_store_put(&stream->writer, &record);
}

static void stream_put_of(struct stream *stream, uint32_t number, uint16_t addresses,
			  uint32_t ttl_s)
{
	struct rb_answer *answer = answer_of(number, addresses, BOTH, ttl_s);

	answer->expires_ns = START + ttl_s * RB_NS_PER_S;
	assert_int_equal(stream_put(stream, number, answer, number % 2), 0);
	rb_answer_free(answer);
}

static void stream_end(struct stream *stream)
{
	assert_int_equal(rb_store_end(&stream->writer), 0);
	fclose(stream->file);
}

/* Records 1 to count: of one address, but each seventh of forty. */
static void stream_of(struct stream *stream, uint32_t count)
{
	uint32_t i;

	stream_begin(stream);
	for (i = 1; i <= count; i++)
		stream_put_of(stream, i, i % 7 ? ADDRESSES_SMALL : ADDRESSES_LARGE, HOUR_S + i);
	stream_end(stream);
}

struct result {
	int end;
	uint32_t records, unsound;
	struct rb_store_facts facts;
	char problem[160];
};

/* Every record that comes out is compared with what went in. */
static void record_check(const struct rb_store_record *record, uint64_t left_ns, uint64_t now_ns)
{
	struct rb_answer *expected;
	uint8_t qname[RB_NAME_MAX];
	uint32_t number;

	memcpy(&number, record->answer->body + 12, 4);
	assert_int_equal(record->qname_len, qname_of(number, qname));
	assert_memory_equal(record->qname, qname, record->qname_len);
	assert_int_equal(record->qtype, RB_TYPE_A);
	assert_int_equal(record->pinned, number % 2);
	expected = answer_of(number, record->answer->ancount, BOTH, record->answer->ttl_s);
	expected->expires_ns = now_ns + left_ns;
	assert_answers_equal(record->answer, expected);
	rb_answer_free(expected);
}

/* piece: so many bytes arrive at a time. */
static void stream_read(const void *bytes, size_t len, size_t piece, struct rb_store_clock now,
			struct result *result)
{
	struct rb_store_reader *reader;
	struct rb_store_record record;
	const char *from = bytes;

	memset(result, 0, sizeof(*result));
	assert_int_equal(rb_store_open(now, &reader), 0);
	for (;;) {
		uint64_t age_ns = now.wall_ns > WALL ? now.wall_ns - WALL : 0;
		uint8_t *room;
		size_t some;

		while ((result->end = rb_store_next(reader, &record)) == 1) {
			result->records++;
			record_check(&record, record.answer->ttl_s * RB_NS_PER_S - age_ns,
				     now.clock_ns);
		}
		if (result->end == -EINVAL) {
			result->unsound++;
			snprintf(result->problem, sizeof(result->problem), "%s",
				 rb_store_problem(reader));
			continue;
		}
		if (result->end || !len)
			break;
		room = rb_store_room(reader, &some);
		assert_true(some > 0);
		some = some < piece ? some : piece;
		some = some < len ? some : len;
		memcpy(room, from, some);
		rb_store_filled(reader, some);
		from += some;
		len -= some;
	}
	rb_store_facts(reader, &result->facts);
	if (result->end)
		snprintf(result->problem, sizeof(result->problem), "%s", rb_store_problem(reader));
	assert_int_equal(rb_store_next(reader, &record), result->end);
	rb_store_close(reader);
}

/* Otherwise: a warm start would serve something else than was saved. */
static void what_was_written_is_read_whatever_the_pieces(void **state)
{
	static const size_t pieces[] = {1, 7, 333, 65536, SIZE_MAX};
	struct result result;
	struct stream stream;
	size_t i;

	(void)state;
	stream_of(&stream, 1000);
	for (i = 0; i < ARRAY_SIZE(pieces); i++) {
		stream_read(stream.bytes, stream.len, pieces[i], start, &result);
		assert_int_equal(result.end, -ENODATA);
		assert_int_equal(result.records, 1000);
		assert_int_equal(result.unsound, 0);
		assert_int_equal(result.facts.fingerprint, PRINT);
		assert_int_equal(result.facts.expired, 0);
	}
	free(stream.bytes);
}

/* Otherwise: a name would be served for longer than its zone said. */
static void time_between_writing_and_reading_counts(void **state)
{
	struct rb_store_clock later = {.clock_ns = 7 * RB_NS_PER_S,
				       .wall_ns = WALL + (HOUR_S + 500) * RB_NS_PER_S};
	struct result result;
	struct stream stream;

	(void)state;
	stream_of(&stream, 1000);
	stream_read(stream.bytes, stream.len, SIZE_MAX, later, &result);
	assert_int_equal(result.end, -ENODATA);
	assert_int_equal(result.records, 500);
	assert_int_equal(result.facts.expired, 500);
	assert_int_equal(result.facts.age_ns, (HOUR_S + 500) * RB_NS_PER_S);
	free(stream.bytes);
}

/* Otherwise: a machine without a clock would serve yesterday's records for another day. */
static void stream_from_the_future_is_refused(void **state)
{
	struct rb_store_clock earlier = {.clock_ns = START, .wall_ns = WALL - 60 * RB_NS_PER_S};
	struct result result;
	struct stream stream;

	(void)state;
	stream_of(&stream, 3);
	stream_read(stream.bytes, stream.len, SIZE_MAX, earlier, &result);
	assert_int_equal(result.end, -ETIME);
	assert_int_equal(result.records, 0);
	assert_non_null(strstr(result.problem, "60 s in the future"));
	earlier.wall_ns = WALL - 2 * RB_NS_PER_S;
	stream_read(stream.bytes, stream.len, SIZE_MAX, earlier, &result);
	assert_int_equal(result.records, 3);
	free(stream.bytes);
}

/* Otherwise: half a file would pass for a whole one. */
static void every_cut_is_noticed_and_what_stands_before_it_is_read(void **state)
{
	struct result result;
	struct stream stream;
	uint32_t before = 0;
	size_t len;

	(void)state;
	stream_of(&stream, 20);
	for (len = 0; len < stream.len; len++) {
		stream_read(stream.bytes, len, SIZE_MAX, start, &result);
		assert_int_equal(result.end, 0);
		assert_true(result.records == before || result.records == before + 1);
		before = result.records;
	}
	assert_int_equal(before, 20);
	free(stream.bytes);
}

/* Otherwise: a bad disk would decide what a name's address is. */
static void every_flipped_bit_is_noticed(void **state)
{
	struct result result;
	struct stream stream;
	size_t i;

	(void)state;
	stream_of(&stream, 9);
	for (i = 0; i < stream.len * 8; i++) {
		stream.bytes[i / 8] = (char)(stream.bytes[i / 8] ^ 1 << i % 8);
		stream_read(stream.bytes, stream.len, SIZE_MAX, start, &result);
		/* A longer length may ask for more than there is: that is a cut. */
		assert_true(result.end == -EBADMSG || result.end == -EPROTONOSUPPORT ||
			    result.end == 0);
		assert_true(result.records < 9 || result.end == -EBADMSG || result.end == 0);
		stream.bytes[i / 8] = (char)(stream.bytes[i / 8] ^ 1 << i % 8);
	}
	free(stream.bytes);
}

/* Otherwise: a stream of another program, or of a later runbound, would be read as something. */
static void what_is_no_stream_says_so(void **state)
{
	static const char text[] = "$ORIGIN example.\n@ 3600 IN SOA ns hostmaster 1 2 3 4 5\n";
	struct result result;

	(void)state;
	stream_read(text, sizeof(text), SIZE_MAX, start, &result);
	assert_int_equal(result.end, -EPROTONOSUPPORT);
	assert_string_equal(result.problem, "not a record stream of runbound's");
}

/* A record with one thing wrong in it, in a whole stream whose checksums are right. */
static void spoil_cname(struct rb_answer *answer)
{
	answer->body[3] = RB_TYPE_CNAME;
	answer->body[12] = 9;
}

static void spoil_pointer(struct rb_answer *answer)
{
	answer->body[1] = 12 + 16 + 4;
}

static void spoil_pointer_to_header(struct rb_answer *answer)
{
	answer->body[1] = 2;
}

static void spoil_length(struct rb_answer *answer)
{
	answer->body[11] = 5;
}

static void spoil_shorter(struct rb_answer *answer)
{
	answer->body[11] = 3;
}

static void spoil_tier(struct rb_answer *answer)
{
	answer->body[5] = 3;
}

static void spoil_meta_type(struct rb_answer *answer)
{
	answer->body[3] = RB_TYPE_OPT;
}

static void spoil_ttl(struct rb_answer *answer)
{
	answer->body[RR_A_TTL + 2] = 0;
}

static void spoil_ttl_offset(struct rb_answer *answer)
{
	answer->ttl_offsets[0]++;
}

static void spoil_count(struct rb_answer *answer)
{
	answer->nscount = 1;
}

static void spoil_rotate(struct rb_answer *answer)
{
	answer->rotate = 2;
}

static void spoil_traits(struct rb_answer *answer)
{
	answer->traits |= 0x80;
}

static void spoil_serves(struct rb_answer *answer)
{
	answer->traits = RB_SECURE;
}

static void spoil_flags(struct rb_answer *answer)
{
	answer->flags |= RB_FLAG_TC;
}

static void spoil_secure(struct rb_answer *answer)
{
	answer->traits |= RB_SECURE;
	answer->flags |= RB_RCODE_SERVFAIL;
}

static const struct {
	void (*spoil)(struct rb_answer *answer);
	const char *words;
} spoils[] = {
	{spoil_cname, "malformed data"},
	{spoil_pointer, "malformed owner"},
	{spoil_pointer_to_header, "malformed owner"},
	{spoil_length, "cut off"},
	{spoil_shorter, "bytes after the last record"},
	{spoil_tier, "type or class"},
	{spoil_meta_type, "type or class"},
	{spoil_ttl, "a TTL below"},
	{spoil_ttl_offset, "another place"},
	{spoil_count, "counts"},
	{spoil_rotate, "to turn"},
	{spoil_traits, "traits"},
	{spoil_serves, "traits"},
	{spoil_flags, "flags"},
	{spoil_secure, "secure"},
};

/* Otherwise: who may write to the control socket could have the kernel send malformed packets. */
static void record_that_makes_no_sense_is_skipped_and_named(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(spoils); i++) {
		struct rb_answer *answer = answer_of(2, ADDRESSES_SMALL, BOTH, HOUR_S);
		struct result result;
		struct stream stream;

		answer->expires_ns = START + HOUR_S * RB_NS_PER_S;
		spoils[i].spoil(answer);
		stream_begin(&stream);
		stream_put_of(&stream, 1, ADDRESSES_SMALL, HOUR_S);
		assert_int_equal(stream_put(&stream, 2, answer, false), 0);
		stream_put_of(&stream, 3, ADDRESSES_SMALL, HOUR_S);
		stream_end(&stream);
		stream_read(stream.bytes, stream.len, SIZE_MAX, start, &result);
		assert_int_equal(result.records, 2);
		assert_int_equal(result.unsound, 1);
		assert_int_equal(result.end, -ENODATA);
		free(stream.bytes);

		/* The words: of the stream that ends with it. */
		stream_begin(&stream);
		assert_int_equal(stream_put(&stream, 2, answer, false), 0);
		fflush(stream.file);
		stream_read(stream.bytes, stream.len, SIZE_MAX, start, &result);
		if (!strstr(result.problem, spoils[i].words))
			fail_msg("'%s' in: %s", spoils[i].words, result.problem);
		assert_non_null(strstr(result.problem, "record 1: "));
		fclose(stream.file);
		free(stream.bytes);
		rb_answer_free(answer);
	}
}

/* Otherwise: what was stored while the table was being saved would be lost, or live too long. */
static void record_stored_since_the_beginning_has_its_whole_ttl(void **state)
{
	struct rb_answer *answer = answer_of(2, ADDRESSES_SMALL, BOTH, HOUR_S);
	struct result result;
	struct stream stream;

	(void)state;
	answer->expires_ns = START + (HOUR_S + 3) * RB_NS_PER_S;
	stream_begin(&stream);
	assert_int_equal(stream_put(&stream, 2, answer, false), 0);
	stream_end(&stream);
	stream_read(stream.bytes, stream.len, SIZE_MAX, start, &result);
	assert_int_equal(result.records, 1);
	assert_int_equal(result.unsound, 0);
	free(stream.bytes);
	rb_answer_free(answer);
}

/* Otherwise: an expired record would be written to be thrown away by every reader. */
static void expired_record_is_not_written(void **state)
{
	struct rb_answer *answer = answer_of(1, ADDRESSES_SMALL, BOTH, HOUR_S);
	struct stream stream;

	(void)state;
	answer->expires_ns = START;
	stream_begin(&stream);
	assert_int_equal(stream_put(&stream, 1, answer, false), -ESTALE);
	stream_end(&stream);
	assert_int_equal(stream.len, sizeof(struct rb_store_header) +
					     sizeof(struct rb_store_frame) + sizeof(uint64_t));
	free(stream.bytes);
	rb_answer_free(answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read_whatever_the_pieces),
		cmocka_unit_test(time_between_writing_and_reading_counts),
		cmocka_unit_test(stream_from_the_future_is_refused),
		cmocka_unit_test(every_cut_is_noticed_and_what_stands_before_it_is_read),
		cmocka_unit_test(every_flipped_bit_is_noticed),
		cmocka_unit_test(what_is_no_stream_says_so),
		cmocka_unit_test(record_that_makes_no_sense_is_skipped_and_named),
		cmocka_unit_test(record_stored_since_the_beginning_has_its_whole_ttl),
		cmocka_unit_test(expired_record_is_not_written),
	};

	return cmocka_run_group_tests_name("record stream", tests, NULL, NULL);
}

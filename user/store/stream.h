/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The record stream: answers with their questions as bytes, for the cache-file, for preload over
 * the control socket, and from one node to another.
 *
 *	header	 "rbstream", u32 version, u32 fingerprint of the configuration (0: of none),
 *		 u64 wall clock of writing in ns, u32 zero, u32 CRC-32 of the bytes before
 *	records	 u32 length, u32 CRC-32 of length and payload, payload
 *	end mark u32 0, u32 CRC-32 as of a record, whose payload is the u64 number of records
 *
 * Numbers are little-endian. A payload is the struct rb_store_payload of stream_format.h, then
 * qname, body, and the TTL offsets (u16 each). Times are counted from the header's: a stream that
 * is read an hour later holds records that are an hour older. One without its end mark is cut off.
 *
 * What is read may come from anybody: every length, name, record and TTL is checked, and what
 * rb_store_next() hands out is fit for the table. Whether it is *true* nobody can tell from the
 * bytes; that is the reader's policy.
 *
 * Thread:   a writer or reader belongs to one thread.
 * Lifetime: a record that is read is borrowed until the next call on its reader.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_STORE_STREAM_H
#define RB_STORE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "dns/answer.h"
#include "util/crc32.h"

#define RB_STORE_VERSION 2

/* A question and its answer. */
struct rb_store_record {
	const uint8_t *qname; /* wire form, lower case, with the root label */
	uint16_t qname_len;
	uint16_t qtype;                 /* host order */
	bool pinned;                    /* must not be evicted while it is fresh */
	const struct rb_answer *answer; /* expires_ns and signed_until_ns by rb_clock_ns() */
};

/* One instant by both clocks; see rb_store_now(). */
struct rb_store_clock {
	uint64_t clock_ns;
	uint64_t wall_ns; /* since 1970 */
};

struct rb_store_clock rb_store_now(void);

/* Writes to out, which the caller owns. It has no resources. */
struct rb_store_writer {
	FILE *out;
	uint64_t start_ns; /* rb_clock_ns() at the header's time */
	uint64_t count;    /* records written */
	struct rb_crc32 crc;
};

/*
 * Write the header. fingerprint: rb_config_fingerprint() of the configuration that made the
 * answers; 0: no daemon will treat them as its own. -EIO and others: of out.
 */
int rb_store_begin(struct rb_store_writer *writer, FILE *out, uint32_t fingerprint,
		   struct rb_store_clock now);

/* -ESTALE: had expired when the stream began, not written. -EINVAL: not a valid record. */
int rb_store_put(struct rb_store_writer *writer, const struct rb_store_record *record);

/* The end mark, and a flush. Closing out is left to the caller. */
int rb_store_end(struct rb_store_writer *writer);

/*
 * Reading, as bytes arrive:
 *
 *	room = rb_store_room(reader, &bytes);
 *	got = read(fd, room, bytes);		0: the stream ended, perhaps too early
 *	rb_store_filled(reader, got);
 *	while ((err = rb_store_next(reader, &record)) > 0)
 *		use record;
 *
 * rb_store_next() returns 1 with a record, 0 where it needs more bytes, or
 *	-ENODATA    the end mark was read: all is well, and the rest of the input is not looked at
 *	-EINVAL	    this record makes no sense; the stream goes on after it
 *	-EBADMSG    damaged: nothing after this can be read. Reported again by every later call
 *	-EPROTONOSUPPORT  another version, or no stream at all; as -EBADMSG
 *	-ETIME	    written in the future: one of the two clocks is wrong; as -EBADMSG
 * After an error rb_store_problem() says what it was, with the record's number.
 */
struct rb_store_reader;

/* Records that have expired by now are skipped and counted. */
int rb_store_open(struct rb_store_clock now, struct rb_store_reader **ret_reader);
void rb_store_close(struct rb_store_reader *reader);
void rb_store_closep(struct rb_store_reader **reader);

/* The room for the next bytes, and its size (never 0 after rb_store_next() returned 0). */
uint8_t *rb_store_room(struct rb_store_reader *reader, size_t *ret_bytes);
void rb_store_filled(struct rb_store_reader *reader, size_t bytes);
int rb_store_next(struct rb_store_reader *reader, struct rb_store_record *ret_record);

/*
 * Peek at the record after the one returned last, to prefetch its memory: only its name, name
 * length and type are set, and nothing has been checked.
 */
bool rb_store_peek(const struct rb_store_reader *reader, struct rb_store_record *ret_record);

/* One line without a newline, "record 17: ..."; valid until the next call on the reader. */
const char *rb_store_problem(const struct rb_store_reader *reader);

struct rb_store_facts {
	bool begun;           /* the header is read and valid: the next two are known */
	uint32_t fingerprint; /* of the writer's configuration; 0: of none */
	uint64_t age_ns;      /* since it was written */
	uint64_t number;      /* of the record read last, from 1 */
	uint64_t expired;     /* records skipped */
};

void rb_store_facts(const struct rb_store_reader *reader, struct rb_store_facts *ret_facts);

#endif

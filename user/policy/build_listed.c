/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocklists while a policy image grows: names come in by the million, so they are packed at once,
 * apart by their hash, and laid into buckets a part at a time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "policy/access.h"
#include "policy/build_parts.h"
#include "policy/varint.h"
#include "util/cleanup.h"

#define BUCKET_NAMES 4 /* as a rule */

#define ENTRY_ROOM (3 * RB_VARINT_MAX + 1 + RB_NAME_MAX)
#define PART_SHIFT 26    /* of the low half */
#define PART_BYTES 65536 /* by which a part grows, at least */

/* What stands in front of a packed name's entry, which is what the image has of it. */
struct head {
	uint32_t hash; /* the low half */
	uint16_t mark;
	uint16_t len; /* of the entry */
};

/* A packed name in its part. */
struct packed {
	uint32_t hash;
	uint32_t at;  /* of its entry */
	uint16_t len; /* of its entry */
	uint16_t mark;
	bool repeated;
};

/* An entry, taken apart. */
struct parsed {
	uint32_t list, line, tail;
	const uint8_t *own;
	uint8_t own_len;
	bool lets_pass;
};

/* --- parts --- */

/* Pages of its own, which the process does not keep when it is gone: malloc() would keep them. */
static int part_resize(struct rb_build_part *part, size_t room)
{
	void *bytes = part->room ? mremap(part->bytes, part->room, room, MREMAP_MAYMOVE)
				 : mmap(NULL, room, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (bytes == MAP_FAILED)
		return -ENOMEM;
	part->bytes = bytes;
	part->room = room;
	return 0;
}

static void part_free(struct rb_build_part *part)
{
	if (part->room)
		munmap(part->bytes, part->room);
	*part = (struct rb_build_part){0};
}

void rb_build_listed_move(struct rb_build_listed *listed, uint8_t *out)
{
	for (size_t i = 0; i < RB_BUILD_PARTS; i++) {
		struct rb_build_part *part = &listed->parts[i];

		if (part->len)
			memcpy(out, part->bytes, part->len);
		out += part->len;
		part_free(part);
	}
}

void rb_build_listed_free(struct rb_build_listed *listed)
{
	for (size_t i = 0; i < RB_BUILD_PARTS; i++)
		part_free(&listed->parts[i]);
	free(listed->tails);
	free(listed->tail_slots.slots);
	free(listed->sightings);
	free(listed->buckets);
}

int rb_build_list(struct rb_build *build, const struct rb_policy_list *list)
{
	return rb_build_append(&build->lists, &build->list_count, sizeof(*list), list);
}

/* --- packing --- */

/* What the image has of a name; its length. */
static size_t entry_write(uint8_t *out, const struct rb_build_place *place, uint32_t tail,
			  const uint8_t *own, size_t own_len)
{
	size_t len = rb_varint_put(out, rb_policy_listed_as(place->list, place->lets_pass));

	len += rb_varint_put(out + len, place->line);
	len += rb_varint_put(out + len, tail);
	out[len++] = (uint8_t)own_len;
	memcpy(out + len, own, own_len);
	return len + own_len;
}

int rb_build_listed(struct rb_build *build, const struct rb_build_place *place, const uint8_t *name,
		    size_t len)
{
	struct rb_build_listed *listed = &build->listed;
	struct rb_policy_labels labels;
	struct rb_build_part *part;
	struct head head;
	unsigned int depth;
	uint32_t tail;
	uint64_t hash;
	int err;

	rb_policy_labels_hash(build->seed, name, len, &labels);
	err = rb_build_tail_choose(build, &labels, &tail, &depth);
	if (err)
		return err;
	hash = rb_policy_hash_in(labels.hash[labels.count], RB_POLICY_LISTED_SCOPE);
	part = &listed->parts[(uint32_t)hash >> PART_SHIFT];
	if (part->room - part->len < sizeof(head) + ENTRY_ROOM)
		err = part_resize(part, part->room * 2 + PART_BYTES);
	if (err)
		return err;
	head.hash = (uint32_t)hash;
	head.mark = rb_policy_listed_mark(hash);
	head.len = (uint16_t)entry_write(part->bytes + part->len + sizeof(head), place, tail, name,
					 labels.at[depth]);
	memcpy(part->bytes + part->len, &head, sizeof(head));
	part->len += sizeof(head) + head.len;
	part->count++;
	return 0;
}

/* --- into buckets --- */

/* The builder's own bytes: they are well-formed. */
static void entry_parse(const uint8_t *at, const uint8_t *end, struct parsed *ret_parsed)
{
	uint32_t as = 0;

	*ret_parsed = (struct parsed){0};
	(void)(rb_varint_get(&at, end, &as) && rb_varint_get(&at, end, &ret_parsed->line) &&
	       rb_varint_get(&at, end, &ret_parsed->tail));
	ret_parsed->list = rb_policy_listed_by(as, &ret_parsed->lets_pass);
	ret_parsed->own_len = *at++;
	ret_parsed->own = at;
}

/* A part's names as they came; to be free()d. ends: how many are up to each bucket of the part. */
static struct packed *part_read(const struct rb_build_part *part, uint32_t buckets, uint32_t bucket,
				uint32_t count, uint32_t *ends)
{
	struct packed *names = calloc(part->count + 1UL, sizeof(*names));
	size_t at = 0;

	if (!names)
		return NULL;
	for (uint32_t i = 0; i < part->count; i++) {
		struct head head;

		memcpy(&head, part->bytes + at, sizeof(head));
		at += sizeof(head);
		names[i] = (struct packed){
			.hash = head.hash,
			.at = (uint32_t)at,
			.len = head.len,
			.mark = head.mark,
		};
		at += head.len;
		ends[rb_policy_slot_first(head.hash, buckets) - bucket]++;
	}
	for (uint32_t i = 1; i < count; i++)
		ends[i] += ends[i - 1];
	return names;
}

/*
 * The names of a part, which has count of the buckets from this one on: bucket by bucket, those of
 * one bucket as they came. The caller free()s them and *ret_ends.
 */
static struct packed *part_sort(const struct rb_build_part *part, uint32_t buckets, uint32_t bucket,
				uint32_t count, uint32_t **ret_ends)
{
	_cleanup_free_ uint32_t *ends = calloc(count, sizeof(*ends));
	_cleanup_free_ struct packed *names = ends ? part_read(part, buckets, bucket, count, ends)
						   : NULL;
	struct packed *sorted = names ? calloc(part->count + 1UL, sizeof(*sorted)) : NULL;

	if (!sorted)
		return NULL;
	/* From the last one on, so that each end becomes a beginning... */
	for (uint32_t i = part->count; i-- > 0;)
		sorted[--ends[rb_policy_slot_first(names[i].hash, buckets) - bucket]] = names[i];
	/* ... which is the end of the bucket before. */
	memmove(ends, ends + 1, (count - 1) * sizeof(*ends));
	ends[count - 1] = part->count;
	*ret_ends = TAKE_PTR(ends);
	return sorted;
}

static size_t name_write(const struct rb_build *build, const struct parsed *parsed, uint8_t *name)
{
	const struct rb_policy_tail *tail = &build->listed.tails[parsed->tail];

	memcpy(name, parsed->own, parsed->own_len);
	memcpy(name + parsed->own_len, build->bytes + tail->name, tail->name_len);
	return (size_t)parsed->own_len + tail->name_len;
}

/* The same name may have come with another tail, when that was none yet. */
static bool is_same(const struct rb_build *build, const struct rb_build_part *part,
		    const struct packed *a, const struct packed *b)
{
	const uint8_t *end = part->bytes + part->len;
	uint8_t a_name[RB_NAME_MAX], b_name[RB_NAME_MAX];
	struct parsed a_parsed, b_parsed;

	entry_parse(part->bytes + a->at, end, &a_parsed);
	entry_parse(part->bytes + b->at, end, &b_parsed);
	return a_parsed.list == b_parsed.list && a_parsed.lets_pass == b_parsed.lets_pass &&
	       rb_name_equal(a_name, name_write(build, &a_parsed, a_name), b_name,
			     name_write(build, &b_parsed, b_name));
}

/* Those of one bucket, [first, end). */
static void repeated_mark(struct rb_build *build, const struct rb_build_part *part,
			  struct packed *names, uint32_t first, uint32_t end)
{
	for (uint32_t i = first; i < end; i++) {
		const uint8_t *at = part->bytes + names[i].at;
		struct rb_policy_list *list;
		uint32_t as = 0;
		bool lets_pass;

		for (uint32_t j = i; !names[i].repeated && j-- > first;)
			names[i].repeated = names[j].hash == names[i].hash &&
					    is_same(build, part, &names[j], &names[i]);
		(void)rb_varint_get(&at, at + names[i].len, &as);
		list = &build->lists[rb_policy_listed_by(as, &lets_pass)];
		list->repeated += names[i].repeated;
		list->names += !names[i].repeated && !lets_pass;
	}
}

/* The part's buckets, the first of which is this one, begin at *end, which moves. */
static int part_settle(struct rb_build *build, struct rb_build_part *part, uint32_t bucket,
		       uint32_t *end)
{
	struct rb_build_listed *listed = &build->listed;
	uint32_t count = listed->bucket_count / RB_BUILD_PARTS, next = 0;
	_cleanup_free_ uint32_t *ends = NULL;
	_cleanup_free_ struct packed *names =
		part_sort(part, listed->bucket_count, bucket, count, &ends);
	struct rb_build_part settled = {0};
	int err = names ? 0 : -ENOMEM;

	if (!err)
		err = part_resize(&settled, part->len + 1);
	if (err)
		return err;
	for (uint32_t i = 0; i < count; i++) {
		struct rb_policy_bucket *at = &listed->buckets[bucket + i];

		at->begin = *end + (uint32_t)settled.len;
		repeated_mark(build, part, names, next, ends[i]);
		for (; next < ends[i]; next++) {
			if (names[next].repeated)
				continue;
			at->filter |= rb_policy_listed_bits(names[next].mark);
			memcpy(settled.bytes + settled.len, part->bytes + names[next].at,
			       names[next].len);
			settled.len += names[next].len;
		}
	}
	*end += (uint32_t)settled.len;
	part_free(part);
	*part = settled;
	return 0;
}

int rb_build_listed_settle(struct rb_build *build)
{
	struct rb_build_listed *listed = &build->listed;
	size_t count = 0, bytes = 0;
	uint32_t end = 0;
	int err = 0;

	for (size_t i = 0; i < RB_BUILD_PARTS; i++) {
		count += listed->parts[i].count;
		bytes += listed->parts[i].len;
	}
	if (!count)
		return 0;
	if (bytes > UINT32_MAX)
		return -E2BIG;
	listed->bucket_count =
		(uint32_t)(count / BUCKET_NAMES / RB_BUILD_PARTS + 1) * RB_BUILD_PARTS;
	listed->buckets = calloc(listed->bucket_count + 1UL, sizeof(*listed->buckets));
	if (!listed->buckets)
		return -ENOMEM;
	for (uint32_t i = 0; i < RB_BUILD_PARTS && !err; i++)
		err = part_settle(build, &listed->parts[i],
				  listed->bucket_count / RB_BUILD_PARTS * i, &end);
	listed->buckets[listed->bucket_count].begin = end;
	return err;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The name hash and what the table derives from it, for the XDP program and for userspace.
 *
 * NH (of UMAC, RFC 4418 5.2.1) over the lower-cased 8-byte words of the name, from its end: for two
 * different names the chance of a collision is 2^-32 over the choice of the secret, whatever the names
 * are, so that nobody can aim at another name's bucket. Plain multiply-xorshift hashes lack that: a
 * difference in the top bits passes through them whatever the secret is.
 */
#ifndef RB_HASH_H
#define RB_HASH_H

#include "abi.h"

#define RB_ONES  0x0101010101010101ULL
#define RB_TOPS  0x8080808080808080ULL
#define RB_LANES 0x0001000100010001ULL

/* Not 0 if there may be upper-case letters: they have bit 6 and lack bit 5. Most names have nothing of
 * that kind. */
static inline __attribute__((always_inline)) __u64 rb_word_upper(__u64 word)
{
	return word & ~(word << 1) & 0x40 * RB_ONES;
}

/* Lower-case the ASCII letters among eight bytes (a length byte, 63 at most, is below 'A'). */
static inline __attribute__((always_inline)) __u64 rb_word_lower(__u64 word)
{
	__u64 low7, from_a, past_z, upper;

	if (!rb_word_upper(word))
		return word;
	low7 = word & ~RB_TOPS;
	from_a = low7 + (0x80 - 'A') * RB_ONES;
	past_z = low7 + (0x7f - 'Z') * RB_ONES;
	upper = from_a & ~past_z & ~word & RB_TOPS;
	return word | (upper >> 2);
}

/* A bit for the first zero byte (its top bit; bits above it are meaningless); 0: none. */
static inline __attribute__((always_inline)) __u64 rb_word_zero(__u64 word)
{
	return (word - RB_ONES) & ~word & RB_TOPS;
}

/* Of a non-zero rb_word_zero(): the mask of the bytes up to and including the zero byte. */
static inline __attribute__((always_inline)) __u64 rb_zero_mask(__u64 zero)
{
	return zero ^ (zero - 1);
}

/* Of a non-zero rb_word_zero(): how many bytes up to and including the zero byte, 1 to 8. */
static inline __attribute__((always_inline)) __u32 rb_zero_bytes(__u64 zero)
{
	return (__u32)((((zero - 1) & RB_ONES) * RB_ONES) >> 56);
}

/*
 * Names are hashed and compared in words from their end, which the parser finds first. Of the eight
 * bytes of the word that begins the name only those count that are the name's, 0 to 7: its upper ones.
 */
static inline __attribute__((always_inline)) __u64 rb_name_keep(__u32 name_len)
{
	return ~(~0ULL >> (name_len * 8 & 56));
}

/* One step of NH: a lower-cased word (bytes before the name are zero) with its word of the secret. */
static inline __attribute__((always_inline)) __u64 rb_hash_step(__u64 word, __u64 secret)
{
	__u32 low = (__u32)word + (__u32)secret;
	__u32 high = (__u32)(word >> 32) + (__u32)(secret >> 32);

	return (__u64)low * high;
}

/* Spread NH's sum and the rest of the question over all bits: buckets take the upper, tags the
 * lower. */
static inline __attribute__((always_inline)) __u64 rb_hash_finish(__u64 sum, __be16 qtype)
{
	__u64 hash = sum + qtype * 0x9e3779b97f4a7c15ULL;

	hash ^= hash >> 32;
	hash *= 0xd6e8feb86659fd93ULL;
	hash ^= hash >> 32;
	hash *= 0xd6e8feb86659fd93ULL;
	return hash ^ (hash >> 32);
}

/* Where the record of one client class is, if it is not the one that several share: see
 * RB_AUDIENCES. hash: of the question. */
static inline __attribute__((always_inline)) __u64 rb_hash_of_class(__u64 hash, __u32 client_class)
{
	hash = (hash + (client_class + 1) * 0x9e3779b97f4a7c15ULL) * 0xd6e8feb86659fd93ULL;
	return hash ^ (hash >> 32);
}

static inline __attribute__((always_inline)) __u32 rb_hash_bucket(__u64 hash, __u32 buckets)
{
	return (__u32)(((hash >> 32) * buckets) >> 32);
}

/* Buckets are multiples of RB_SHARDS, so a bucket belongs to one shard in each tier. */
static inline __attribute__((always_inline)) __u32 rb_hash_shard(__u64 hash)
{
	return (__u32)(((hash >> 32) * RB_SHARDS) >> 32);
}

/*
 * The home of a record: the way of its bucket that it gets if possible, and that is searched first.
 * It follows from the tag, so that a tag tells whether its record is at home.
 */
static inline __attribute__((always_inline)) __u32 rb_tag_home(__u16 tag)
{
	return tag >> 13;
}

static inline __attribute__((always_inline)) __u32 rb_hash_home(__u64 hash)
{
	return rb_tag_home((__u16)hash);
}

_Static_assert(RB_WAYS == 1 << (16 - 13), "a home is a way");

static inline __attribute__((always_inline)) __u16 rb_hash_tag(__u64 hash, __u8 serves)
{
	return (__u16)((hash & 0xfffc) | serves);
}

/* Whether the tag has the hash's bits and serves the variant (RB_SERVES_DO0 or _DO1). */
static inline __attribute__((always_inline)) int rb_tag_matches(__u16 tag, __u64 hash, __u8 serves)
{
	return (tag & (0xfffc | serves)) == rb_hash_tag(hash, serves);
}

/*
 * The way of a bucket whose tag has the hash's bits and serves the variant (RB_SERVES_DO0 or
 * _DO1); RB_WAYS: none. Writers keep it unique. Four tags are compared at once: a lane becomes zero
 * where all bits that matter are equal.
 */
static inline __attribute__((always_inline)) __u32 rb_bucket_find(__u64 tags0, __u64 tags1,
								  __u64 hash, __u8 serves)
{
	__u64 care = (0xfffcULL | serves) * RB_LANES;
	__u64 want = rb_hash_tag(hash, serves) * RB_LANES;
	__u64 lanes = (tags0 & care) ^ want;
	__u64 zero = (lanes - RB_LANES) & ~lanes & (0x8000 * RB_LANES);
	__u32 way = 0;

	if (!zero) {
		lanes = (tags1 & care) ^ want;
		zero = (lanes - RB_LANES) & ~lanes & (0x8000 * RB_LANES);
		way = 4;
		if (!zero)
			return RB_WAYS;
	}
	/* From the first zero lane's top bit: one bit for each lane up to it, added up. */
	return way + (__u32)((((zero ^ (zero - 1)) >> 15 & RB_LANES) * RB_LANES) >> 48) - 1;
}

#endif

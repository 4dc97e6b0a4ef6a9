/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The policy image: local policy compiled into one block without pointers, which can lie in a
 *sealed memfd and be read by any process that decides. A look-up walks the labels of a name from
 *its end, one hash step each, and stops at the longest zone.
 *
 * Thread:   immutable; any.
 * Units:    offsets and lengths in bytes from the image's start; numbers in host order.
 * Safety:   an image is not trusted: rb_policy_open() checks the spans, every access checks its
 *	     index, so that a damaged image gives wrong answers at worst, and never reads outside.
 */
#ifndef RB_POLICY_IMAGE_H
#define RB_POLICY_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/word.h"

#define RB_POLICY_MAGIC 0x3750766c6f506272ULL /* changes with the layout */

/* The label of wildcards. */
#define RB_POLICY_STAR       ((const uint8_t *)"\1*")
#define RB_POLICY_STAR_BYTES 2

/* An array in the image. */
struct rb_policy_span {
	uint32_t offset; /* a multiple of 8 */
	uint32_t count;  /* members */
};

struct rb_policy_header {
	uint64_t magic;
	uint64_t seed;      /* of the hash */
	uint64_t bytes;     /* of the whole image */
	uint32_t numbering; /* of the classes, as in struct rb_local */
	uint32_t listed_at; /* in bytes_of: the names that blocklists need are from here on */
	struct rb_policy_span zones;      /* struct rb_policy_zone */
	struct rb_policy_span zone_slots; /* struct rb_policy_slot */
	struct rb_policy_span nodes;      /* struct rb_policy_node */
	struct rb_policy_span node_slots; /* struct rb_policy_slot */
	struct rb_policy_span details;    /* struct rb_policy_detail */
	struct rb_policy_span overrides;  /* struct rb_policy_override */
	struct rb_policy_span rrsets;     /* struct rb_policy_rrset */
	struct rb_policy_span tag_data;   /* struct rb_policy_tag_data */
	struct rb_policy_span classes;    /* struct rb_policy_class */
	struct rb_policy_span views;      /* struct rb_policy_view */
	struct rb_policy_span rpzs;       /* struct rb_policy_rpz, in the order of the file */
	struct rb_policy_span nets;       /* struct rb_policy_net */
	struct rb_policy_span net_slots;  /* struct rb_policy_slot */
	struct rb_policy_span net_sets;   /* struct rb_policy_net_set */
	struct rb_policy_span lists;      /* struct rb_policy_list, in the order of the file */
	/* See struct rb_policy_tail. */
	struct rb_policy_span list_buckets; /* struct rb_policy_bucket, and one for the end */
	struct rb_policy_span list_runs;    /* bytes */
	struct rb_policy_span list_tails;   /* struct rb_policy_tail */
	struct rb_policy_span records;      /* bytes: see struct rb_policy_rrset */
	struct rb_policy_span bytes_of;     /* names */
};

/*
 * Hash tables with linear probing, never full. The hash's low half chooses the slot; the high half
 * is kept, so that a miss seldom looks anywhere else.
 */
struct rb_policy_slot {
	uint32_t hash;
	uint32_t index; /* + 1; 0: free */
};

struct rb_policy_zone {
	uint32_t name;   /* in bytes_of */
	uint32_t detail; /* + 1; 0: none */
	uint32_t line;
	uint16_t file;
	uint16_t qclass;
	uint8_t name_len;
	uint8_t type; /* enum rb_zone_type */
	uint8_t view;
	uint8_t spare;
};

/* What few zones have. */
struct rb_policy_detail {
	uint64_t tags; /* 0: for all clients */
	uint32_t soa;  /* rrset + 1: of negative answers, with their TTL; 0: none */
	uint32_t override_first;
	uint32_t override_count;
	uint32_t spare;
};

struct rb_policy_override {
	uint8_t addr[16];
	uint8_t prefix;
	uint8_t type;
	uint8_t spare[6];
};

/*
 * A name in a zone that has data, or has some below it. Triggers of response policy zones are such
 * names, too, in a scope of their own.
 */
#define RB_POLICY_RPZ_SCOPE    0x80000000U /* | the zone's number */
#define RB_POLICY_SERVER_SCOPE 0xc0000000U /* the same of triggers on name servers' names */

struct rb_policy_node {
	uint32_t zone; /* its scope */
	uint32_t name;
	uint32_t rrset; /* first + 1; 0: an empty non-terminal (RFC 8499) */
	uint32_t line;  /* of a trigger */
	uint32_t least; /* of an RPZ: the first of the labels below it that lead to triggers, in
			 * bytes_of + 1; 0: there is none */
	uint16_t file;
	uint8_t name_len;
	uint8_t action; /* of a trigger: enum rb_rpz_action */
};

/* records: count times { uint32_t ttl_s, line; uint16_t file, rdata_len; rdata }, without padding.
 */
struct rb_policy_rrset {
	uint32_t next;    /* of the node, + 1; 0: the last */
	uint32_t records; /* in the header's records */
	uint32_t records_len;
	uint16_t type;
	uint16_t count;
};

#define RB_POLICY_RECORD_HEADER 12

/* access-control-tag-data of a class. */
struct rb_policy_tag_data {
	uint32_t rrset; /* first + 1 */
	uint8_t client_class;
	uint8_t tag;
	uint16_t spare;
};

struct rb_policy_class {
	uint64_t tags;
	uint8_t actions[64];
	uint8_t view;
	uint8_t spare[7];
};

struct rb_policy_view {
	uint8_t first;
	uint8_t has_zones; /* a view without any leaves everything to those outside */
	uint8_t spare[6];
};

struct rb_policy_rpz {
	uint64_t tags;     /* 0: for all clients */
	uint32_t name;     /* in bytes_of */
	uint32_t log_name; /* text, not terminated */
	uint32_t cname;    /* rpz-cname-override: rrset + 1 */
	uint8_t name_len;
	uint8_t log_name_len;
	uint8_t override; /* enum rb_rpz_action; RB_RPZ_NONE: each trigger's own */
	uint8_t log;
	uint8_t signal_ra; /* NXDOMAIN without RA */
	uint8_t servers;   /* it has triggers on name servers */
	uint8_t spare[6];
};

/* What is done about an address: of a client, or in a response. */
struct rb_policy_net {
	uint8_t addr[16]; /* v4-mapped for IPv4; bits past the prefix are zero */
	uint64_t tags;    /* response-ip-tag */
	uint32_t rrset;   /* data: first + 1; 0: none */
	uint32_t line;
	uint16_t file;
	uint16_t set;
	uint8_t prefix; /* of the 128 bits */
	uint8_t action; /* enum rb_rpz_action, or enum rb_zone_type of response-ip */
	uint8_t spare[2];
};

/*
 * Sets of netblocks: response-ip outside of views, that of each view, then RB_POLICY_RPZ_SETS of
 * each RPZ. lengths has a bit for each length of prefix that there is.
 */
struct rb_policy_net_set {
	uint64_t lengths[3];
};

#define RB_POLICY_RPZ_SETS 3 /* on clients, responses, and name servers */

static inline uint32_t rb_policy_client_set(uint32_t views, uint32_t rpz)
{
	return 1 + views + RB_POLICY_RPZ_SETS * rpz;
}

static inline uint32_t rb_policy_response_set(uint32_t views, uint32_t rpz)
{
	return rb_policy_client_set(views, rpz) + 1;
}

static inline uint32_t rb_policy_server_set(uint32_t views, uint32_t rpz)
{
	return rb_policy_client_set(views, rpz) + 2;
}

struct rb_policy_list {
	uint64_t tags; /* 0: for all clients */
	uint32_t name; /* text, not terminated */
	uint16_t file;
	uint8_t name_len;
	uint8_t action; /* enum rb_list_action */
	/* What was found in the file. */
	uint32_t names, repeated;
	uint32_t unusable; /* lines */
	uint32_t line;     /* of the first of them */
	/* RB_LIST_ADDRESS */
	uint8_t addr4[4], addr16[16];
	uint8_t has4, has16;
	uint8_t spare[2];
};

/*
 * The names in blocklists lie in buckets by their hash, four in each as a rule. A bucket's filter has
 * a few bits for each of its names, so that a name that is in no list seldom costs more than these
 * eight bytes. Its names lie one behind the other up to where the next bucket begins: the list's
 * number, the line, the tail's number (see varint.h), and a length byte with so many bytes that stand
 * in front of the tail. Of one name the entries are in the order of the lists.
 *
 * A tail is a name under which many are listed, so that it is there once.
 */
struct rb_policy_bucket {
	uint32_t begin; /* in list_runs */
	uint32_t filter;
};

struct rb_policy_tail {
	uint32_t name; /* in bytes_of */
	uint8_t name_len;
	uint8_t spare[3];
};

#define RB_POLICY_LISTED_SCOPE 0 /* of the hash */

/* What an entry of a run begins with: its list, and whether the list lets the name pass. */
static inline uint32_t rb_policy_listed_as(uint32_t list, bool lets_pass)
{
	return list << 1 | lets_pass;
}

static inline uint32_t rb_policy_listed_by(uint32_t as, bool *ret_lets_pass)
{
	*ret_lets_pass = as & 1;
	return as >> 1;
}

/* A name's bits in the filter are of its mark, which is of the half of the hash that does not choose
 * the bucket. */
static inline uint16_t rb_policy_listed_mark(uint64_t hash)
{
	return (uint16_t)(hash >> 32);
}

static inline uint32_t rb_policy_listed_bits(uint16_t mark)
{
	return 1U << (mark & 31) | 1U << (mark >> 5 & 31) | 1U << (mark >> 10 & 31);
}

/* One label, its length byte in front, further down from what is above it. Lower case. */
static inline uint64_t rb_policy_hash_label(uint64_t above, const uint8_t *label)
{
	uint64_t hash = above ^ (label[0] + 1ULL) * 0x9e3779b97f4a7c15ULL;

	/* Eight bytes at a time, the last of them lowest: the multiplication is what takes long. */
	for (size_t at = 0; at < label[0]; at += 8) {
		size_t len = label[0] - at < 8 ? label[0] - at : 8;
		uint64_t word = __builtin_bswap64(rb_word_load(label + 1 + at, len));

		hash = (hash ^ word >> (8 - len) * 8) * 0xd6e8feb86659fd93ULL;
		hash ^= hash >> 32;
	}
	return hash;
}

/* Of a name in a scope: the view and class of a zone, or the zone of a node. */
static inline uint64_t rb_policy_hash_in(uint64_t name_hash, uint32_t scope)
{
	uint64_t hash = (name_hash ^ scope) * 0xff51afd7ed558ccdULL;

	hash ^= hash >> 32;
	hash *= 0xc4ceb9fe1a85ec53ULL;
	return hash ^ hash >> 31;
}

static inline uint32_t rb_policy_zone_scope(uint8_t view, uint16_t qclass)
{
	return (uint32_t)view << 16 | qclass;
}

static inline uint64_t rb_policy_hash_net(uint64_t seed, const uint8_t addr[16], uint8_t prefix)
{
	uint64_t hash = seed ^ prefix * 0x9e3779b97f4a7c15ULL;

	for (unsigned int i = 0; i < 16; i++)
		hash = (hash ^ addr[i]) * 0x100000001b3ULL;
	return hash ^ hash >> 29;
}

static inline void rb_policy_mask(uint8_t addr[16], unsigned int prefix)
{
	for (unsigned int i = prefix / 8; i < 16; i++)
		addr[i] = i == prefix / 8 ? addr[i] & (uint8_t)(0xff00 >> prefix % 8) : 0;
}

/* As Unbound sorts the names of a policy zone: shorter labels first. */
static inline int rb_policy_compare_labels(const uint8_t *a, const uint8_t *b)
{
	for (unsigned int i = 0; i <= a[0]; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* Where a search begins in a table of so many slots. */
static inline uint32_t rb_policy_slot_first(uint64_t hash, uint32_t slots)
{
	return (uint32_t)((hash & UINT32_MAX) * slots >> 32);
}

#endif

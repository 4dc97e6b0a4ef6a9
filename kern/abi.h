/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The hot table's layout: everything that the XDP program and userspace must agree on.
 *
 * The table has three tiers of records that differ in size alone. Each tier is a
 * set-associative cache of two arrays: tags (16 bytes a bucket, 8 ways) and records, where the
 * slot of a record follows from its bucket and way: record index = bucket * RB_WAYS + way.
 * A tag only says where to look. The record itself proves whose answer it is.
 *
 * Writers: one thread at a time per bucket (userspace). Readers: XDP on every CPU, workers, tools.
 */
#ifndef RB_ABI_H
#define RB_ABI_H

#ifndef __bpf__
#include <assert.h>
#include <linux/types.h>
#endif

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "names are scanned and hashed as little-endian words"
#endif

/* Increased whenever a struct of this file changes: a table of another version is replaced. */
#define RB_LAYOUT_VERSION 7

#define RB_PIN_DIR    "/sys/fs/bpf/runbound"
#define RB_WAYS       8 /* records per bucket and tier */
#define RB_PINNED_MAX 4 /* how many of them may be pinned; the others are for current queries */
#define RB_SHARDS                                                                                  \
	64 /* bucket ranges, each with a lock for its writers; bucket counts are multiples */
#define RB_NAME_MAX      255 /* bytes of a wire-form name with its root label, RFC 1035 2.3.4 */
#define RB_LABEL_MAX     63
#define RB_NAME_WORDS    32       /* 8-byte words that hold RB_NAME_MAX bytes */
#define RB_LOCALS_MAX    16       /* served addresses per interface and family */
#define RB_OWN_MAX       32       /* addresses per interface and family that no client of it has */
#define RB_VLANS_MAX     16       /* VLANs of an interface whose frames are answered on it */
#define RB_RECORD_HEADER 40       /* bytes before rb_record data */
#define RB_TTL_SKIP      255      /* a TTL distance that only moves on; see struct rb_record */
#define RB_TTL_MAX_S     0xffffff /* the longest lifetime of a record in seconds: half a year */
#define RB_STALE_ENDLESS 255      /* a stale_limit: the response has no signatures */
#define RB_TTL_STEPS_MAX 120      /* TTL distances of a record */
#define RB_ROTATE_MAX    16       /* addresses in an RRset that is rotated; larger ones are not */
#define RB_RESPONSE_MIN  512      /* bytes that every client accepts over UDP, RFC 1035 4.2.1 */

enum rb_tier {
	RB_SMALL,  /* an address or two */
	RB_MEDIUM, /* negative answers, CNAME chains, one signature */
	RB_LARGE,  /* anything else that fits 1232 bytes of DNS */
	RB_TIERS,
};

#define RB_SMALL_BYTES  96
#define RB_MEDIUM_BYTES 320
#define RB_LARGE_BYTES  1408

/*
 * Which questions a way serves, in the low bits of its tag and in the record's traits. A response
 * without DNSSEC records is stored once, with both bits.
 */
#define RB_SERVES_DO0  0x1
#define RB_SERVES_DO1  0x2
#define RB_SERVES_MASK 0x3

/* Traits of a record besides RB_SERVES_*. */
#define RB_FIXED_TTL 0x4  /* local data: TTLs do not age */
#define RB_SECURE    0x8  /* validated: AD=1 in replies to queries with AD or DO, RFC 6840 5.8 */
#define RB_NO_STALE  0x10 /* never served past its expiry (errors, local data) */
#define RB_SECOND    0x20 /* resolved in the second context; its refresh takes the first */
#define RB_PINNED    0x40 /* no other record replaces it while it is fresh; for userspace alone */
#define RB_STUB      0x80 /* stands for an answer that no tier can hold: see struct rb_record */

/*
 * Marks are the only byte of a record that the XDP program writes. It sets a mark only if that is
 * clear. REFRESH: a reader has asked for the record's refresh, so that no other reader needs to.
 */
#define RB_MARK_VISITED 0x1
#define RB_MARK_REFRESH 0x2

/*
 * One cached response. The size follows from the tier; data holds
 *
 *	[body] ... [ttl distances, backwards from the name][qname, up to the last byte]
 *
 * body:   the response's sections after the question, in wire form, with compression pointers into
 *	   the question (message offset 12) and into itself.
 * ttl distances: ttl_steps bytes, one for each step, the first just before qname. Each moves a
 *	   cursor (from 0 = start of body) forwards; the cursor then stands on a TTL, unless the
 *	   distance was RB_TTL_SKIP.
 * qname:  lower case wire form with the root label; its last byte is its only zero byte.
 *
 * The question alone determines where each of these is, so that a reader can fetch all cache lines
 * of the record at once.
 *
 * A stub (RB_STUB) has only a header and a qname; its message_sum is the length of the body that it
 * stands for. It serves only to send TC=1 to clients for which that answer is too large; nobody is
 * answered from it.
 *
 * Reading is a seqlock: take seq (odd: busy), read, take seq again (changed: torn, discard).
 */
struct rb_record {
	__u32 seq;             /* odd while being written */
	__u32 epoch;           /* of the configuration that produced it; other epochs are misses */
	__u64 expires_ns;      /* by the kernel's boot clock */
	__u32 ttl_s : 24;      /* lifetime at insertion: inserted at expires_ns - ttl_s */
	__u32 stale_limit : 8; /* how long its signatures are valid past its expiry, by
				* rb_stale_limit_make() */
	__u16 message_sum; /* one's complement sum, in memory order, of the whole reply except its
			    * id: flags and counts as below, qname in lower case, body unaged */
	__u16 ttl_weight;  /* mod 65535: what message_sum loses for each second of age */
	__be16 qtype;      /* with audience and qname_len one word, see rb_record_key() */
	__u8 audience;     /* which clients it is for: see RB_AUDIENCES */
	__u8 qname_len;    /* bytes, root label included */
	__u16 body_len;    /* bytes */
	__u8 traits;       /* RB_SERVES_*, and RB_FIXED_TTL to RB_STUB */
	__u8 marks;        /* RB_MARK_*; cleared by the writer, set by readers, not under seq */
	/* From here to data is one word, in which the counts stand as in a message: RB_COUNTS. */
	__be16 flags; /* the response's second header word: QR, AA, RD, RA, rcode; no AD, CD, TC */
	__u8 rotate;  /* this many records at the end of body are an RRset of addresses, whose order
		       * changes with every query (rrset-roundrobin); 0: none */
	__u8 ancount;
	__u8 ede; /* RFC 8914 info code + 1; 0: none */
	__u8 nscount;
	__u8 ttl_steps;
	__u8 arcount; /* without OPT */
	__u8 data[];
};

/* Of the word that begins with a record's flags: the lower bytes of the message's last three counts. */
#define RB_COUNTS 0xff00ff00ff000000ULL

/*
 * A record in the room of its tier, which is what the arrays hold. A copy in memory of any record
 * has the layout of the large tier.
 */
union rb_small {
	struct rb_record record;
	__u8 bytes[RB_SMALL_BYTES];
};
union rb_medium {
	struct rb_record record;
	__u8 bytes[RB_MEDIUM_BYTES];
};
union rb_large {
	struct rb_record record;
	__u8 bytes[RB_LARGE_BYTES];
};
_Static_assert(sizeof(union rb_small) == RB_SMALL_BYTES, "layout version 7");
_Static_assert(sizeof(union rb_medium) == RB_MEDIUM_BYTES, "layout version 7");
_Static_assert(sizeof(union rb_large) == RB_LARGE_BYTES, "layout version 7");
_Static_assert(__builtin_offsetof(struct rb_record, data) == RB_RECORD_HEADER, "layout version 7");

/* What a record answers, except the name itself: qtype, audience and qname_len as the one word that
 * they are in the record. */
#define RB_KEY_AUDIENCE 0x00ff0000U

static inline __attribute__((always_inline)) __u32 rb_record_key(__be16 qtype, __u8 audience,
								 __u8 qname_len)
{
	return (__u32)qtype | (__u32)audience << 16 | (__u32)qname_len << 24;
}

/*
 * All clients of a class get the same answers, since access-control, views and tags treat them
 * alike. Class 0 is for clients that none of these names. A record is for an audience: a set of
 * classes, which has a number of 8 bits:
 *
 *	0	everybody
 *	1 - 64	one class, whose number is one less
 *	65 on	a set that some record has needed; rb_control.sets has its classes
 *
 * At most one of a question's records is for several classes. The hash of the question leads to it;
 * rb_hash_of_class() leads to each of the others.
 */
#define RB_CLASSES_MAX   64 /* in the table; clients of classes above get nothing from it */
#define RB_AUDIENCES     256
#define RB_AUDIENCE_ALL  0
#define RB_AUDIENCE_SETS 65 /* the first that is not a single class */

/* The tags of one bucket: upper 14 bits from the hash, RB_SERVES_* below; 0: empty. */
struct rb_bucket {
	__u16 tags[RB_WAYS];
};

/* The secret of the name hash, drawn once per table (see kern/hash.h). */
struct rb_hash_key {
	__u64 nh[RB_NAME_WORDS];
};

/*
 * One per table. Written by main, and by threads that publish (the sets); read by everybody. Sets
 * are only added. Existing ones change only together with the numbering, which is written before
 * them and before the epoch: a reader that knows the classes by another numbering takes only
 * records for everybody.
 */
struct rb_control {
	__u32 layout;            /* RB_LAYOUT_VERSION */
	__u32 epoch;             /* of the configuration in force; never 0 */
	__u32 buckets[RB_TIERS]; /* multiples of RB_SHARDS */
	__u32 config;            /* fingerprint of that configuration */
	__u64 created_ns;        /* by the kernel's boot clock */
	__u64 wall_began_ns;     /* since 1970: when that clock began, by the wall clock */
	__u32 numbering; /* of the client classes: a hash of what they are; 0: there are none */
	__u32 set_count; /* audiences below this number are in use */
	__u64 sets[RB_AUDIENCES]; /* bit n: class n */
	struct rb_hash_key key;
};

/* What access-control says of a client. The order is ABI: values of rb_acl, see rb_acl_value(). */
enum rb_access {
	RB_ACCESS_UNKNOWN,   /* no rule loaded: nobody is answered by the kernel */
	RB_ACCESS_DENY,      /* drop */
	RB_ACCESS_REFUSE,    /* rcode REFUSED */
	RB_ACCESS_ALLOW,     /* answer; RD=0 only from local data */
	RB_ACCESS_USERSPACE, /* any rule that needs more than the table (snoop, setrd, *_non_local)
			      */
};

/*
 * A value of rb_acl: a client's access, and its class, which matters only if the client may ask.
 * RB_ACL_BY_DESTINATION: no rule names the client, so that the rule of the address that it asks applies,
 * if there is one.
 */
#define RB_ACL_BY_DESTINATION (1U << 16)

static inline __attribute__((always_inline)) __u32 rb_acl_value(enum rb_access access,
								__u32 client_class)
{
	return (__u32)access | client_class << 8;
}

static inline __attribute__((always_inline)) enum rb_access rb_acl_value_access(__u32 value)
{
	return (enum rb_access)(value & 0xff);
}

static inline __attribute__((always_inline)) __u32 rb_acl_value_class(__u32 value)
{
	return value >> 8 & (RB_CLASSES_MAX - 1);
}

/* A key of rb_acl, an LPM trie. IPv4 addresses are v4-mapped (::ffff:0:0/96). */
struct rb_acl_key {
	__u32 prefixlen; /* bits: 32 (epoch) + 96 (v4-mapped) + IPv4 prefix, or 32 + IPv6 prefix */
	__u32 epoch;     /* of the rules, so that a reload adds its own beside those in force */
	__u8 addr[16];
};

/* Which extended errors replies may name (rb_knobs.ede_said). */
enum rb_ede_said {
	RB_EDE_SAYS = 0x1,       /* ede: yes */
	RB_EDE_SAYS_STALE = 0x2, /* ede-serve-expired: yes, which needs the other */
};

/* How a finished reply leaves; chosen per interface at attach time. */
enum rb_egress {
	RB_EGRESS_NONE,     /* replies cannot leave from XDP: everything goes to the sockets */
	RB_EGRESS_TX,       /* XDP_TX */
	RB_EGRESS_REDIRECT, /* bpf_redirect() to the same interface: a veth with a hidden peer */
};

/*
 * How the program ended, counted once per packet in rb_counters, per CPU. The first group left the
 * frame to the kernel's stack (PASS), the second went to userspace (HANDOVER: AF_XDP, or the stack
 * where there is no socket), the third was answered (REPLY), the last dropped (DROP).
 *
 * X(identifier, group, name, meaning)
 */
#define RB_RESULTS(X)                                                                              \
	X(NOT_IP, PASS, "not_ip", "neither IPv4 nor IPv6, or a VLAN that is not ours")             \
	X(NOT_UDP, PASS, "not_udp", "another protocol")                                            \
	X(NOT_MAC, PASS, "not_our_mac", "addressed to another machine's MAC")                      \
	X(NOT_LOCAL, PASS, "not_our_address", "not to an address and port that we serve")          \
	X(IP_ODD, PASS, "ip_odd",                                                                  \
	  "IP options, extension headers, fragments, lengths that disagree")                       \
	X(NO_EGRESS, HANDOVER, "no_egress", "ours, but replies cannot leave from XDP here")        \
	X(MISS, HANDOVER, "miss", "not in the table")                                              \
	X(EXPIRED, HANDOVER, "expired", "in the table, but too old")                               \
	X(BUSY, HANDOVER, "busy", "the record is being written")                                   \
	X(COLLISION, HANDOVER, "collision", "the tag matched another name's record")               \
	X(HEADER, HANDOVER, "odd_header", "QR, opcode, TC, CD, RD=0, counts")                      \
	X(QUESTION, HANDOVER, "odd_question",                                                      \
	  "malformed name, class other than IN, meta type, bytes behind it that are no OPT")       \
	X(ADDITIONAL, HANDOVER, "odd_additional",                                                  \
	  "not one OPT, EDNS version, NSID, malformed options, bytes behind it")                   \
	X(ACCESS, HANDOVER, "access_userspace", "access-control needs userspace")                  \
	X(NO_ROOM, HANDOVER, "no_tailroom", "the driver cannot grow the frame")                    \
	X(ABOVE_MTU, HANDOVER, "above_mtu", "the answer has to be fragmented, by a socket")        \
	X(TOO_LONG, HANDOVER, "too_long", "larger than the client takes, with glue to leave out")  \
	X(ANSWERED, REPLY, "answered", "positive answer")                                          \
	X(NODATA, REPLY, "answered_nodata", "no such type")                                        \
	X(NXDOMAIN, REPLY, "answered_nxdomain", "no such name")                                    \
	X(ERROR, REPLY, "answered_error", "another rcode, from the table")                         \
	X(STALE, REPLY, "answered_stale", "past its expiry, as serve-expired allows")              \
	X(TRUNCATED, REPLY, "answered_truncated", "TC=1: larger than the client takes")            \
	X(REFUSED, REPLY, "refused", "REFUSED by access-control")                                  \
	X(DENIED, DROP, "denied", "dropped by access-control")                                     \
	X(SOURCE, DROP, "bad_source",                                                              \
	  "from an address that no client has: our own, loopback, multicast, broadcast, "          \
	  "an IPv4 address in IPv6")                                                               \
	X(SOURCE_MAC, DROP, "bad_source_mac", "from a multicast or broadcast MAC")                 \
	X(IP_CHECKSUM, DROP, "bad_ip_checksum", "the IPv4 header is damaged")                      \
	X(NO_CHECKSUM, DROP, "no_udp_checksum", "UDP over IPv6 without a checksum")                \
	X(TORN, DROP, "torn", "the record changed while it was copied")                            \
	X(INTERNAL, DROP, "internal", "a bound that the verifier asks for and that cannot happen")

enum rb_result {
	RB_NEXT = -1, /* go on with the next stage; not counted */
#define X(id, group, name, meaning) RB_##id,
	RB_RESULTS(X)
#undef X
		RB_RESULT_COUNT,
};

/* What the XDP program asks for through rb_refreshes: that a record be resolved again. */
struct rb_refresh {
	__u32 tier;  /* enum rb_tier */
	__u32 index; /* of the tier's records */
};

enum rb_result_group {
	RB_GROUP_PASS,
	RB_GROUP_HANDOVER,
	RB_GROUP_REPLY,
	RB_GROUP_DROP,
};

static inline __attribute__((always_inline)) enum rb_result_group
rb_result_group(enum rb_result result)
{
	switch (result) {
#define X(id, group, name, meaning)                                                                \
	case RB_##id:                                                                              \
		return RB_GROUP_##group;
		RB_RESULTS(X)
#undef X
	default:
		return RB_GROUP_DROP;
	}
}

/* Events that do not end a packet. rb_counters counts them behind the results. */
enum rb_event {
	RB_EVENT_REDIRECTED =
		RB_RESULT_COUNT, /* handed over through AF_XDP rather than the stack */
	RB_EVENT_REFRESH,        /* a refresh was asked for */
	RB_EVENT_UNLOGGED,       /* a reply found no room in rb_logged */
	RB_EVENT_BLOCKED,        /* an answer that local policy gives in place of another */
	RB_COUNTER_COUNT,
};

/* The most bytes that a frame's headers and its question can take. */
#define RB_LOGGED_BYTES 344

/*
 * A reply, for log-queries and log-replies: the first bytes of its frame, with the question. For
 * dnstap: the whole frame, if it fits.
 */
struct rb_logged {
	__u16 dns;    /* where the message begins */
	__u16 bytes;  /* how many bytes of the frame are here */
	__u8 is_ipv6; /* the addresses end 8 bytes in front of the message */
	__u8 unused[3];
	__u8 frame[RB_LOGGED_BYTES];
};

/* The properties of answered queries that statistics count, as bits. RD is always set. */
enum rb_trait {
	RB_TRAIT_IPV6 = 1,
	RB_TRAIT_EDNS = 2,
	RB_TRAIT_EDNS_DO = 4,
	RB_TRAIT_AD = 8,
	RB_TRAIT_SETS = 16, /* combinations of them */
};

#define RB_PLAIN_TYPES 128 /* types from here to 255 are not of data, see rb_qtype_is_plain() */

/* The value of rb_counters: all that the program keeps on each CPU, found by one look-up. */
struct rb_cpu {
	__u64 counters[RB_COUNTER_COUNT]; /* enum rb_result, enum rb_event */
	/* Replies from the table, by type (those above 255 together, at last) and traits. */
	__u64 answered[RB_PLAIN_TYPES + 1][RB_TRAIT_SETS];
	__u64 rcodes[16]; /* of RB_STALE, RB_TRUNCATED and RB_ERROR, whose name says none */
	__u64 jiffies;    /* when it read the boot clock */
	__u64 now_ns;     /* the boot clock then */
};

#endif

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An iterator that prints the live records as text, a line for each: `cat` on its pin shows them,
 * whether or not a daemon runs.
 *
 * It is run once for each element of the tag array with the most buckets, and looks at the bucket
 * of that number in every tier. A record is copied to the stack under its sequence number; one
 * that changes meanwhile is left out, as is one whose lengths are none of its tier.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "abi.h"
#include "fence.bpf.h"
#include "control.bpf.h"
#include "table_maps.bpf.h"
#include "wire.h"

#define NS_PER_S 1000000000ULL

char _license[] SEC("license") = "Dual BSD/GPL";

/* A record as it is printed. On the stack: two who read at once share no memory. */
struct line {
	__u8 name[RB_NAME_WORDS * 8]; /* wire form, and then its dots in place of length bytes */
	__u64 left_ns;
	__be16 qtype;
	__be16 flags;
	__u8 qname_len;
	__u8 ancount;
	__u8 nscount;
	__u8 arcount;
	__u8 traits;
	__u8 label_left; /* bytes of the label that name_punctuate() is in */
	__u8 odd;        /* enum escape_form of any byte */
	struct seq_file *seq;
};

/* Of one element: the bucket of this number in every tier. */
struct visit {
	struct seq_file *seq;
	__u32 bucket;
	__u32 epoch;
};

/* Types by their mnemonics as far as they are common; all others as RFC 3597 5 has them. */
#define TYPE_NAME_BYTES 8

struct type_name {
	__u16 type;
	char name[TYPE_NAME_BYTES];
};

static const struct type_name type_names[] = {
	{RB_TYPE_A, "A"},
	{RB_TYPE_NS, "NS"},
	{RB_TYPE_CNAME, "CNAME"},
	{RB_TYPE_SOA, "SOA"},
	{RB_TYPE_PTR, "PTR"},
	{RB_TYPE_MX, "MX"},
	{RB_TYPE_TXT, "TXT"},
	{RB_TYPE_AAAA, "AAAA"},
	{33, "SRV"},
	{35, "NAPTR"},
	{RB_TYPE_DNAME, "DNAME"},
	{RB_TYPE_DS, "DS"},
	{44, "SSHFP"},
	{RB_TYPE_RRSIG, "RRSIG"},
	{RB_TYPE_NSEC, "NSEC"},
	{RB_TYPE_DNSKEY, "DNSKEY"},
	{RB_TYPE_NSEC3, "NSEC3"},
	{52, "TLSA"},
	{64, "SVCB"},
	{65, "HTTPS"},
	{257, "CAA"},
};

static const char rcode_names[][TYPE_NAME_BYTES + 2] = {
	"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
};

/*
 * What stands for itself in presentation form, RFC 1035 5.1, is 0 here. A table, and not a
 * condition: of what it says the verifier knows nothing, so it need not follow each case.
 */
enum escape_form {
	ESCAPE_BACKSLASH = 1,
	ESCAPE_DECIMAL = 2,
};

static const __u8 escapes[256] = {
	[0 ... ' '] = ESCAPE_DECIMAL,       ['.'] = ESCAPE_BACKSLASH, ['\\'] = ESCAPE_BACKSLASH,
	['"'] = ESCAPE_BACKSLASH,           ['('] = ESCAPE_BACKSLASH, [')'] = ESCAPE_BACKSLASH,
	[';'] = ESCAPE_BACKSLASH,           ['@'] = ESCAPE_BACKSLASH, ['$'] = ESCAPE_BACKSLASH,
	['~' + 1 ... 255] = ESCAPE_DECIMAL,
};

/*
 * Loops are calls of bpf_loop() here: the verifier follows their bodies once, and not as often as
 * they run.
 *
 * Dots for the length bytes, and zeros (which no stored name holds) for the dots inside of labels.
 */
static long byte_punctuate(__u32 i, struct line *line)
{
	__u8 byte, is_length = !line->label_left;

	if (i >= RB_NAME_MAX || i >= line->qname_len)
		return 1;
	byte = line->name[i];
	line->odd |= is_length ? 0 : escapes[byte];
	line->name[i] = is_length ? '.' : byte == '.' ? 0 : byte;
	line->label_left = is_length ? byte : line->label_left - 1;
	return 0;
}

static long byte_write(__u32 i, struct line *line)
{
	__u8 byte;

	i++; /* the first byte is a length */
	if (i >= RB_NAME_MAX || i >= line->qname_len)
		return 1;
	byte = line->name[i];
	if (!byte)
		return BPF_SEQ_PRINTF(line->seq, "\\.") != 0;
	if (escapes[byte] == ESCAPE_DECIMAL)
		return BPF_SEQ_PRINTF(line->seq, "\\%u%u%u", byte / 100, byte / 10 % 10,
				      byte % 10) != 0;
	if (byte != '.' && escapes[byte])
		BPF_SEQ_PRINTF(line->seq, "\\");
	return bpf_seq_write(line->seq, &line->name[i], 1) != 0;
}

static __always_inline void name_write(struct line *line)
{
	__u32 len = line->qname_len;

	/*
	 * 0, as the byte is the root label. The verifier of 6.1 follows a loop's body with what is
	 * known before it, and would take a plain 0 for the truth of every round.
	 */
	line->label_left = line->name[(len - 1) & 255];
	line->odd = 0;
	bpf_loop(RB_NAME_MAX, byte_punctuate, line, 0);
	/* Every name but the root begins with a length, and ends with the root's. */
	RB_PIN_REGISTER(len);
	if (len <= 1 || len > RB_NAME_MAX)
		bpf_seq_write(line->seq, line->name, 1);
	else if (line->odd)
		bpf_loop(RB_NAME_MAX, byte_write, line, 0);
	else
		bpf_seq_write(line->seq, line->name + 1, len - 1);
}

static __noinline int type_write(struct seq_file *seq, __u16 type)
{
	for (__u32 i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++)
		if (type == type_names[i].type)
			return BPF_SEQ_PRINTF(seq, " %s", type_names[i].name);
	return BPF_SEQ_PRINTF(seq, " TYPE%u", type);
}

static __noinline int rcode_write(struct seq_file *seq, __u32 rcode)
{
	if (rcode < sizeof(rcode_names) / sizeof(rcode_names[0]))
		return BPF_SEQ_PRINTF(seq, " %s", rcode_names[rcode]);
	return BPF_SEQ_PRINTF(seq, " RCODE%u", rcode);
}

static __always_inline const char *variant_name(__u8 traits)
{
	switch (traits & RB_SERVES_MASK) {
	case RB_SERVES_DO0:
		return "DO=0";
	case RB_SERVES_DO1:
		return "DO=1";
	default:
		return "DO=0,1";
	}
}

/* The name at the record's end, by words. false: lengths that no record of the tier has. */
static __always_inline bool name_load(const struct rb_record *record, __u32 data_bytes,
				      struct line *line)
{
	__u64 *words = (__u64 *)line->name;
	__u32 last = data_bytes - 8, offset;

	line->qname_len = record->qname_len;
	if (!line->qname_len || record->body_len + line->qname_len > data_bytes)
		return false;
	offset = data_bytes - line->qname_len;
	/* All of them, whatever is needed: the verifier then has one case to follow, and not 32. */
	for (__u32 i = 0; i < RB_NAME_WORDS; i++, offset += 8) {
		__u32 from = offset > last ? last : offset;

		/* Of the record's last word only what has not been taken yet. */
		RB_PIN_REGISTER(from);
		if (from > last)
			return false;
		words[i] = RB_LOAD64(record->data + from) >> ((offset - from) * 8 & 63);
	}
	return true;
}

/* A copy that is one record, live and of this epoch, and no stub. data_bytes: of the tier, a constant. */
static __always_inline bool line_load(const struct rb_record *record, __u32 data_bytes, __u32 epoch,
				      struct line *line)
{
	__u32 seq = *(volatile const __u32 *)&record->seq;
	__u64 now_ns = bpf_ktime_get_boot_ns();
	__u64 expires_ns;

	if (seq & 1)
		return false;
	load_fence();
	expires_ns = record->expires_ns;
	if (record->epoch != epoch || expires_ns <= now_ns || record->traits & RB_STUB)
		return false;
	line->left_ns = expires_ns - now_ns;
	line->qtype = record->qtype;
	line->flags = record->flags;
	line->ancount = record->ancount;
	line->nscount = record->nscount;
	line->arcount = record->arcount;
	line->traits = record->traits;
	if (!name_load(record, data_bytes, line))
		return false;
	load_fence();
	return *(volatile const __u32 *)&record->seq == seq;
}

static __always_inline void line_write(struct line *line, const char *map, __u32 index)
{
	__u32 left_s = (line->left_ns + NS_PER_S - 1) / NS_PER_S;
	const char *validation = "insecure";

	if (line->traits & RB_SECURE)
		validation = "secure";
	else if (line->traits & RB_FIXED_TTL)
		validation = "local";
	name_write(line);
	type_write(line->seq, __builtin_bswap16(line->qtype));
	rcode_write(line->seq, __builtin_bswap16(line->flags) & RB_FLAG_RCODE);
	BPF_SEQ_PRINTF(line->seq, " %u %u/%u/%u %s %s %s %u\n", left_s, line->ancount,
		       line->nscount, line->arcount, variant_name(line->traits), validation, map,
		       index);
}

/* The way of a bucket, in one tier: there may be no such bucket, and nothing in the way. */
#define WAY_DUMP(class_name, record_bytes)                                                         \
	static long way_dump_##class_name(__u32 way, const struct visit *visit)                    \
	{                                                                                          \
		__u32 bucket = visit->bucket, index = bucket * RB_WAYS + way;                      \
		const struct rb_bucket *tags =                                                     \
			bpf_map_lookup_elem(&rb_tags_##class_name, &bucket);                       \
		const struct rb_record *record;                                                    \
		struct line line;                                                                  \
                                                                                                   \
		if (!tags || way >= RB_WAYS)                                                       \
			return 1;                                                                  \
		record = bpf_map_lookup_elem(&rb_recs_##class_name, &index);                       \
		if (!tags->tags[way] || !record ||                                                 \
		    !line_load(record, (record_bytes)-RB_RECORD_HEADER, visit->epoch, &line))      \
			return 0;                                                                  \
		line.seq = visit->seq;                                                             \
		line_write(&line, "rb_recs_" #class_name, index);                                  \
		return 0;                                                                          \
	}

WAY_DUMP(small, RB_SMALL_BYTES)
WAY_DUMP(medium, RB_MEDIUM_BYTES)
WAY_DUMP(large, RB_LARGE_BYTES)

SEC("iter/bpf_map_elem")
int rb_dump(struct bpf_iter__bpf_map_elem *ctx)
{
	struct visit visit = {.seq = ctx->meta->seq};
	const __u32 *key = ctx->key;

	if (!key)
		return 0;
	if (!ctx->meta->seq_num)
		BPF_SEQ_PRINTF(visit.seq, "# name type rcode seconds-left "
					  "answer/authority/additional for validation map index\n");
	visit.bucket = *key;
	visit.epoch = rb_control.epoch;
	bpf_loop(RB_WAYS, way_dump_small, &visit, 0);
	bpf_loop(RB_WAYS, way_dump_medium, &visit, 0);
	bpf_loop(RB_WAYS, way_dump_large, &visit, 0);
	return 0;
}

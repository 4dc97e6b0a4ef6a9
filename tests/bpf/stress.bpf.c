// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The kernel's side of the stress test: a client that asks random names of the XDP program under
 * test, which it calls in its place, and a sink that looks at every bit of the replies.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#include "tests/bpf/stress.h"

char _license[] SEC("license") = "Dual BSD/GPL";

/* The queries, ready but for port and id. Written by userspace. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, STRESS_NAMES);
	__type(key, __u32);
	__type(value, struct stress_query);
} stress_queries SEC(".maps");

/* The program under test. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} stress_server SEC(".maps");

/* How frames were found, by enum stress_finding. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STRESS_FINDINGS);
	__type(key, __u32);
	__type(value, __u64);
} stress_findings SEC(".maps");

/* Up to the question. */
struct reply_frame {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
	struct rb_dns_header dns;
	__u8 question[STRESS_QNAME_BYTES + RB_QUESTION_TAIL];
} __attribute__((packed));

_Static_assert(sizeof(struct reply_frame) == STRESS_BODY_AT, "no VLAN tag, no IP options");

/* The frames of a test run come back as they were left: all of it is written anew each time. */
SEC("xdp.frags")
int stress_ask(struct xdp_md *ctx)
{
	struct reply_frame *frame = (void *)(long)ctx->data;
	__u32 dice = bpf_get_prandom_u32() & 0x7fff;
	__u32 index = dice % STRESS_NAMES;
	__u16 port = STRESS_PORT | dice;
	const struct stress_query *query = bpf_map_lookup_elem(&stress_queries, &index);

	if (!query || (void *)frame + sizeof(*query) > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	__builtin_memcpy(frame, query, sizeof(*query));
	frame->udp.source = bpf_htons(port);
	frame->dns.id = bpf_htons(stress_id(port));
	bpf_tail_call(ctx, &stress_server, 0);
	return XDP_ABORTED;
}

/* What the reply must be like, once its first address has told the stamp. */
struct expected {
	struct stress_record record;
	__u32 stamp;
	__u32 from; /* the first address's number */
	__u64 sum;  /* of the body, in memory order */
};

static __always_inline __u32 load16(const __u8 *bytes)
{
	return (__u32)bytes[0] << 8 | bytes[1];
}

/* STRESS_RIGHT, or what is wrong. A function of its own: its loop is verified once. */
__noinline int stress_check_records(struct xdp_md *ctx, struct expected *expected)
{
	const __u8 *start = (void *)(long)ctx->data;
	const void *end = (void *)(long)ctx->data_end;
	__u32 drift = 0, number;
	__u64 sum = 0;

	if (!expected)
		return STRESS_OTHER;
	number = expected->from;
	for (__u32 i = 0; i < STRESS_RRS_MAX; i++) {
		const __u8 *rr = start + STRESS_BODY_AT + i * STRESS_RR_BYTES;
		const __u32 *words = (const __u32 *)rr;
		__u32 ttl, lost;

		if (i >= expected->record.rrs)
			break;
		if ((void *)(rr + STRESS_RR_BYTES) > end)
			return STRESS_WRONG_COUNT;
		/* Compressed owner, A, IN; four bytes of data. */
		if (words[0] != bpf_htonl(0xc00c0001) || load16(rr + 4) != 1 ||
		    load16(rr + 10) != 4)
			return STRESS_WRONG_RECORD;
		if (words[3] != bpf_htonl(stress_address(expected->stamp, number)))
			return STRESS_WRONG_RECORD;
		if (++number == expected->record.rotate)
			number = 0;
		ttl = load16(rr + STRESS_RR_TTL) << 16 | load16(rr + STRESS_RR_TTL + 2);
		lost = expected->record.ttl_s + i - expected->record.age_s - ttl;
		/* It may have been in the table for a while; all TTLs have then lost the same. */
		if (!i)
			drift = lost;
		if (lost > 4 || lost != drift)
			return STRESS_WRONG_TTL;
		sum += (__u64)words[0] + words[1] + words[2] + words[3];
	}
	expected->sum = sum;
	return STRESS_RIGHT;
}

static __always_inline enum stress_finding check_question(const struct reply_frame *frame,
							  __u32 index)
{
	const struct stress_query *query = bpf_map_lookup_elem(&stress_queries, &index);
	const __u8 *asked;

	if (!query)
		return STRESS_OTHER;
	asked = query->bytes + __builtin_offsetof(struct reply_frame, question);
	for (__u32 i = 0; i < sizeof(frame->question); i++)
		if (frame->question[i] != asked[i])
			return STRESS_WRONG_QUESTION;
	return STRESS_RIGHT;
}

static __always_inline enum stress_finding check_headers(const struct reply_frame *frame, __u32 len,
							 __u16 port)
{
	if (frame->ip.tot_len != bpf_htons(len - sizeof(frame->eth)) ||
	    frame->udp.len != bpf_htons(len - sizeof(frame->eth) - sizeof(frame->ip)) ||
	    frame->dns.id != bpf_htons(stress_id(port)) || frame->dns.qdcount != bpf_htons(1) ||
	    frame->dns.nscount || frame->dns.arcount != bpf_htons(1))
		return STRESS_WRONG_HEADERS;
	return STRESS_RIGHT;
}

/* The OPT record, with an extended error where the record has one; the sum of both is added. */
static __always_inline enum stress_finding check_opt(const __u8 *opt, const void *end, __u8 ede,
						     __u64 *sum)
{
	__u32 option_bytes = ede ? 6 : 0;

	if ((void *)(opt + RB_OPT_BYTES) > end)
		return STRESS_WRONG_OPT;
	if (opt[0] || load16(opt + 1) != RB_TYPE_OPT || load16(opt + 3) != 1232 || opt[5] ||
	    opt[6] || opt[7] || opt[8] || load16(opt + 9) != option_bytes)
		return STRESS_WRONG_OPT;
	/* In memory order: the type, 1232 and so on, each at an odd offset. */
	*sum += RB_TYPE_OPT + (4 << 8) + 0xd0 + option_bytes;
	if (!ede)
		return STRESS_RIGHT;
	if ((void *)(opt + RB_OPT_BYTES + 6) > end)
		return STRESS_WRONG_OPT;
	opt += RB_OPT_BYTES;
	if (load16(opt) != RB_OPTION_EDE || load16(opt + 2) != 2 || load16(opt + 4) != ede - 1)
		return STRESS_WRONG_OPT;
	*sum += RB_OPTION_EDE + 2 + (__u32)(ede - 1);
	return STRESS_RIGHT;
}

/* RFC 768: everything from the addresses on, with the protocol, and the length once more. */
static __always_inline enum stress_finding check_sum(const struct reply_frame *frame, __u64 sum)
{
	const __u32 addresses = sizeof(struct ethhdr) + __builtin_offsetof(struct iphdr, saddr);
	const __u16 *words = (const void *)frame + addresses;

	for (__u32 i = 0; i < (sizeof(*frame) - addresses) / 2; i++)
		sum += words[i];
	sum += bpf_htons(IPPROTO_UDP) + (__u32)frame->udp.len;
	for (int i = 0; i < 4; i++)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff && frame->udp.check ? STRESS_RIGHT : STRESS_WRONG_SUM;
}

static __always_inline enum stress_finding check(struct xdp_md *ctx)
{
	struct reply_frame *frame = (void *)(long)ctx->data;
	const void *end = (void *)(long)ctx->data_end;
	__u32 len = ctx->data_end - ctx->data, expected_len;
	struct expected expected = {};
	enum stress_finding finding;
	__u16 port, flags;
	__u32 address;

	if ((void *)(frame + 1) + STRESS_RR_BYTES > end)
		return STRESS_OTHER;
	if (frame->eth.h_proto != bpf_htons(0x0800) || frame->ip.protocol != IPPROTO_UDP ||
	    frame->udp.source != bpf_htons(53))
		return STRESS_OTHER;
	port = bpf_ntohs(frame->udp.dest);
	finding = check_headers(frame, len, port);
	if (finding == STRESS_RIGHT)
		finding = check_question(frame, port % STRESS_NAMES);
	if (finding != STRESS_RIGHT)
		return finding;
	address = bpf_ntohl(*(__u32 *)((void *)(frame + 1) + STRESS_RR_ADDRESS));
	expected.stamp = stress_stamp(address);
	if (expected.stamp % STRESS_NAMES != port % STRESS_NAMES)
		return STRESS_WRONG_NAME;
	stress_describe(expected.stamp, &expected.record);
	if (expected.record.rotate)
		expected.from = frame->dns.id % expected.record.rotate;
	expected_len = STRESS_BODY_AT + expected.record.rrs * STRESS_RR_BYTES + RB_OPT_BYTES +
		       (expected.record.ede ? 6 : 0);
	if (frame->dns.ancount != bpf_htons(expected.record.rrs) || len != expected_len)
		return STRESS_WRONG_COUNT;
	/* Validated data is marked so, since all queries have AD=1. */
	flags = expected.record.flags | (expected.record.secure ? RB_FLAG_AD : 0);
	if (frame->dns.flags != bpf_htons(flags))
		return STRESS_WRONG_FLAGS;
	finding = stress_check_records(ctx, &expected);
	if (finding != STRESS_RIGHT)
		return finding;
	finding = check_opt((void *)(frame + 1) + (expected.record.rrs & 0x7f) * STRESS_RR_BYTES,
			    end, expected.record.ede, &expected.sum);
	if (finding != STRESS_RIGHT)
		return finding;
	return check_sum(frame, expected.sum);
}

SEC("xdp.frags")
int stress_sink(struct xdp_md *ctx)
{
	__u32 finding = check(ctx);
	__u64 *count = bpf_map_lookup_elem(&stress_findings, &finding);

	if (count)
		*count += 1;
	return XDP_DROP;
}

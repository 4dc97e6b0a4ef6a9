// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Counts names while `runbound-cachectl top` runs: after the XDP program (fexit) it looks at the
 * frame, which is a question still or the reply to it, and counts its name by how it ended.
 *
 * It only reads. The frame is copied, as a tracing program has no direct access to it.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

#include "packet.bpf.h"
#include "top.h"

#define HEADS_MAX   (DNS_OFFSET_MAX + sizeof(struct rb_dns_header))
#define FRAME_BYTES (HEADS_MAX + RB_NAME_MAX + RB_QUESTION_TAIL)

char _license[] SEC("license") = "Dual BSD/GPL";

const volatile __u32 rb_sample = 1; /* of so many frames one is looked at */

/* Written here, read and emptied by the tool; shared by the programs of all interfaces. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, RB_TOP_NAMES);
	__type(key, struct rb_top_key);
	__type(value, struct rb_top_entry);
} rb_top_names SEC(".maps");

/* The frame's copy, and the entry in the making. This CPU's alone: XDP does not nest. */
struct scratch {
	__u8 frame[512]; /* FRAME_BYTES, and what a masked offset may reach beyond */
	struct rb_top_entry entry;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} rb_top_scratch SEC(".maps");

/* What there is of the frame, as offsets into its copy. */
struct frame {
	__u32 dns;
	bool is_ours; /* it is to an address and port that we serve, in that VLAN */
};

/* A UDP datagram, with its DNS header and a byte of a name at least. */
static __always_inline bool frame_parse(struct scratch *scratch, __u32 bytes, struct frame *frame)
{
	void *data = scratch->frame, *data_end = data + bytes;
	__u32 offset = sizeof(struct ethhdr), vlan, rule;
	__be16 protocol = ((struct ethhdr *)data)->h_proto;
	struct udphdr *udp;

	if (vlan_parse(data, data_end, &protocol, &offset, &vlan) != RB_NEXT)
		return false;
	if (protocol == RB_HTONS(ETH_P_IP)) {
		struct iphdr *ip = data + offset;

		udp = (void *)(ip + 1);
		if (ipv4_udp_check(FRAMING_OTHER, ip, data_end) != RB_NEXT)
			return false;
		frame->is_ours = local4_is_ours(ip, vlan, &rule);
		offset += sizeof(*ip);
	} else if (protocol == RB_HTONS(ETH_P_IPV6)) {
		struct ipv6hdr *ip = data + offset;

		udp = (void *)(ip + 1);
		if (ipv6_udp_check(FRAMING_OTHER, ip, data_end) != RB_NEXT)
			return false;
		frame->is_ours = local6_is_ours(ip->daddr.in6_u.u6_addr32, udp->dest, vlan, &rule);
		offset += sizeof(*ip);
	} else {
		return false;
	}
	frame->dns = offset + sizeof(*udp);
	return frame->dns + sizeof(struct rb_dns_header) < bytes;
}

/* RB_TOP_KINDS: none of ours. What leaves the program with QR set, it has answered itself. */
static __always_inline enum rb_top_kind kind_of(const struct scratch *scratch,
						const struct frame *frame, int verdict)
{
	const struct rb_dns_header *header =
		(const void *)(scratch->frame + masked(frame->dns, DNS_OFFSET_MASK));
	__u32 flags = RB_HTONS(header->flags);

	if (flags & RB_FLAG_QR) {
		if (verdict != XDP_TX && verdict != XDP_REDIRECT)
			return RB_TOP_KINDS;
		return (flags & RB_FLAG_RCODE) == RB_RCODE_REFUSED ? RB_TOP_REFUSED
								   : RB_TOP_ANSWERED;
	}
	if (!frame->is_ours)
		return RB_TOP_KINDS;
	return verdict == XDP_DROP ? RB_TOP_REFUSED : RB_TOP_MISSED;
}

/* The name that starts there, into the entry and the key. false: none that a record could have. */
static __noinline bool name_take(struct scratch *scratch, __u32 offset, struct rb_top_key *key)
{
	__u64 *words = (__u64 *)scratch->entry.name;

	if (!key)
		return false;
	for (__u32 i = 0; i < RB_NAME_WORDS; i++) {
		__u64 word = RB_LOAD64(scratch->frame + masked(offset, DNS_OFFSET_MASK) + i * 8);
		__u64 zero = rb_word_zero(word);

		if (zero)
			word &= rb_zero_mask(zero);
		word = rb_word_lower(word);
		words[i] = word;
		key->hash_sum += rb_hash_step(word, rb_knobs.key.nh[i]);
		if (zero) {
			key->qname_len = i * 8 + rb_zero_bytes(zero);
			return true;
		}
	}
	return false;
}

static __always_inline void entry_count(struct scratch *scratch, const struct rb_top_key *key,
					enum rb_top_kind kind)
{
	struct rb_top_entry *entry = bpf_map_lookup_elem(&rb_top_names, key);

	if (entry) {
		entry->counts[kind]++;
		return;
	}
	__builtin_memset(scratch->entry.counts, 0, sizeof(scratch->entry.counts));
	scratch->entry.counts[kind] = 1;
	bpf_map_update_elem(&rb_top_names, key, &scratch->entry, BPF_ANY);
}

SEC("fexit/rb_main")
int BPF_PROG(rb_top, struct xdp_buff *xdp, int verdict)
{
	const void *data = xdp->data, *data_end = xdp->data_end;
	__u64 bytes = data_end - data;
	struct rb_top_key key = {};
	struct scratch *scratch;
	struct frame frame;
	enum rb_top_kind kind;
	__u32 zero = 0, tail;

	if (rb_sample > 1 && bpf_get_prandom_u32() % rb_sample)
		return 0;
	scratch = bpf_map_lookup_elem(&rb_top_scratch, &zero);
	if (!scratch)
		return 0;
	if (bytes > FRAME_BYTES)
		bytes = FRAME_BYTES;
	if (bpf_probe_read_kernel(scratch->frame, bytes, data))
		return 0;
	if (!frame_parse(scratch, bytes, &frame))
		return 0;
	kind = kind_of(scratch, &frame, verdict);
	if (kind >= RB_TOP_KINDS)
		return 0;
	tail = frame.dns + sizeof(struct rb_dns_header);
	if (!name_take(scratch, tail, &key))
		return 0;
	tail = masked(tail, DNS_OFFSET_MASK) + (key.qname_len & 0xff);
	if (tail + RB_QUESTION_TAIL > bytes)
		return 0;
	__builtin_memcpy(&key.qtype, scratch->frame + tail, sizeof(key.qtype));
	key.cpu = bpf_get_smp_processor_id();
	entry_count(scratch, &key, kind);
	return 0;
}

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

#include "ethernet.h"
#include "knobs.h"
#include "top.h"
#include "wire.h"

#define ETH_BYTES   14
#define IP4_BYTES   20
#define IP6_BYTES   40
#define UDP_BYTES   8
#define OFFSET_MASK 0x7f /* of headers: Ethernet, two tags, IPv6, UDP and DNS are 82 bytes */
#define HEADS_MAX   82
#define FRAME_BYTES (HEADS_MAX + RB_NAME_MAX + RB_QUESTION_TAIL)

char _license[] SEC("license") = "Dual BSD/GPL";

/* Those of the XDP program that is looked at. */
const volatile struct rb_knobs rb_knobs;

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
	__u32 bytes;
	__u32 ip;
	__u32 udp;
	bool is_ipv6;
};

static __always_inline __u32 load16(const struct scratch *scratch, __u32 offset)
{
	offset &= OFFSET_MASK;
	return (__u32)scratch->frame[offset] << 8 | scratch->frame[offset + 1];
}

/* A UDP datagram, with its DNS header and a byte of a name at least. */
static __always_inline bool frame_parse(const struct scratch *scratch, struct frame *frame)
{
	__u32 offset = ETH_BYTES - 2, protocol = load16(scratch, offset);

	for (int i = 0; i < VLAN_TAGS_MAX; i++) {
		if (protocol != ETH_P_8021Q && protocol != ETH_P_8021AD)
			break;
		offset += 4;
		protocol = load16(scratch, offset);
	}
	frame->ip = offset + 2;
	frame->is_ipv6 = protocol == ETH_P_IPV6;
	if (frame->is_ipv6) {
		if (scratch->frame[(frame->ip + 6) & OFFSET_MASK] != IPPROTO_UDP)
			return false;
		frame->udp = frame->ip + IP6_BYTES;
	} else {
		if (protocol != ETH_P_IP || scratch->frame[frame->ip & OFFSET_MASK] != 0x45 ||
		    scratch->frame[(frame->ip + 9) & OFFSET_MASK] != IPPROTO_UDP)
			return false;
		frame->udp = frame->ip + IP4_BYTES;
	}
	return frame->udp + UDP_BYTES + sizeof(struct rb_dns_header) < frame->bytes;
}

static __always_inline __be32 load32_raw(const struct scratch *scratch, __u32 offset)
{
	__be32 value;

	__builtin_memcpy(&value, scratch->frame + (offset & OFFSET_MASK), sizeof(value));
	return value;
}

static __always_inline bool addressed4(const struct scratch *scratch, const struct frame *frame)
{
	__be32 addr = load32_raw(scratch, frame->ip + 16);
	__be16 port = RB_HTONS(load16(scratch, frame->udp + 2));

	for (__u32 i = 0; i < RB_LOCALS_MAX && i < rb_knobs.locals4_count; i++)
		if (addr == rb_knobs.locals4[i].addr && port == rb_knobs.locals4[i].port)
			return true;
	return false;
}

static __always_inline bool addressed6(const struct scratch *scratch, const struct frame *frame)
{
	__be32 addr0 = load32_raw(scratch, frame->ip + 24);
	__be32 addr1 = load32_raw(scratch, frame->ip + 28);
	__be32 addr2 = load32_raw(scratch, frame->ip + 32);
	__be32 addr3 = load32_raw(scratch, frame->ip + 36);
	__be16 port = RB_HTONS(load16(scratch, frame->udp + 2));

	for (__u32 i = 0; i < RB_LOCALS_MAX && i < rb_knobs.locals6_count; i++)
		if (addr3 == rb_knobs.locals6[i].addr[3] && addr2 == rb_knobs.locals6[i].addr[2] &&
		    addr1 == rb_knobs.locals6[i].addr[1] && addr0 == rb_knobs.locals6[i].addr[0] &&
		    port == rb_knobs.locals6[i].port)
			return true;
	return false;
}

/* RB_TOP_KINDS: none of ours. What leaves the program with QR set, it has answered itself. */
static __always_inline enum rb_top_kind kind_of(const struct scratch *scratch,
						const struct frame *frame, int verdict)
{
	__u32 flags = load16(scratch, frame->udp + UDP_BYTES + 2);

	if (flags & RB_FLAG_QR) {
		if (verdict != XDP_TX && verdict != XDP_REDIRECT)
			return RB_TOP_KINDS;
		return (flags & RB_FLAG_RCODE) == RB_RCODE_REFUSED ? RB_TOP_REFUSED
								   : RB_TOP_ANSWERED;
	}
	if (frame->is_ipv6 ? !addressed6(scratch, frame) : !addressed4(scratch, frame))
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
		__u64 word = RB_LOAD64(scratch->frame + (offset & OFFSET_MASK) + i * 8);
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
	frame.bytes = bytes;
	if (!frame_parse(scratch, &frame))
		return 0;
	kind = kind_of(scratch, &frame, verdict);
	if (kind >= RB_TOP_KINDS)
		return 0;
	tail = frame.udp + UDP_BYTES + sizeof(struct rb_dns_header);
	if (!name_take(scratch, tail, &key))
		return 0;
	tail = (tail & OFFSET_MASK) + (key.qname_len & 0xff);
	if (tail + RB_QUESTION_TAIL > frame.bytes)
		return 0;
	__builtin_memcpy(&key.qtype, scratch->frame + tail, sizeof(key.qtype));
	key.cpu = bpf_get_smp_processor_id();
	entry_count(scratch, &key, kind);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The TTLs of a reply, in the frame: aged, or short ones for a stale record.
 */
#ifndef RB_TTL_BPF_H
#define RB_TTL_BPF_H

#include "maps.bpf.h"
#include "packet.bpf.h"
#include "sum.h"

#define RR_BYTES_MIN 11 /* root owner, no data: no record of a body is shorter */

/* Instead of an age: the record is stale, and no TTL is longer than rb_knobs.stale_ttl_s. */
#define AGE_STALE (~0U)

/*
 * Write one TTL in the frame: minus its age (which the sum already includes), or the short one of a
 * stale reply. offset: in the message. Returns what to add to the sum of a stale reply.
 */
static __always_inline __u32 ttl_write(__be32 *ttl, __u32 offset, __u32 age_s)
{
	__be32 before = *ttl, after = bpf_htonl(rb_knobs.stale_ttl_s);

	if (!rb_knobs.stale_ns || age_s != AGE_STALE) {
		*ttl = bpf_htonl(bpf_ntohl(before) - age_s);
		return 0;
	}
	if (bpf_ntohl(before) <= rb_knobs.stale_ttl_s)
		return 0;
	*ttl = after;
	return rb_sum_shift((after & 0xffff) + (after >> 16), offset) +
	       (__u16)~rb_sum_fold(rb_sum_shift((before & 0xffff) + (before >> 16), offset));
}

/*
 * Write every TTL of the body (at offset body of the frame; dns: the message's offset). Returns -1,
 * or what to add to the sum.
 */
static __always_inline int ttls_write(struct xdp_md *ctx, const struct rb_record *record,
				      __u32 data_bytes, __u32 body, __u32 dns, __u32 age_s)
{
	void *data = frame_start(ctx);
	void *data_end = frame_end(ctx);
	__u32 steps = record->ttl_steps;
	__u32 cursor = masked(body, FRAME_MASK);
	__u64 sum = 0;

	/* The tier bounds the loop: no resource record is shorter than RR_BYTES_MIN. */
	for (__u32 i = 0; i < RB_TTL_STEPS_MAX && i < data_bytes / RR_BYTES_MIN; i++) {
		__u32 offset = data_bytes - 1 - i - record->qname_len;
		__be32 *ttl;
		__u8 distance;

		if (i + 1 > steps)
			break;
		RB_PIN_REGISTER(offset);
		if (offset >= data_bytes)
			return -1;
		distance = record->data[offset];
		cursor = masked(cursor + distance, FRAME_MASK);
		if (distance == RB_TTL_SKIP)
			continue;
		ttl = data + cursor;
		if ((void *)(ttl + 1) > data_end)
			return -1;
		sum += ttl_write(ttl, cursor - dns, age_s);
	}
	return rb_sum_fold(sum);
}

/* Of a large record, see ttls_write_of(). */
__noinline int rb_ttls_large(struct xdp_md *ctx, __u32 index, __u32 body, __u32 dns, __u32 age_s)
{
	const void *record = bpf_map_lookup_elem(&rb_recs_large, &index);

	if (!record)
		return -1;
	return ttls_write(ctx, record, RB_LARGE_BYTES - RB_RECORD_HEADER, body, dns, age_s);
}

#endif

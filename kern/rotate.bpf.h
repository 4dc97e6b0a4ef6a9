/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rrset-roundrobin: the query id decides which of the addresses at the end of a reply comes first,
 * as in Unbound. Only the addresses move, by an even number of bytes, so the sum stays as it is.
 */
#ifndef RB_ROTATE_BPF_H
#define RB_ROTATE_BPF_H

#include "maps.bpf.h"
#include "packet.bpf.h"
#include "reply.h"

#define ADDRESS_RR_MIN (RB_ROTATE_FIXED_BYTES + 4) /* bytes of an A record */

static __always_inline void address_copy(void *to, const void *from, __u32 bytes)
{
	__u32 *out = to;
	const __u32 *in = from;

	out[0] = in[0];
	if (bytes == 4)
		return;
	out[1] = in[1];
	out[2] = in[2];
	out[3] = in[3];
}

/* body: its offset in the frame. 0, or -1 if the record exceeds a bound: then it is torn. */
static __always_inline int addresses_rotate(struct xdp_md *ctx, const struct rb_record *record,
					    __u32 data_bytes, __u32 body, __be16 qtype, __be16 id)
{
	__u32 bytes = rb_rotate_rdata_bytes(qtype);
	__u32 stride = RB_ROTATE_FIXED_BYTES + bytes;
	__u32 count = record->rotate;
	__u32 from, start;

	if (!bytes || count < 2 || count > RB_ROTATE_MAX)
		return -1;
	from = id % count;
	if (!from)
		return 0;
	start = record->body_len - count * stride + RB_ROTATE_FIXED_BYTES;
	for (__u32 i = 0; i < RB_ROTATE_MAX && i < data_bytes / ADDRESS_RR_MIN; i++) {
		void *data = frame_start(ctx);
		__u32 turned, offset, out;

		if (i + 1 > count)
			break;
		turned = from + i < count ? from + i : from + i - count;
		offset = start + turned * stride;
		RB_PIN_REGISTER(offset);
		if (offset > data_bytes - bytes)
			return -1;
		out = masked(body + start + i * stride, FRAME_MASK);
		if (data + out + bytes > frame_end(ctx))
			return -1;
		address_copy(data + out, record->data + offset, bytes);
	}
	return 0;
}

/* Of a large record, see rotation_of(). */
__noinline int rb_rotate_large(struct xdp_md *ctx, __u32 index, __u32 body, __u32 qtype, __u32 id)
{
	const void *record = bpf_map_lookup_elem(&rb_recs_large, &index);

	if (!record)
		return -1;
	return addresses_rotate(ctx, record, RB_LARGE_BYTES - RB_RECORD_HEADER, body, (__be16)qtype,
				(__be16)id);
}

#endif

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The bench's client: a generator that is run by BPF_PROG_TEST_RUN on live frames, and the sink on
 * the same interface that verifies and counts what comes back.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#include "bench.h"

#define ETH_P_IP   0x0800
#define ETH_P_IPV6 0x86dd
#define DNS_PORT   53
#define SUM_WORDS  800 /* of a UDP datagram that are summed up */
#define SUM_EVERY  64

char _license[] SEC("license") = "Dual BSD/GPL";

const volatile struct bench_template templates[BENCH_TEMPLATES_MAX];
const volatile __u32 templates_count = 1;
const volatile __u32 frame_len; /* of the frames that the generator gets: the longest template */
const volatile __u32 ifindex;
const volatile __u32 names;
const volatile __u32 order; /* enum bench_order */
const volatile __u32 clients = 1;
const volatile __u32 interval_ns; /* between two queries of a CPU; 0: as fast as it goes */
const volatile __u32 timed_every; /* one in so many queries is timed, a power of two; 0: none */
const volatile __u32 expected_rcode;
const volatile __u32 expected_address; /* 1: the answer's last four bytes are the name's address */
const volatile __u32 expected_answer = 1;
const volatile __u32 unchecked; /* 1: for replies the sink does no more than for reflected frames */
const volatile __u32 sums_checked; /* frames from sockets have no checksum yet */
const volatile __u32 run_targets;  /* other than 0: run so many targets on queries, and send none */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct bench_generator);
} generators SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* BENCH_ZIPF_SAMPLES, where they are used */
	__type(key, __u32);
	__type(value, __u32);
} samples SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bench_received);
} received SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BENCH_TIMED_PORTS);
	__type(key, __u32);
	__type(value, __u64);
} sent_ns SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, BENCH_LATENCY_BINS);
	__type(key, __u32);
	__type(value, __u64);
} latencies SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, BENCH_TARGETS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} targets SEC(".maps");

/* How long each batch took, in ns: they are the targets' in turn. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* BENCH_BATCHES_MAX, where targets are run */
	__type(key, __u32);
	__type(value, __u32);
} batches SEC(".maps");

/* --- generator ------------------------------------------------------------------------------- */

static __always_inline __u64 random_next(struct bench_generator *generator)
{
	__u64 x = generator->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	generator->random = x;
	return x * 0x2545f4914f6cdd1dULL;
}

static __always_inline __u16 fold(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)((sum & 0xffff) + (sum >> 16));
}

static __always_inline __u32 number_next(const volatile struct bench_template *model,
					 const struct bench_generator *generator, __u64 random)
{
	__u32 place = generator->sequence & (BENCH_ZIPF_SAMPLES - 1);
	__u32 *sample;

	if (model->names)
		return generator->sequence % model->names;
	switch (order) {
	case BENCH_ZIPF:
		sample = bpf_map_lookup_elem(&samples, &place);
		return sample ? *sample : 0;
	case BENCH_SEQUENCE:
		return generator->sequence % names;
	default:
		return ((random >> 32) * names) >> 32;
	}
}

/* A timed query's port says where its time of departure is kept. */
static __always_inline __u16 port_next(const volatile struct bench_template *model,
				       const struct bench_generator *generator, __u64 random)
{
	if (timed_every && !model->names && !(generator->sequence & (timed_every - 1))) {
		__u32 slot = (generator->sequence / timed_every) & (BENCH_TIMED_PORTS - 1);
		__u64 *sent = bpf_map_lookup_elem(&sent_ns, &slot);

		if (sent)
			*sent = bpf_ktime_get_ns();
		return BENCH_TIMED_PORT + slot;
	}
	return BENCH_OTHER_PORT + (((random & 0xffffff) * BENCH_OTHER_PORTS) >> 24);
}

/* The end of a batch, with the first query of the next one. */
static __always_inline void batch_note(struct bench_generator *generator)
{
	__u32 place = generator->sequence / BENCH_BATCH - 1;
	__u32 *took_ns = bpf_map_lookup_elem(&batches, &place);
	__u64 now_ns = bpf_ktime_get_ns();

	if (took_ns)
		*took_ns = now_ns - generator->batch_ns;
	generator->batch_ns = now_ns;
}

/* Undo how the target has changed the frame's head, and give it the length of the next query. */
static __always_inline int frame_restore(struct xdp_md *ctx, struct bench_generator *generator,
					 __u32 len)
{
	/* By way of memory the pointer becomes a number. */
	*(volatile __u64 *)&generator->start = ctx->data;
	if (!generator->first_start)
		generator->first_start = *(volatile __u64 *)&generator->start;
	return bpf_xdp_adjust_head(
		       ctx, (int)(generator->first_start - *(volatile __u64 *)&generator->start)) ||
	       bpf_xdp_adjust_tail(ctx, (int)len - (int)bpf_xdp_get_buff_len(ctx));
}

static __always_inline int target_run(struct xdp_md *ctx, struct bench_generator *generator)
{
	__u32 target = generator->sequence / BENCH_BATCH % run_targets;

	generator->sequence++;
	/*
	 * Atomic: the query is in memory before the target looks at it, as a card's is. What is
	 * still in the processor's store buffer is read slowly, where a load spans two stores.
	 */
	__sync_fetch_and_add(&generator->sent, 1);
	bpf_tail_call(ctx, &targets, target);
	return XDP_ABORTED;
}

static __always_inline int query_write(struct xdp_md *ctx,
				       const volatile struct bench_template *model,
				       struct bench_generator *generator, __u64 random)
{
	__u32 number = number_next(model, generator, random);
	__u16 port = bpf_htons(port_next(model, generator, random));
	__u32 client = clients == 1 ? 0 : ((__u32)random * (__u64)clients) >> 32;
	const volatile __u64 *words = (const volatile __u64 *)model->frame;
	__u64 label = bench_label(model->kind, number);
	__u16 id = bench_id(label, port);
	__u32 source;
	void *data, *data_end;
	struct udphdr *udp;
	__u64 sum;

	/* The frame is as long as the longest query, or as the reply that the target made of it. */
	if (run_targets) {
		if (frame_restore(ctx, generator, model->len))
			return XDP_ABORTED;
	} else if (model->len != frame_len &&
		   bpf_xdp_adjust_tail(ctx, (int)model->len - (int)frame_len)) {
		return XDP_ABORTED;
	}
	data = (void *)(long)ctx->data;
	data_end = (void *)(long)ctx->data_end;
	if (data + model->len > data_end)
		return XDP_ABORTED;
	/* The frame is a recycled one: all of it has to be written. */
	for (__u32 i = 0; i < BENCH_FRAME_MAX / 8; i++)
		if (i * 8 + 8 <= model->len && data + i * 8 + 8 <= data_end)
			*(__u64 *)(data + i * 8) = words[i];
	if (data + model->len > data_end)
		return XDP_ABORTED;
	*(__u64 *)(data + model->len - 8) =
		*(const volatile __u64 *)(model->frame + model->len - 8);
	/* Clients differ in the last bits of their address, which is the source in either family.
	 */
	source = bpf_htonl(bpf_ntohl(*(const volatile __u32 *)(model->frame + model->udp -
							       (model->ip_sum ? 8 : 20))) +
			   client);
	if (model->ip_sum) {
		struct iphdr *ip = data + model->ip;

		if ((void *)(ip + 1) > data_end)
			return XDP_ABORTED;
		ip->saddr = source;
		ip->check = ~fold((__u64)model->ip_sum + source);
	} else {
		struct ipv6hdr *ip = data + model->ip;

		if ((void *)(ip + 1) > data_end)
			return XDP_ABORTED;
		ip->saddr.in6_u.u6_addr32[3] = source;
	}
	udp = data + model->udp;
	if ((void *)(udp + 1) + 20 > data_end)
		return XDP_ABORTED;
	*(__u64 *)((void *)(udp + 1) + 12) = label;
	*(__u16 *)(udp + 1) = id;
	udp->source = port;
	sum = (__u64)model->udp_sum + source + port + id + (label & 0xffffffff) + (label >> 32);
	udp->check = ~fold(sum);
	if (!udp->check)
		udp->check = 0xffff;
	if (run_targets)
		return target_run(ctx, generator);
	generator->sequence++;
	generator->sent++;
	return bpf_redirect(ifindex, 0);
}

SEC("xdp.frags")
int generate(struct xdp_md *ctx)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct bench_generator *generator = bpf_map_lookup_elem(&generators, &cpu);
	__u64 random;

	if (!generator)
		return XDP_ABORTED;
	if (run_targets && !(generator->sequence % BENCH_BATCH))
		batch_note(generator);
	if (interval_ns) {
		__u64 now = bpf_ktime_get_ns();

		if (now < generator->next_ns)
			return XDP_DROP;
		/* What was missed by more than a millisecond is not made up for. */
		if (now - generator->next_ns > 1000000)
			generator->next_ns = now;
		generator->next_ns += interval_ns;
	}
	random = random_next(generator);
	for (__u32 i = 0; i < BENCH_TEMPLATES_MAX - 1; i++)
		if (i + 1 < templates_count && (random & 0xff) < templates[i].share)
			return query_write(ctx, &templates[i], generator, random);
	for (__u32 i = 0; i < BENCH_TEMPLATES_MAX; i++)
		if (i + 1 == templates_count)
			return query_write(ctx, &templates[i], generator, random);
	return XDP_ABORTED;
}

/* The target that costs nothing: what remains is the generator. */
SEC("xdp.frags")
int nothing(struct xdp_md *ctx)
{
	return XDP_DROP;
}

/* --- sink ------------------------------------------------------------------------------------- */

static __always_inline __u32 latency_bin(__u64 ns)
{
	__u32 log = 0;

	if (ns < BENCH_STEPS)
		return ns;
	for (__u32 bits = 32; bits; bits /= 2)
		if (ns >> log >> bits)
			log += bits;
	return (log - BENCH_STEP_BITS) * BENCH_STEPS + (ns >> (log - BENCH_STEP_BITS));
}

static __always_inline void latency_note(__u16 port)
{
	__u32 slot = bpf_ntohs(port) - BENCH_TIMED_PORT;
	__u64 *sent = slot < BENCH_TIMED_PORTS ? bpf_map_lookup_elem(&sent_ns, &slot) : NULL;
	__u64 *bin;
	__u32 i;

	if (!sent || !*sent)
		return;
	i = latency_bin(bpf_ktime_get_ns() - *sent);
	*sent = 0;
	bin = bpf_map_lookup_elem(&latencies, &i);
	if (bin)
		(*bin)++;
}

/* The checksum of a datagram whose addresses begin at addresses and end with the IP header. */
static __always_inline bool sum_is_right(void *addresses, struct udphdr *udp, void *data_end)
{
	__u64 sum = bpf_htons(IPPROTO_UDP) + udp->len;
	__u8 *cursor = addresses;

	for (int i = 0; i < SUM_WORDS && (void *)(cursor + 2) <= data_end; i++, cursor += 2)
		sum += *(__u16 *)cursor;
	if ((void *)(cursor + 1) <= data_end)
		sum += *cursor;
	return fold(sum) == 0xffff;
}

static __always_inline bool answer_is_right(void *dns, void *data_end, __u64 label)
{
	const __u16 *counts = dns + 6;
	__u32 address;

	if (expected_answer && !counts[0])
		return false;
	if (!expected_address)
		return true;
	/* Owner, type, class, TTL and length come first; the last address bytes depend on the type.
	 */
	if (dns + BENCH_BODY_OFFSET + 16 > data_end)
		return false;
	address = *(__u32 *)(dns + BENCH_BODY_OFFSET + 12);
	if (*(__u16 *)(dns + BENCH_BODY_OFFSET + 10) == bpf_htons(16)) {
		if (dns + BENCH_BODY_OFFSET + 28 > data_end)
			return false;
		address = *(__u32 *)(dns + BENCH_BODY_OFFSET + 24);
	}
	return address == bpf_htonl(bench_address(bench_label_number(label)));
}

static __always_inline void reply_count(struct bench_received *count, void *addresses,
					struct udphdr *udp, void *data_end)
{
	void *dns = udp + 1;
	__u16 id = *(__u16 *)dns, flags = bpf_ntohs(*(__u16 *)(dns + 2));
	__u64 label = *(__u64 *)(dns + 12);

	/* Whoever answers with another letter case would not be found out here; nobody does. */
	if (bench_id(label, udp->dest) != id) {
		count->wrong_id++;
		return;
	}
	if (timed_every)
		latency_note(udp->dest);
	if (!(flags & 0x8000)) {
		count->reflected++;
		return;
	}
	if (unchecked) {
		count->good++;
		return;
	}
	count->rcodes[flags & 15]++;
	if (flags & 0x0200) {
		count->truncated++;
		return;
	}
	if ((flags & 15) != expected_rcode)
		return;
	if (!answer_is_right(dns, data_end, label)) {
		count->wrong_answer++;
		return;
	}
	if (sums_checked && !(count->frames % SUM_EVERY) &&
	    !sum_is_right(addresses, udp, data_end)) {
		count->wrong_sum++;
		return;
	}
	count->good++;
}

SEC("xdp.frags")
int sink(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct bench_received *count;
	struct udphdr *udp;
	void *addresses;
	__u32 zero = 0;

	if ((void *)(eth + 1) > data_end)
		return XDP_PASS;
	if (eth->h_proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = (void *)(eth + 1);

		if ((void *)(ip + 1) > data_end || ip->protocol != IPPROTO_UDP)
			return XDP_PASS;
		udp = (void *)(ip + 1);
		addresses = &ip->saddr;
	} else if (eth->h_proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip = (void *)(eth + 1);

		if ((void *)(ip + 1) > data_end || ip->nexthdr != IPPROTO_UDP)
			return XDP_PASS;
		udp = (void *)(ip + 1);
		addresses = &ip->saddr;
	} else {
		return XDP_PASS;
	}
	if ((void *)(udp + 1) + 20 > data_end || udp->source != bpf_htons(DNS_PORT))
		return XDP_PASS;
	count = bpf_map_lookup_elem(&received, &zero);
	if (!count)
		return XDP_ABORTED;
	count->frames++;
	count->bytes += data_end - data;
	reply_count(count, addresses, udp, data_end);
	return XDP_DROP;
}

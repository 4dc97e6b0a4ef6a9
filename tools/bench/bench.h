/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the bench's BPF programs and its other programs agree on: names by index, the traffic's
 * template, and what is counted of it.
 *
 * The n-th name of a kind is KIND nnnnnn .bench.example, six letters a to p for the number. So
 * label length, kind and number are one 8-byte word of the message at offset 12.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define BENCH_FRAME_MAX     160 /* bytes of a query's frame */
#define BENCH_TEMPLATES_MAX 4
#define BENCH_NAME_TAIL     "\005bench\007example" /* behind the first label, with the root label */
#define BENCH_NAME_BYTES    23
#define BENCH_ZONE_OFFSET   20 /* of bench.example in the message */
#define BENCH_BODY_OFFSET   (12 + BENCH_NAME_BYTES + 4)
#define BENCH_NAMES_MAX     (1 << 24)
#define BENCH_ZIPF_SAMPLES  (1 << 21)

/* Timed queries come from this range of ports, others from above it. */
#define BENCH_TIMED_PORT  1024
#define BENCH_TIMED_PORTS 4096
#define BENCH_OTHER_PORT  (BENCH_TIMED_PORT + BENCH_TIMED_PORTS)
#define BENCH_OTHER_PORTS (65536 - BENCH_OTHER_PORT)

/*
 * What targets cost: they are run in turns, each for a batch of queries. A batch is short, so that of
 * many some are left alone by whatever else the machine does.
 */
#define BENCH_TARGETS_MAX 4
#define BENCH_BATCH       256
#define BENCH_BATCHES_MAX (1 << 16)

/* Histogram of latency: 16 steps for each power of two of nanoseconds. */
#define BENCH_STEP_BITS    4
#define BENCH_STEPS        (1 << BENCH_STEP_BITS)
#define BENCH_LATENCY_BINS (40 * BENCH_STEPS)

enum bench_kind {
	BENCH_ADDRESS = 'a',  /* A or AAAA */
	BENCH_PAIR = 'p',     /* two of them, whose order turns */
	BENCH_SET = 'm',      /* four */
	BENCH_CHAIN = 'c',    /* two CNAMEs, then the address */
	BENCH_SIGNED = 's',   /* the address with an RRSIG, of no validity, for DO=1 */
	BENCH_LONG = 't',     /* TXT of about 1 KiB */
	BENCH_NXDOMAIN = 'n', /* with a SOA */
};

enum bench_order {
	BENCH_UNIFORM,
	BENCH_ZIPF,     /* by the samples map */
	BENCH_SEQUENCE, /* each once, again and again */
};

/* A query's frame without what differs from one to the next, and the sums of what does not. */
struct bench_template {
	__u8 frame[BENCH_FRAME_MAX];
	__u32 len; /* bytes */
	__u32 ip;  /* offsets */
	__u32 udp;
	__u32 ip_sum;  /* memory order, without source */
	__u32 udp_sum; /* with pseudo header, without source, source port, id, first label */
	__u32 share;   /* cumulative, of 256: which queries it makes */
	__u32 names;   /* other than 0: so many of its own, in sequence, and not timed */
	__u8 kind;
};

/* Of one CPU's generator. */
struct bench_generator {
	__u64 random;
	__u64 sequence;
	__u64 next_ns; /* not before this time, where paced */
	__u64 sent;
	__u64 batch_ns; /* when the batch began, where targets are run */
	__u64 start;    /* where the frame starts, where targets are run; first: it did at first */
	__u64 first_start;
	__u64 unused[25]; /* no two CPUs' in one cache line, wherever the map starts */
};

/* Of one CPU's sink. */
struct bench_received {
	__u64 frames;    /* from port 53 */
	__u64 good;      /* id, question, rcode and answer as they ought to be */
	__u64 reflected; /* a query that came back */
	__u64 wrong_id;  /* id, question and port do not belong together */
	__u64 wrong_answer;
	__u64 wrong_sum;
	__u64 truncated;
	__u64 rcodes[16];
	__u64 bytes; /* of frames */
};

/* The first label of a name with its length, in memory order. */
static inline __attribute__((always_inline)) __u64 bench_label(__u8 kind, __u32 number)
{
	__u64 x = number & 0xffffff;

	x = (x & 0xfff000) << 12 | (x & 0xfff);
	x = (x & 0x00000f00000fULL) | (x & 0x0000f00000f0ULL) << 4 | (x & 0x000f00000f00ULL) << 8;
	return (x + 0x616161616161ULL) << 16 | (__u64)kind << 8 | 7;
}

static inline __attribute__((always_inline)) __u32 bench_label_number(__u64 label)
{
	__u64 x = (label >> 16) - 0x616161616161ULL;

	x = (x & 0x00000f00000fULL) | (x >> 4 & 0x0000f00000f0ULL) | (x >> 8 & 0x000f00000f00ULL);
	return (__u32)((x >> 12 & 0xfff000) | (x & 0xfff));
}

/* The last four bytes of a name's address, in host order: 10/8. */
static inline __attribute__((always_inline)) __u32 bench_address(__u32 number)
{
	return 0x0a000000 | number;
}

/* The id of a query, so that the sink knows without memory what id a reply must have. */
static inline __attribute__((always_inline)) __u16 bench_id(__u64 label, __u16 port)
{
	return (__u16)(((label ^ (__u64)port << 40) * 0x9e3779b97f4a7c15ULL) >> 48);
}

#endif

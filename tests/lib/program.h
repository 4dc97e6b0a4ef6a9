/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The XDP program under test: loaded with a table and knobs of the test's own, fed with frames by
 * BPF_PROG_TEST_RUN. Nothing is attached. Failures are cmocka assertions.
 */
#ifndef RB_TESTS_PROGRAM_H
#define RB_TESTS_PROGRAM_H

#include "datapath/counters.h"
#include "lib/frame.h"
#include "table/table.h"

#define PROGRAM_ACL_EPOCH 7 /* of the rules that count, see rb_acl_load() */

struct program;

/* What a test may want to differ from the ordinary. */
struct program_opts {
	unsigned int vlan_tags; /* as frames of lib/frame.h carry them: those alone are ours */
	bool trunk;             /* several VLANs and no tag: see below */
	bool use_acl;           /* else everybody is allowed */
	uint32_t rule4, rule6;  /* the rules of the two addresses, as values of rb_acl; 0: none */
	bool no_egress;         /* RB_EGRESS_NONE instead of RB_EGRESS_TX */
	uint32_t max_udp_size;  /* 0: 1232 */
	uint32_t mtu;           /* 0: 1500 */
	bool no_ede, no_stale_ede; /* ede, ede-serve-expired: no */
	size_t table_bytes;        /* 0: 1 MB */
	bool prefetch;
	uint32_t log_sample, log_whole;
	uint64_t stale_ns;  /* serve-expired; TTLs are then 30 */
	uint32_t numbering; /* of client classes: the table then has it, too; 0: there are none */
	const void *object; /* another build of the program, as ELF; NULL: the program */
	size_t object_bytes;
};

/*
 * A trunk: 192.0.2.53 without a tag, .54 in VLAN 10 to its device's own MAC, .55 in VLAN 30, and
 * .53 once more in VLAN 20 within service VLAN 10.
 */
#define PROGRAM_VLAN_MAC "\x02\x00\x00\x00\x00\x10"

struct program *program_load(const struct program_opts *opts);
void program_free(struct program *program);

struct rb_table *program_table(struct program *program);
int program_acl_fd(struct program *program);
int program_fd(struct program *program);
/* All that is counted since the start. */
void program_counts(struct program *program, struct rb_counts *ret_counts);

void program_counters(struct program *program, uint64_t ret_counters[RB_COUNTER_COUNT]);

/* Run one frame through: the XDP action, the frame as it is then, and how it was counted. */
int program_run(struct program *program, const struct frame *in, struct frame *out,
		enum rb_result *ret_result);

const char *result_name(enum rb_result result);

#endif

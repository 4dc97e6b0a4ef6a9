/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replies while their records are being rewritten. On every CPU a client asks in the kernel, over a
 * veth whose other end checks each reply in full (stress.bpf.c), while threads store the same few
 * buckets' records anew as fast as they can. The network namespace ends with the process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <inttypes.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/stress.h"
#include "lib/prng.h"
#include "lib/program.h"
#include "kern/knobs.h"
#include "skel/test_stress.skel.h"
#include "skel/test_unchecked.skel.h"
#include "util/clock.h"

#define CLIENT       "rbst0"
#define SINK         "rbst1"
#define CPUS_MAX     256
#define WRITERS      2 /* a bucket each, in every tier */
#define WRITER_NAMES (STRESS_NAMES / WRITERS)
#define REPLIES      10000000ULL
#define UNCHECKED    1000000ULL
#define RUN_QUERIES  500000
#define PATIENCE_NS  (300 * RB_NS_PER_S)
#define SETTLE_NS    (10 * RB_NS_PER_S)

static const char *const findings[STRESS_FINDINGS] = {
	[STRESS_RIGHT] = "right",
	[STRESS_OTHER] = "no replies",
	[STRESS_WRONG_HEADERS] = "wrong headers",
	[STRESS_WRONG_QUESTION] = "wrong question",
	[STRESS_WRONG_NAME] = "another name's record",
	[STRESS_WRONG_COUNT] = "wrong count",
	[STRESS_WRONG_FLAGS] = "wrong flags",
	[STRESS_WRONG_RECORD] = "parts of two records",
	[STRESS_WRONG_TTL] = "wrong TTL",
	[STRESS_WRONG_OPT] = "wrong OPT",
	[STRESS_WRONG_SUM] = "wrong checksum",
};

struct stress {
	struct program *program;
	struct rb_test_stress_bpf *skel;
	struct bpf_link *sink;
	struct rb_table_key keys[STRESS_NAMES];
	struct frame query;
	int cpus; /* of this process */
	int cpu_ids[CPUS_MAX];
	uint64_t wanted;   /* replies to be checked */
	bool wrong_wanted; /* and until one of them is wrong */
	uint64_t until_ns; /* the end of our patience */
	atomic_bool stop;
	atomic_ullong stores;
	uint64_t found[STRESS_FINDINGS];
	uint64_t lost_before,
		lost; /* replies that found the sink's ring full, as on a busy machine they may */
	uint64_t counters[RB_COUNTER_COUNT];
};

/* What a thread is told. */
struct job {
	struct stress *stress;
	uint32_t number; /* the writer's, or the index of the CPU to ask from */
	pthread_t thread;
};

static void run(const char *command)
{
	if (system(command))
		fail_msg("%s", command);
}

static void cpus_count(struct stress *stress)
{
	cpu_set_t set;
	int cpu;

	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	for (cpu = 0; cpu < CPUS_MAX; cpu++)
		if (CPU_ISSET(cpu, &set))
			stress->cpu_ids[stress->cpus++] = cpu;
}

/* A queue for each CPU, so that what one sends no other waits for. */
static void veth_make(void)
{
	char command[256];
	long queues = sysconf(_SC_NPROCESSORS_CONF);

	assert_int_equal(unshare(CLONE_NEWNET), 0);
	snprintf(command, sizeof(command),
		 "ip link add " CLIENT " numtxqueues %ld numrxqueues %ld type veth peer name " SINK
		 " numtxqueues %ld numrxqueues %ld && ip link set " SINK
		 " up && ip link set " CLIENT " up",
		 queues, queues, queues, queues);
	run(command);
}

/* Names whose hashes agree on the bucket: with more of them than ways, slots change hands. */
static void names_choose(struct stress *stress)
{
	struct rb_table *table = program_table(stress->program);
	uint32_t number = 0, index;

	for (index = 0; index < STRESS_NAMES; number++) {
		struct rb_table_key *key = &stress->keys[index];
		uint32_t tier, writer = index / WRITER_NAMES;
		struct ask ask = {.type = LDNS_RR_TYPE_A, .edns = true, .set_flags = RB_FLAG_AD};
		char name[32];

		snprintf(name, sizeof(name), "h%08x.test.", number);
		ask.name = name;
		frame_query(&ask, &stress->query);
		assert_int_equal(stress->query.len, STRESS_QUERY_BYTES);
		assert_int_equal(rb_table_key_init(table, stress->query.bytes + STRESS_DNS_AT + 12,
						   STRESS_QNAME_BYTES, ask.type, key),
				 0);
		for (tier = 0; tier < RB_TIERS; tier++)
			if (rb_hash_bucket(key->hash, table->tiers[tier].buckets) != writer)
				break;
		if (tier < RB_TIERS)
			continue;
		assert_int_equal(bpf_map__update_elem(stress->skel->maps.stress_queries, &index,
						      sizeof(index), stress->query.bytes,
						      STRESS_QUERY_BYTES, 0),
				 0);
		index++;
	}
}

static int setup(void **state, const struct program_opts *opts)
{
	struct stress *stress = calloc(1, sizeof(*stress));
	uint32_t zero = 0;
	int fd;

	assert_non_null(stress);
	cpus_count(stress);
	stress->program = program_load(opts);
	stress->skel = rb_test_stress_bpf__open_and_load();
	assert_non_null(stress->skel);
	names_choose(stress);
	fd = program_fd(stress->program);
	assert_int_equal(bpf_map__update_elem(stress->skel->maps.stress_server, &zero, sizeof(zero),
					      &fd, sizeof(fd), 0),
			 0);
	stress->sink =
		bpf_program__attach_xdp(stress->skel->progs.stress_sink, (int)if_nametoindex(SINK));
	assert_non_null(stress->sink);
	*state = stress;
	return 0;
}

/* The smallest table: as many buckets in each tier. */
static int program_setup(void **state)
{
	return setup(state, &(struct program_opts){.table_bytes = 1});
}

static int unchecked_setup(void **state)
{
	struct program_opts opts = {.table_bytes = 1};

	opts.object = rb_test_unchecked_bpf__elf_bytes(&opts.object_bytes);
	return setup(state, &opts);
}

static int teardown(void **state)
{
	struct stress *stress = *state;

	bpf_link__destroy(stress->sink);
	rb_test_stress_bpf__destroy(stress->skel);
	program_free(stress->program);
	free(stress);
	return 0;
}

/* --- writers ------------------------------------------------------------------------------------
 */

/* The record of this stamp, as of now. answer has room for the longest. */
static void answer_describe(struct rb_answer *answer, uint32_t stamp)
{
	struct stress_record record;
	uint32_t i;

	stress_describe(stamp, &record);
	answer->ttl_s = record.ttl_s;
	/* Half a second before its age changes. */
	answer->expires_ns =
		rb_clock_ns() + (record.ttl_s - record.age_s) * RB_NS_PER_S - RB_NS_PER_S / 2;
	answer->flags = record.flags;
	answer->ancount = (uint16_t)record.rrs;
	answer->traits = RB_SERVES_DO0 | RB_SERVES_DO1 | (record.secure ? RB_SECURE : 0);
	answer->ede = record.ede;
	answer->rotate = (uint8_t)record.rotate;
	answer->body_len = (uint16_t)(record.rrs * STRESS_RR_BYTES);
	answer->ttl_count = (uint16_t)record.rrs;
	for (i = 0; i < record.rrs; i++) {
		uint8_t *rr = answer->body + (size_t)i * STRESS_RR_BYTES;
		uint32_t address = __builtin_bswap32(stress_address(stamp, i));
		uint32_t ttl = __builtin_bswap32(record.ttl_s + i);

		memcpy(rr, "\xc0\x0c\0\1\0\1", 6);
		memcpy(rr + STRESS_RR_TTL, &ttl, 4);
		memcpy(rr + STRESS_RR_TTL + 4, "\0\4", 2);
		memcpy(rr + STRESS_RR_ADDRESS, &address, 4);
		answer->ttl_offsets[i] = (uint16_t)(i * STRESS_RR_BYTES + STRESS_RR_TTL);
	}
}

static void *write_names(void *context)
{
	struct job *job = context;
	struct stress *stress = job->stress;
	struct rb_table *table = program_table(stress->program);
	struct rb_answer *answer = rb_answer_new(STRESS_RRS_MAX * STRESS_RR_BYTES, STRESS_RRS_MAX);
	struct prng prng = {job->number + 1};
	uint64_t stores = 0;

	while (answer && !atomic_load_explicit(&stress->stop, memory_order_relaxed)) {
		uint32_t name = job->number * WRITER_NAMES + prng_below(&prng, WRITER_NAMES);
		uint32_t serial = prng_below(&prng, 1U << STRESS_SERIAL_BITS);

		answer_describe(answer, serial << STRESS_NAME_BITS | name);
		if (rb_table_publish(table, &stress->keys[name], answer))
			break;
		stores++;
	}
	atomic_fetch_add(&stress->stores, stores);
	rb_answer_free(answer);
	return NULL;
}

/* --- clients ------------------------------------------------------------------------------------
 */

static void findings_read(struct stress *stress, uint64_t found[STRESS_FINDINGS])
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t values[CPUS_MAX];

	for (uint32_t i = 0; i < STRESS_FINDINGS; i++) {
		found[i] = 0;
		if (bpf_map__lookup_elem(stress->skel->maps.stress_findings, &i, sizeof(i), values,
					 sizeof(values[0]) * (size_t)cpus, 0))
			continue;
		for (int cpu = 0; cpu < cpus; cpu++)
			found[i] += values[cpu];
	}
}

static uint64_t replies_of(const uint64_t found[STRESS_FINDINGS])
{
	uint64_t replies = found[STRESS_RIGHT];

	for (int i = STRESS_WRONG; i < STRESS_FINDINGS; i++)
		replies += found[i];
	return replies;
}

static bool is_enough(const struct stress *stress, const uint64_t found[STRESS_FINDINGS])
{
	uint64_t replies = replies_of(found);

	return replies >= stress->wanted &&
	       (!stress->wrong_wanted || replies > found[STRESS_RIGHT]);
}

/* Live frames: the kernel sends what the program returns XDP_TX for, as a driver would. */
static void *ask_names(void *context)
{
	struct job *job = context;
	struct stress *stress = job->stress;
	struct xdp_md frame = {.data_end = (uint32_t)stress->query.len,
			       .ingress_ifindex = if_nametoindex(CLIENT)};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = stress->query.bytes,
		    .data_size_in = (uint32_t)stress->query.len, .ctx_in = &frame,
		    .ctx_size_in = sizeof(frame), .repeat = RUN_QUERIES,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES);
	uint64_t found[STRESS_FINDINGS];
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(stress->cpu_ids[job->number], &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
	do {
		if (bpf_prog_test_run_opts(bpf_program__fd(stress->skel->progs.stress_ask), &run))
			break;
		findings_read(stress, found);
	} while (!is_enough(stress, found) && rb_clock_ns() < stress->until_ns);
	return NULL;
}

/* The replies that the veth did not deliver, as it counts them itself. */
static uint64_t lost_read(void)
{
	FILE *pipe = popen("ethtool -S " CLIENT, "r");
	uint64_t lost = 0, count;
	char line[128];

	assert_non_null(pipe);
	while (fgets(line, sizeof(line), pipe))
		if (sscanf(line, " tx_queue_%*u_xdp_xmit_errors: %" SCNu64, &count) == 1)
			lost += count;
	assert_int_equal(pclose(pipe), 0);
	return lost;
}

/* What has left may still lie in the sink's ring. */
static void counts_read(struct stress *stress)
{
	uint64_t end_ns = rb_clock_ns() + SETTLE_NS;

	program_counters(stress->program, stress->counters);
	stress->lost = lost_read() - stress->lost_before;
	do
		findings_read(stress, stress->found);
	while (replies_of(stress->found) + stress->lost < stress->counters[RB_ANSWERED] &&
	       rb_clock_ns() < end_ns);
}

static void report(const struct stress *stress, const char *program, double seconds)
{
	print_message("%s: %llu replies in %.1f s beside %llu stores\n", program,
		      (unsigned long long)replies_of(stress->found), seconds,
		      (unsigned long long)stress->stores);
	for (int i = 0; i < STRESS_FINDINGS; i++)
		if (stress->found[i])
			print_message("    %llu %s\n", (unsigned long long)stress->found[i],
				      findings[i]);
	if (stress->lost)
		print_message("    %llu lost in a full ring\n", (unsigned long long)stress->lost);
	print_message("    not answered:");
	for (int i = 0; i < RB_RESULT_COUNT; i++)
		if (stress->counters[i] && rb_result_group((enum rb_result)i) != RB_GROUP_REPLY)
			print_message(" %llu %s", (unsigned long long)stress->counters[i],
				      result_name((enum rb_result)i));
	print_message("\n");
}

/* Ask and store until so many replies have been checked. */
static void stress_run(struct stress *stress, const char *program, uint64_t wanted)
{
	struct job writers[WRITERS], clients[CPUS_MAX];
	uint64_t start_ns = rb_clock_ns();
	int i;

	stress->wanted = wanted;
	stress->lost_before = lost_read();
	stress->until_ns = start_ns + PATIENCE_NS;
	for (i = 0; i < WRITERS; i++) {
		writers[i] = (struct job){.stress = stress, .number = (uint32_t)i};
		assert_int_equal(pthread_create(&writers[i].thread, NULL, write_names, &writers[i]),
				 0);
	}
	for (i = 0; i < stress->cpus; i++) {
		clients[i] = (struct job){.stress = stress, .number = (uint32_t)i};
		assert_int_equal(pthread_create(&clients[i].thread, NULL, ask_names, &clients[i]),
				 0);
	}
	for (i = 0; i < stress->cpus; i++)
		pthread_join(clients[i].thread, NULL);
	atomic_store(&stress->stop, true);
	for (i = 0; i < WRITERS; i++)
		pthread_join(writers[i].thread, NULL);
	counts_read(stress);
	report(stress, program, (double)(rb_clock_ns() - start_ns) / (double)RB_NS_PER_S);
}

static uint64_t wrong_of(const struct stress *stress)
{
	return replies_of(stress->found) - stress->found[STRESS_RIGHT];
}

/* Otherwise: a client would get half of one answer and half of another, or another name's. */
static void replies_are_whole_while_their_records_are_rewritten(void **state)
{
	struct stress *stress = *state;

	stress_run(stress, "the program", REPLIES);
	assert_int_equal(wrong_of(stress), 0);
	assert_true(stress->found[STRESS_RIGHT] >= REPLIES);
	/* All that left was looked at. */
	assert_int_equal(stress->found[STRESS_RIGHT] + stress->lost, stress->counters[RB_ANSWERED]);
	assert_true(stress->stores > 0);
	assert_int_equal(stress->counters[RB_INTERNAL], 0);
	/* On one CPU no store falls into a reply. */
	if (stress->cpus > 1)
		assert_true(stress->counters[RB_TORN] > 0);
}

/*
 * Otherwise: the test above would prove nothing: it would find no fault in a program that has one.
 */
static void without_the_second_look_at_seq_there_are_wrong_replies(void **state)
{
	struct stress *stress = *state;

	if (stress->cpus < 2)
		skip();
	stress->wrong_wanted = true;
	stress_run(stress, "without the second look", UNCHECKED);
	assert_true(wrong_of(stress) > 0);
	assert_int_equal(stress->counters[RB_TORN], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(replies_are_whole_while_their_records_are_rewritten,
						program_setup, teardown),
		cmocka_unit_test_setup_teardown(
			without_the_second_look_at_seq_there_are_wrong_replies, unchecked_setup,
			teardown),
	};

	veth_make();
	return cmocka_run_group_tests_name("stress", tests, NULL, NULL);
}

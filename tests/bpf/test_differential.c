/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel against userspace: what the XDP program answers is, bit for bit, the frame that a
 * worker would send for the same query; and it answers all that it should.
 *
 * RB_CASES: how many frames in all (1000000). RB_SEED: of the first; what a failure prints replays
 * it alone. RB_VERBOSE: how each kind of message ended.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "differential_world.h"
#include "lib/frame.h"
#include "lib/stream.h"
#include "lib/wrap.h"
#include "../kern/reply.h"
#include "serve/frame.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define WORLDS      4
#define CASES       1000000
#define CASES_MANY  100000 /* from here on, nothing is missing by chance */
#define MTU         1500
#define RUNS_MAX    3     /* of a case that fails */
#define TICK_MAX_US 10000 /* with 100 ticks a second */

/* What became of a query in userspace. */
struct outcome {
	bool parsed; /* it is a frame that AF_XDP's way understands */
	enum rb_serve_next next;
	bool from_table;
	bool fits;          /* one frame */
	struct frame frame; /* the reply's, for RB_SERVE_REPLY */
};

struct one_case {
	uint64_t seed;
	struct stream_message message;
	struct wrap wrap;
	enum rb_acl_action action; /* for the client that was meant */
	struct frame query;
	int xdp_action;
	enum rb_result result;
	struct frame kernel;
	struct outcome user;
};

static const struct rb_path path = {
	.transport = RB_TRANSPORT_XDP,
	.pending_bytes = sizeof(struct rb_pending),
};

/* --- failures --------------------------------------------------------------------------------- */

static void dump(const char *what, const uint8_t *bytes, size_t len)
{
	fprintf(stderr, "%s, %zu bytes:", what, len);
	for (size_t i = 0; i < len; i++)
		fprintf(stderr, "%s%02x", i % 32 ? i % 8 ? "" : " " : "\n  ", bytes[i]);
	fprintf(stderr, "\n");
}

static void fail_case(const struct world *world, const struct one_case *run, const char *why)
{
	fprintf(stderr,
		"%s: %s\n  %s message in %s frame; replay with RB_SEED=%llu RB_CASES=1\n"
		"  kernel: action %d, %s; userspace: %s%s\n",
		world->opts.name, why, stream_kind_name(run->message.kind),
		wrap_kind_name(run->wrap.kind), (unsigned long long)run->seed, run->xdp_action,
		result_name(run->result),
		!run->user.parsed                  ? "not a frame"
		: run->user.next == RB_SERVE_REPLY ? "reply"
						   : "no reply",
		run->user.from_table ? " from the table" : "");
	dump("query", run->query.bytes, run->query.len);
	dump("kernel", run->kernel.bytes, run->kernel.len);
	if (run->user.parsed && run->user.next == RB_SERVE_REPLY)
		dump("userspace", run->user.frame.bytes, run->user.frame.len);
	fail_msg("%s", why);
}

/* --- one case --------------------------------------------------------------------------------- */

/* Somebody of the rules' netblocks, mostly of the first; or of none. */
static void client_choose(struct prng *prng, struct wrap *wrap, uint8_t mapped[16])
{
	static const uint8_t ours6[] = {0x20, 1, 0xd, 0xb8}, ours4[] = {192, 0, 2};
	uint32_t block = prng_below(prng, 32);

	memset(mapped, 0, 16);
	if (wrap->ipv6) {
		memcpy(mapped, ours6, sizeof(ours6));
		mapped[5] = (uint8_t)(block < 28 ? 0 : block - 28);
		mapped[15] = (uint8_t)(1 + prng_below(prng, 15));
		if (!prng_below(prng, 64))
			mapped[3] = 0xb9;
		memcpy(wrap->client, mapped, 16);
		return;
	}
	memset(mapped + V4_PLACE, 0xff, 2);
	memcpy(mapped + 12, ours4, sizeof(ours4));
	mapped[15] = (uint8_t)(1 + prng_below(prng, 15) + (block < 26 ? 0 : (block - 25) * 16));
	if (mapped[15] == 53)
		mapped[15]++; /* the server's own */
	if (!prng_below(prng, 64))
		mapped[14] = 3;
	memcpy(wrap->client, mapped + 12, 4);
}

static void case_make(const struct world *world, uint64_t seed, struct one_case *run)
{
	/* Through the generator once: seeds in a row would give the same numbers, shifted. */
	struct prng prng = {.state = prng_next(&(struct prng){seed})};
	uint32_t kind = prng_below(&prng, 2 * STREAM_KINDS), wrap = prng_below(&prng, 16);
	uint8_t mapped[16];

	run->seed = seed;
	kind = kind < STREAM_KINDS ? kind : kind % 3 ? STREAM_PLAIN : STREAM_NEAR;
	run->wrap.kind = wrap < WRAP_KINDS ? (enum wrap_kind)wrap : WRAP_ORDINARY;
	run->wrap.ipv6 = prng_below(&prng, 3) == 0;
	run->wrap.tags = world->opts.vlan_tags;
	client_choose(&prng, &run->wrap, mapped);
	run->action = rb_acl_check(world->acl, mapped);
	stream_make(&prng, (enum stream_kind)kind, world->known,
		    kind == STREAM_PLAIN ? world->hot_count : world->known_count, &run->message);
	wrap_make(&prng, &run->wrap, run->message.bytes, run->message.len, &run->query);
}

/* The way of a frame in serve/xdp.c, but for the socket. */
static void userspace_run(struct world *world, const struct frame *query, struct outcome *ret)
{
	/* Of the very size, so that a sanitizer sees whoever reads behind the end. */
	_cleanup_free_ uint8_t *packet = malloc(query->len), *message = NULL;
	struct rb_received received = {.path = &path};
	uint64_t submitted = world->resolvers.submitted;
	struct rb_pending *pending = NULL;
	struct rb_frame frame;
	size_t len = 0;

	assert_non_null(packet);
	memcpy(packet, query->bytes, query->len);
	ret->parsed = !rb_frame_parse(packet, query->len, &frame);
	ret->next = RB_SERVE_DROP;
	ret->from_table = false;
	if (!ret->parsed)
		return;
	message = malloc(frame.payload_len ? frame.payload_len : 1);
	assert_non_null(message);
	memcpy(message, packet + frame.payload, frame.payload_len);
	ret->frame = *query;
	received.out = ret->frame.bytes + frame.payload;
	/* The server answers in place. */
	rb_serve_batch_begin(&world->serve);
	received.message = query->len & 1 ? message : received.out;
	received.len = frame.payload_len;
	received.largest = RB_DATAGRAM_MAX;
	received.room = sizeof(ret->frame.bytes) - frame.payload;
	rb_frame_source(packet, &frame, received.client);
	ret->next = rb_serve_query(&world->serve, &received, &len, &pending);
	ret->from_table = ret->next == RB_SERVE_REPLY && world->resolvers.submitted == submitted;
	ret->fits = len <= rb_frame_room(MTU, frame.is_ipv6);
	if (ret->next == RB_SERVE_REPLY)
		ret->frame.len = rb_frame_reply(ret->frame.bytes, &frame, len, 0);
}

static void both_run(struct world *world, struct one_case *run)
{
	struct impostor impostor = {0};

	if (rb_clock_ns() - world->published_ns >= LIFE_NS)
		names_publish(world);
	if (run->message.kind == STREAM_NEAR && run->seed & 1)
		impostor = impostor_plant(world, run->message.question, run->message.bytes,
					  run->message.len);
	run->xdp_action = program_run(world->program, &run->query, &run->kernel, &run->result);
	userspace_run(world, &run->query, &run->user);
	impostor_remove(&impostor);
}

static bool frames_equal(const struct frame *a, const struct frame *b)
{
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

/* What holds for every frame. */
static const char *fault_of_any(const struct one_case *run)
{
	bool is_sound = wrap_is_sound(&run->query);
	struct rb_frame frame;

	switch (rb_result_group(run->result)) {
	case RB_GROUP_PASS:
		break;
	case RB_GROUP_HANDOVER:
		if (!run->user.parsed)
			return "handed over as ours, but AF_XDP's way does not understand it";
		if (!is_sound)
			return "handed over, though Linux would drop it";
		break;
	case RB_GROUP_REPLY:
		if (run->xdp_action != XDP_TX)
			return "a reply that does not leave";
		if (!is_sound)
			return "answered, though Linux would drop it";
		if (!run->user.parsed || run->user.next != RB_SERVE_REPLY || !run->user.from_table)
			return "answered by the kernel alone";
		if (!run->user.fits)
			return "answered with more than a frame takes";
		if (!frames_equal(&run->kernel, &run->user.frame))
			return "answered differently by the kernel and by userspace";
		if (rb_frame_parse(run->kernel.bytes, run->kernel.len, &frame) ||
		    !wrap_sums_are_right(&run->kernel, frame.ip, frame.is_ipv6))
			return "lengths or checksums of the reply are wrong";
		return NULL;
	case RB_GROUP_DROP:
		if (run->xdp_action != XDP_DROP)
			return "dropped in name only";
		if (run->result != RB_DENIED)
			return is_sound ? "dropped" : NULL;
		return run->user.next == RB_SERVE_DROP ? NULL : "dropped by the kernel alone";
	}
	if (run->xdp_action != XDP_PASS)
		return "neither answered nor passed on";
	return frames_equal(&run->kernel, &run->query) ? NULL : "passed on, but changed";
}

/* Userspace answers it with fewer records, without a word, or with none and TC=1. */
static const char *fault_of_too_long(const struct one_case *run)
{
	const struct frame *reply = &run->user.frame;
	struct rb_frame frame;
	const uint8_t *message;

	if (!run->user.from_table || rb_frame_parse(reply->bytes, reply->len, &frame))
		return "too long for the kernel, but not for userspace";
	message = reply->bytes + frame.payload;
	return message[2] & 0x02 || message[7] ? NULL : "neither records nor TC=1";
}

/* What the kernel must not hand over: a plain query in an ordinary frame. */
static const char *fault_of_plain(const struct one_case *run)
{
	bool answered = rb_result_group(run->result) == RB_GROUP_REPLY;

	if (run->wrap.kind != WRAP_ORDINARY && run->wrap.kind != WRAP_PADDED)
		return NULL;
	if (run->message.kind != STREAM_PLAIN && run->message.kind != STREAM_NEAR)
		return NULL;
	if (run->message.asks_nsid && run->action != RB_ACL_DENY)
		return answered ? "answered, without the server's name that it asks for" : NULL;
	switch (run->action) {
	case RB_ACL_DENY:
		return run->result == RB_DENIED ? NULL : "not dropped, as access-control says";
	case RB_ACL_REFUSE:
		if (run->message.kind == STREAM_PLAIN && run->result != RB_REFUSED)
			return "not refused, as access-control says";
		return NULL;
	case RB_ACL_ALLOW:
		if (run->result == RB_REFUSED)
			return "refused in spite of access-control";
		/* Two names may have one tag by chance; see ends_check(). */
		if (run->result == RB_COLLISION)
			return NULL;
		if (run->result == RB_ABOVE_MTU)
			return run->user.fits ? "handed over, though it fits a frame" : NULL;
		if (run->result == RB_TOO_LONG)
			return fault_of_too_long(run);
		if (run->message.kind == STREAM_PLAIN && !answered)
			return "handed over, though the answer is known";
		if (!answered && run->user.from_table)
			return "handed over, though userspace answers from the table";
		return NULL;
	default:
		return run->result == RB_ACCESS ? NULL : "not userspace's, as access-control needs";
	}
}

/* The kernel's clock may be a tick behind: a second can end between the two. Not again, then. */
static void case_run(struct world *world, struct one_case *run)
{
	const char *fault = NULL;

	for (int i = 0; i < RUNS_MAX; i++) {
		both_run(world, run);
		fault = fault_of_any(run);
		if (!fault)
			fault = fault_of_plain(run);
		if (!fault)
			break;
		usleep(2 * TICK_MAX_US);
	}
	if (fault)
		fail_case(world, run, fault);
	world->total[run->result]++;
	if (run->wrap.kind == WRAP_ORDINARY)
		world->ended[run->message.kind][run->result]++;
}

/* --- a world's cases -------------------------------------------------------------------------- */

static uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *value = getenv(name);

	return value ? strtoull(value, NULL, 0) : otherwise;
}

static void ends_print(const struct world *world)
{
	for (int kind = 0; kind < STREAM_KINDS; kind++) {
		fprintf(stderr, "%s, %-7s", world->opts.name,
			stream_kind_name((enum stream_kind)kind));
		for (int result = 0; result < RB_RESULT_COUNT; result++)
			if (world->ended[kind][result])
				fprintf(stderr, " %s %llu", result_name((enum rb_result)result),
					(unsigned long long)world->ended[kind][result]);
		fprintf(stderr, "\n");
	}
}

/* Otherwise: the generator has become blind, and the test proves nothing; or tags are no use. */
static void ends_check(const struct world *world)
{
	static const enum rb_result expected[] = {
		RB_NOT_IP,    RB_NOT_UDP,  RB_NOT_MAC, RB_NOT_LOCAL, RB_IP_ODD,
		RB_MISS,      RB_EXPIRED,  RB_HEADER,  RB_QUESTION,  RB_ADDITIONAL,
		RB_ACCESS,    RB_ANSWERED, RB_NODATA,  RB_NXDOMAIN,  RB_ERROR,
		RB_TRUNCATED, RB_REFUSED,  RB_DENIED,  RB_COLLISION, RB_TOO_LONG,
	};

	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		if (!world->total[expected[i]])
			fail_msg("no packet ended as %s", result_name(expected[i]));
	if (world->opts.stale && !world->total[RB_STALE])
		fail_msg("nothing was served past its time");
	if (world->ended[STREAM_PLAIN][RB_COLLISION] > world->ended[STREAM_PLAIN][RB_ANSWERED] / 20)
		fail_msg("known names collide: %llu",
			 (unsigned long long)world->ended[STREAM_PLAIN][RB_COLLISION]);
}

static void world_run(void **state, const struct world_opts *opts)
{
	struct world *world = world_open(opts);
	struct one_case *run = calloc(1, sizeof(*run));
	uint64_t seed = setting("RB_SEED", 1), cases = setting("RB_CASES", CASES) / WORLDS;

	assert_non_null(run);
	*state = world;
	for (uint64_t i = 0; i < (cases ? cases : 1); i++) {
		case_make(world, seed + i, run);
		case_run(world, run);
	}
	if (getenv("RB_VERBOSE"))
		ends_print(world);
	if (cases >= CASES_MANY)
		ends_check(world);
	free(run);
}

/* Also after a failure: a table outlives its process. */
static int teardown(void **state)
{
	if (*state)
		world_close(*state);
	return 0;
}

/*
 * Otherwise: who is answered by the kernel gets something else than who is answered by userspace.
 */
static void kernel_and_userspace_answer_alike(void **state)
{
	world_run(state,
		  &(struct world_opts){.name = "untagged", .max_udp_size = 1232, .ede = true});
}

/* Otherwise: they would with records past their time. */
static void kernel_and_userspace_serve_stale_records_alike(void **state)
{
	world_run(state, &(struct world_opts){.name = "stale",
					      .max_udp_size = 1232,
					      .stale = true,
					      .ede = true,
					      .stale_ede = true});
}

/* Otherwise: they would in a VLAN, or with the largest replies. */
static void kernel_and_userspace_answer_alike_in_a_vlan(void **state)
{
	world_run(state,
		  &(struct world_opts){.name = "one tag", .vlan_tags = 1, .max_udp_size = 4096});
}

/* Otherwise: they would in a VLAN of a VLAN, or with the smallest replies. */
static void kernel_and_userspace_answer_alike_in_a_vlan_of_a_vlan(void **state)
{
	world_run(state,
		  &(struct world_opts){
			  .name = "two tags", .vlan_tags = 2, .max_udp_size = 512, .ede = true});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(kernel_and_userspace_answer_alike, teardown),
		cmocka_unit_test_teardown(kernel_and_userspace_serve_stale_records_alike, teardown),
		cmocka_unit_test_teardown(kernel_and_userspace_answer_alike_in_a_vlan, teardown),
		cmocka_unit_test_teardown(kernel_and_userspace_answer_alike_in_a_vlan_of_a_vlan,
					  teardown),
	};

	return cmocka_run_group_tests_name("kernel against userspace", tests, NULL, NULL);
}

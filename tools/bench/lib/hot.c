/* SPDX-License-Identifier: BSD-2-Clause */
/* A hot table with the bench's answers in it, and the XDP program on that table. */
#include "tools/bench/lib/hot.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kern/wire.h"
#include "policy/acl.h"
#include "netif/locals.h"
#include "tools/bench/lib/response.h"
#include "tools/bench/lib/template.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define TTL_S 86400
#define AGE_S 100

#define ACL_EPOCH 1

/* Room for any of the bench's answers; what differs is written in for each. */
static struct rb_answer *answer_new(const struct bench_hot_opts *opts)
{
	struct rb_answer *answer = rb_answer_new(BENCH_BODY_MAX, BENCH_RRS_MAX);

	if (!answer)
		return NULL;
	answer->ttl_s = TTL_S;
	/* Not new: as most answers are, these are to have their TTLs aged. */
	answer->expires_ns = rb_clock_ns() + (TTL_S - AGE_S) * RB_NS_PER_S;
	answer->traits = opts->kind != BENCH_SIGNED ? RB_SERVES_DO0 | RB_SERVES_DO1
			 : opts->dnssec_ok          ? RB_SERVES_DO1
						    : RB_SERVES_DO0;
	return answer;
}

static void answer_fill(struct rb_answer *answer, const struct bench_response *response)
{
	answer->flags = (uint16_t)(RB_FLAG_QR | RB_FLAG_RD | RB_FLAG_RA | response->rcode);
	answer->ancount = response->ancount;
	answer->nscount = response->nscount;
	answer->body_len = response->body_len;
	answer->ttl_count = response->ttl_count;
	answer->rotate = (uint8_t)response->rotate;
	memcpy(answer->body, response->body, response->body_len);
	memcpy(answer->ttl_offsets, response->ttl_offsets,
	       response->ttl_count * sizeof(response->ttl_offsets[0]));
}

static int publish(struct rb_table *table, const struct bench_hot_opts *opts, uint32_t number,
		   struct rb_answer *answer)
{
	uint8_t qname[BENCH_NAME_BYTES];
	uint64_t label = bench_label(opts->kind, number);
	struct bench_response response;
	struct rb_table_key key;
	int err;

	memcpy(qname, &label, sizeof(label));
	memcpy(qname + sizeof(label), BENCH_NAME_TAIL, sizeof(BENCH_NAME_TAIL));
	err = rb_table_key_init(table, qname, sizeof(qname), opts->type, &key);
	if (err)
		return err;
	if (opts->accesses) {
		struct rb_table_found found;

		/* A visit keeps it, as it would for a client's question. */
		if (!rb_table_find(table, &key, RB_SERVES_DO0, rb_clock_ns(), &found))
			return 0;
	}
	bench_response_make(opts->kind, number, opts->type, opts->dnssec_ok, TTL_S, &response);
	answer_fill(answer, &response);
	return rb_table_publish(table, &key, answer);
}

/* A number by its rank's weight, without a table: the inverse of the integral of 1/x^s, s = 1. */
static uint32_t zipf_draw(uint32_t names)
{
	double rank = exp(drand48() * log((double)names + 1));

	return (uint32_t)rank - 1 < names ? (uint32_t)rank - 1 : names - 1;
}

int bench_hot_fill(struct rb_table *table, const struct bench_hot_opts *opts)
{
	_cleanup_(rb_answer_freep) struct rb_answer *answer = answer_new(opts);
	uint32_t count = opts->accesses ? opts->accesses : opts->names;
	int err = answer ? 0 : -ENOMEM;

	srand48(7);
	for (uint32_t i = 0; !err && i < count; i++)
		err = publish(table, opts, opts->accesses ? zipf_draw(opts->names) : i, answer);
	return err;
}

static void netif_make(const struct bench_program_opts *opts, struct rb_netif *netif)
{
	*netif = (struct rb_netif){.is_up = true,
				   .is_ethernet = true,
				   .rx_queues = 1,
				   .ifindex = opts->ifindex,
				   .mtu = 1500,
				   .reply_mtu = 1500,
				   .locals4_count = 1,
				   .locals6_count = 1};
	memcpy(netif->mac, opts->mac, sizeof(netif->mac));
	netif->locals4[0].port = htons(53);
	inet_pton(AF_INET, BENCH_SERVER4, &netif->locals4[0].addr);
	netif->locals6[0].port = htons(53);
	inet_pton(AF_INET6, BENCH_SERVER6, netif->locals6[0].addr);
	rb_locals_add_own4(netif, (const uint8_t *)&netif->locals4[0].addr, 24);
	rb_locals_add_own6(netif, (const uint8_t *)netif->locals6[0].addr);
}

/* The clients' netblock, and as many others as were asked for. */
static int acl_load(const struct bench_program_opts *opts, int map_fd)
{
	_cleanup_free_ struct rb_acl_rule *rules = calloc(opts->netblocks, sizeof(*rules));
	_cleanup_(rb_acl_freep) struct rb_acl *acl = NULL;
	int err;

	if (!rules)
		return -ENOMEM;
	for (unsigned int i = 0; i < opts->netblocks; i++) {
		/* 198.0.0.0/8 first, then 24s from 100.64.0.0 on. */
		uint8_t addr[16] = {[10] = 0xff, [11] = 0xff, [12] = i ? 100 : 198};

		addr[13] = i ? (uint8_t)(64 + (i >> 8)) : 0;
		addr[14] = (uint8_t)i;
		memcpy(rules[i].addr, addr, sizeof(addr));
		if (!i)
			rules[i].addr[14] = 0;
		rules[i].prefix = i ? 120 : 104;
		rules[i].action = i || !opts->refused ? RB_ACL_ALLOW : RB_ACL_REFUSE;
	}
	err = rb_acl_new(rules, opts->netblocks, &acl);
	return err ? err : rb_acl_load(acl, map_fd, ACL_EPOCH);
}

int bench_program_load(const struct bench_program_opts *opts, struct rb_program *ret_program,
		       int *ret_counters_fd)
{
	struct rb_program_base base = {.table = opts->table,
				       .knobs = {.edns_size = 1232,
						 .max_udp_size = 1232,
						 .acl_open = !opts->netblocks,
						 .acl_epoch = ACL_EPOCH},
				       .refreshes_fd = -1,
				       .counters_fd = -1,
				       .acl_fd = -1,
				       .logged_fd = -1};
	const struct rb_attach_mode way = {.mode = RB_MODE_NATIVE,
					   .egress = opts->redirect ? RB_EGRESS_REDIRECT
								    : RB_EGRESS_TX};
	_cleanup_close_ int xsks_fd = -1;
	struct rb_netif netif;
	int err;

	if (opts->refreshing) {
		base.knobs.prefetch = true;
		base.knobs.stale_ns = 3600 * RB_NS_PER_S;
		base.knobs.stale_ttl_s = 30;
	}
	netif_make(opts, &netif);
	err = rb_program_make_maps(&base);
	if (!err)
		err = rb_program_load(&base, &netif, way, &xsks_fd, ret_program);
	if (!err && opts->netblocks)
		err = acl_load(opts, base.acl_fd);
	if (!err)
		*ret_counters_fd = base.counters_fd;
	return err;
}

/* The kernel knows the beginning of a name; that of the read-only data's map depends on the file's. */
static bool is_named(const struct bpf_map_info *map, const char *name)
{
	if (strstr(name, ".rodata"))
		return strstr(map->name, ".rodata");
	return !strncmp(map->name, name, sizeof(map->name) - 1);
}

/* -1: the program has no map of that name. */
static int map_of_program(int prog_fd, const char *name, struct bpf_map_info *ret_info)
{
	__u32 ids[32], len = sizeof(struct bpf_prog_info);
	struct bpf_prog_info info = {.nr_map_ids = sizeof(ids) / sizeof(ids[0]),
				     .map_ids = (uintptr_t)ids};

	if (bpf_obj_get_info_by_fd(prog_fd, &info, &len))
		return -1;
	for (__u32 i = 0; i < info.nr_map_ids && i < sizeof(ids) / sizeof(ids[0]); i++) {
		_cleanup_close_ int fd = bpf_map_get_fd_by_id(ids[i]);

		*ret_info = (struct bpf_map_info){0};
		len = sizeof(*ret_info);
		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, ret_info, &len) &&
		    is_named(ret_info, name))
			return TAKE_FD(fd);
	}
	return -1;
}

/* The knobs are the object's read-only data. */
static int knobs_take(int ours_fd, struct bpf_map *map)
{
	const __u32 first = 0;
	_cleanup_free_ void *knobs = malloc(bpf_map__value_size(map));

	if (!knobs)
		return -ENOMEM;
	if (bpf_map_lookup_elem(ours_fd, &first, knobs))
		return -errno;
	return bpf_map__set_initial_value(map, knobs, bpf_map__value_size(map));
}

/* Maps whose values are of another size are the object's own: the table is what has to be shared. */
static int maps_take(const struct rb_program *program, struct bpf_object *object)
{
	struct bpf_map *map;
	int err = 0;

	bpf_object__for_each_map(map, object)
	{
		struct bpf_map_info ours;
		const char *name = bpf_map__name(map);
		const char *of_section = strncmp(name, ".data.", 6) ? name : name + 6;
		_cleanup_close_ int fd = map_of_program(program->fd, of_section, &ours);
		bool fits = fd >= 0 && bpf_map__value_size(map) == ours.value_size;

		if (strstr(bpf_map__name(map), ".rodata"))
			err = fits ? knobs_take(fd, map) : -EPROTO;
		else if (fits)
			err = bpf_map__reuse_fd(map, fd);
		if (err)
			return err;
	}
	return 0;
}

int bench_program_load_other(const struct rb_program *program, const char *file,
			     struct bpf_object **ret_object, int *ret_prog_fd)
{
	struct bpf_object *object = bpf_object__open_file(file, NULL);
	int err;

	if (!object)
		return -errno;
	err = maps_take(program, object);
	if (!err)
		err = bpf_object__load(object);
	if (err) {
		bpf_object__close(object);
		return err;
	}
	*ret_object = object;
	*ret_prog_fd = bpf_program__fd(bpf_object__find_program_by_name(object, "rb_main"));
	return 0;
}

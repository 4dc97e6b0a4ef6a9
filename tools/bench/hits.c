/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker takes for an answer from the table: the query parsed, its client looked up, the
 * record found, the reply written; and for the first answer to a blocked name: the table asked in
 * vain, the name found in the list, the answer made, stored and sent. In batches, as workers take
 * queries from sockets, but without link, sockets or threads, so that it can be told on a machine
 * that others use. Prints a line of JSON for each case: of many batches the quickest tenth counts.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/reader.h"
#include "kern/wire.h"
#include "policy/acl.h"
#include "policy/attach.h"
#include "policy/guard.h"
#include "serve/ahead.h"
#include "serve/query.h"
#include "tools/bench/lib/hot.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define BATCH   64
#define BATCHES 4000
#define ROOM    4096
#define STRIDE  736879U /* no divisor of it divides the names: each is asked for once */

static const struct hit_case {
	const char *title;
	uint32_t names;
	size_t table_bytes;
	bool blocked; /* the names are in a list, and none has been asked for before */
} cases[] = {
	{"1 000 names", 1000, 64000000, false},
	{"1 000 000 names", 1000000, 400000000, false},
	{"the first of 1 000 000 blocked names", 1000000, 400000000, true},
};

/* What the configuration says of names, as in the tables. */
static const char forwarder[] = "forward-zone:\n    name: \".\"\n    forward-addr: 192.0.2.1\n";

struct batch {
	uint8_t messages[BATCH][ROOM];
	size_t len; /* of each */
};

static const struct rb_path path = {.transport = RB_TRANSPORT_UDP};

static void name_write(uint32_t number, uint8_t *out)
{
	uint64_t label = bench_label(BENCH_ADDRESS, number);

	memcpy(out, &label, sizeof(label));
	memcpy(out + sizeof(label), BENCH_NAME_TAIL, sizeof(BENCH_NAME_TAIL));
}

/* A name that is there: of many, one or the other has given way to others. */
static uint32_t number_draw(const struct rb_table *table, uint32_t names)
{
	uint8_t qname[BENCH_NAME_BYTES];
	struct rb_table_found found;
	struct rb_table_key key;
	uint32_t number;

	do
		name_write(number = (uint32_t)lrand48() % names, qname);
	while (rb_table_key_init(table, qname, sizeof(qname), RB_TYPE_A, &key) ||
	       rb_table_find(table, &key, RB_SERVES_DO0, rb_clock_ns(), &found));
	return number;
}

static void batch_write(struct batch *batch, const uint32_t *numbers)
{
	static const uint8_t tail[] = {0, RB_TYPE_A, 0, RB_CLASS_IN};

	for (size_t i = 0; i < BATCH; i++) {
		struct rb_dns_header header = {.id = (uint16_t)lrand48(),
					       .flags = RB_HTONS(RB_FLAG_RD),
					       .qdcount = RB_HTONS(1)};
		uint8_t *at = batch->messages[i];

		memcpy(at, &header, sizeof(header));
		name_write(numbers[i], at + sizeof(header));
		memcpy(at + sizeof(header) + BENCH_NAME_BYTES, tail, sizeof(tail));
	}
	batch->len = sizeof(struct rb_dns_header) + BENCH_NAME_BYTES + sizeof(tail);
}

/* -ENOENT: a reply is not the expected one, so this is not the time of one. */
static int batch_answer(struct rb_serve *serve, struct batch *batch, bool blocked, uint64_t *ret_ns)
{
	uint64_t start = rb_clock_ns();
	struct rb_look_ahead ahead;

	rb_serve_batch_begin(serve);
	for (size_t i = 0; i < RB_LOOK_AHEAD; i++)
		rb_look_ahead(serve, batch->messages[i], batch->len, i, &ahead);
	for (size_t i = 0; i < BATCH; i++) {
		struct rb_received received = {
			.path = &path,
			.message = batch->messages[i],
			.len = batch->len,
			.client = {[10] = 0xff, 0xff, 198, 18, 0, 1},
			.largest = RB_DATAGRAM_MAX,
			.out = batch->messages[i],
			.room = ROOM,
			.foreseen = &ahead.foreseen[i % RB_LOOK_AHEAD],
		};
		struct rb_pending *pending;
		size_t len, next;

		if (rb_serve_query(serve, &received, &len, &pending) != RB_SERVE_REPLY ||
		    !batch->messages[i][7] != blocked)
			return -ENOENT;
		next = i + RB_LOOK_AHEAD;
		rb_look_ahead(serve, next < BATCH ? batch->messages[next] : NULL, batch->len, next,
			      &ahead);
	}
	rb_serve_batch_end(serve, RB_TRANSPORT_UDP);
	*ret_ns = rb_clock_ns() - start;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

static int hits_time(struct rb_serve *serve, const struct hit_case *hit_case)
{
	_cleanup_free_ struct batch *batch = calloc(1, sizeof(*batch));
	_cleanup_free_ uint64_t *times = calloc(BATCHES, sizeof(*times));
	_cleanup_free_ uint32_t *numbers = calloc((size_t)BATCH * BATCHES, sizeof(*numbers));
	int err = batch && times && numbers ? 0 : -ENOMEM;

	for (size_t i = 0; i < (size_t)BATCH * BATCHES && !err; i++)
		numbers[i] = hit_case->blocked ? (uint32_t)i * STRIDE % hit_case->names
					       : number_draw(serve->table, hit_case->names);
	for (size_t i = 0; i < BATCHES && !err; i++) {
		batch_write(batch, numbers + i * BATCH);
		err = batch_answer(serve, batch, hit_case->blocked, &times[i]);
	}
	if (err)
		return err;
	qsort(times, BATCHES, sizeof(*times), by_number);
	printf("{\"hit\":\"%s\",\"ns\":%llu,\"median_ns\":%llu}\n", hit_case->title,
	       (unsigned long long)times[BATCHES / 10] / BATCH,
	       (unsigned long long)times[BATCHES / 2] / BATCH);
	return 0;
}

/* The policy with a list of so many names. */
static int list_compile(uint32_t names, struct rb_config **ret_config)
{
	char list_path[] = "/tmp/bench-list.XXXXXX", conf_path[] = "/tmp/bench-conf.XXXXXX";
	_cleanup_fclose_ FILE *list = fdopen(mkstemp(list_path), "w");
	_cleanup_fclose_ FILE *conf = fdopen(mkstemp(conf_path), "w");
	struct rb_config *config = NULL;
	int err = list && conf ? 0 : -errno;

	for (uint32_t i = 0; i < names && !err; i++) {
		uint64_t label = bench_label(BENCH_ADDRESS, i);

		fprintf(list, "%.7s.bench.example\n", (char *)&label + 1);
	}
	if (!err)
		fprintf(conf, "blocklist:\n    file: \"%s\"\n", list_path);
	if (!err && (fflush(list) || fflush(conf)))
		err = -errno;
	if (!err)
		err = rb_config_read(conf_path, NULL, NULL, &config);
	if (!err)
		err = rb_policy_attach(config, NULL);
	unlink(list_path);
	unlink(conf_path);
	if (err)
		rb_config_free(config);
	else
		*ret_config = config;
	return err;
}

static int case_run(const char *pin_dir, const struct hit_case *hit_case)
{
	const struct bench_hot_opts hot = {
		.names = hit_case->names, .kind = BENCH_ADDRESS, .type = RB_TYPE_A};
	const struct rb_acl_rule everybody = {.action = RB_ACL_ALLOW};
	const struct rb_config config = {.max_udp_size = 1232, .edns_buffer_size = 1232};
	_cleanup_(rb_table_closep) struct rb_table *table = NULL;
	struct rb_serve serve = {.config = &config};
	_cleanup_(rb_guard_freep) struct rb_guard *guard = NULL;
	const struct rb_anchors anchors = {0};
	struct rb_config *blocking = NULL;
	struct rb_acl *acl = NULL;
	int err = rb_table_open(pin_dir, RB_TABLE_WRITE, hit_case->table_bytes, &table);

	if (!err)
		err = hit_case->blocked ? list_compile(hit_case->names, &blocking)
					: bench_hot_fill(table, &hot);
	if (!err)
		err = rb_acl_new(&everybody, 1, &acl);
	if (!err)
		err = rb_guard_new(forwarder, &anchors, blocking ? &blocking->policy : NULL,
				   &guard);
	serve.table = table;
	serve.guard = guard;
	serve.acl = acl;
	if (!err)
		err = rb_serve_init(&serve);
	if (!err)
		err = hits_time(&serve, hit_case);
	rb_serve_release(&serve);
	rb_acl_free(acl);
	rb_config_free(blocking);
	if (pin_dir)
		rb_table_unpin(pin_dir);
	return err;
}

int main(int argc, char **argv)
{
	/* Pinned, the table is of the kernel's pages, as a daemon's is. */
	const char *pin_dir = argc > 1 ? argv[1] : NULL;
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(cases) && !err; i++)
		if (argc <= 2 || strstr(cases[i].title, argv[2]))
			err = case_run(pin_dir, &cases[i]);
	if (err)
		fprintf(stderr, "hits: %s\n", strerror(-err));
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

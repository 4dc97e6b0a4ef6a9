/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A world for the differential test: one configuration, table and access control, in the kernel's
 * program and in a worker's own code, with resolvers that only say that they were asked.
 */
#ifndef RB_TESTS_DIFFERENTIAL_WORLD_H
#define RB_TESTS_DIFFERENTIAL_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/program.h"
#include "lib/stream.h"
#include "serve/query.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define KNOWN_MAX 160
#define LIFE_NS   RB_NS_PER_S /* records are stored again before any of them expires */
#define STALE_S   10000       /* serve-expired-ttl */
#define V4_PLACE  10          /* in a v4-mapped address: two bytes of ff, four of IPv4 */

/* The resolvers of this test: they only say that they were asked. */
struct rb_resolvers {
	uint64_t submitted;
};

/* What tells one world from another. */
struct world_opts {
	const char *name;
	unsigned int vlan_tags;
	uint16_t max_udp_size;
	bool stale;          /* prefetch and serve-expired */
	bool ede, stale_ede; /* ede, ede-serve-expired */
};

/* A configuration, in the kernel and in userspace. */
struct world {
	struct world_opts opts;
	struct program *program;
	struct rb_acl *acl;
	struct rb_config config;
	struct rb_serve serve;
	struct rb_resolvers resolvers;
	struct stream_question known[KNOWN_MAX];
	size_t hot_count; /* the first of them; the rest is in the table, but not to be served */
	size_t known_count;
	uint64_t published_ns;
	uint64_t ended[STREAM_KINDS][RB_RESULT_COUNT]; /* in ordinary frames */
	uint64_t total[RB_RESULT_COUNT];
};

/* All known names, from now on. */
void names_publish(struct world *world);

/* Aborts the test where it cannot be made; world_close(). */
struct world *world_open(const struct world_opts *opts);

/*
 * An impostor: the record of one question where another one is looked for, under its tag. Identity
 * is the record's to prove, and tags agree too seldom to see it done.
 */
struct impostor {
	struct rb_table_tier *part; /* NULL: there is none */
	uint32_t index;
};

/* original's record for the question of message, if that is another one. */
struct impostor impostor_plant(struct world *world, const struct stream_question *original,
			       const uint8_t *message, size_t len);

void impostor_remove(const struct impostor *impostor);

void world_close(struct world *world);

#endif

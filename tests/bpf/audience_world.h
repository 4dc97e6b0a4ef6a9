/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A world of client classes at random: clients in 192.0.2.0/24 with views and tags, local policy that
 * depends on these, and the XDP program with the clients' rules.
 */
#ifndef RB_TESTS_AUDIENCE_WORLD_H
#define RB_TESTS_AUDIENCE_WORLD_H

#include <stdint.h>

#include "config/config.h"
#include "lib/prng.h"
#include "lib/program.h"
#include "policy/acl.h"
#include "policy/decide.h"
#include "table/table.h"

#define WORLD_BLOCKS 40 /* of clients, four addresses each: 192.0.2.4/30 and so on */
#define WORLD_ZONES  8  /* z0, z1, ... and t0, t1, t2 */

struct world {
	struct prng prng;
	char *head; /* who is of which class: the same for all of the world's policies */
	struct rb_config *config;
	struct rb_policy policy;
	struct rb_acl *acl;
	struct program *program;
	struct rb_table *table;
	uint64_t hits[3]; /* of records for everybody, a set, one class */
	uint64_t kernel, swept;
};

void world_open(struct world *world, uint64_t seed);
void world_close(struct world *world);

/* As a reload does where the classes stay. */
void world_change_policy(struct world *world);

#endif

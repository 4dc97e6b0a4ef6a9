/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Resolver threads in front of a real authoritative server, for the tests of user/resolve: one
 * server for all cases, resolvers and table anew for each.
 */
#ifndef RB_TESTS_RESOLVE_FIXTURE_H
#define RB_TESTS_RESOLVE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dns/name.h"
#include "lib/authority.h"
#include "resolve/process.h"
#include "resolve/resolver.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define WAIT_MS 10000

/* One server for all cases; everything else is made anew by each. */
struct world {
	struct rb_authority authority;
	int silent_fd; /* takes queries for silent.example and says nothing */
	uint16_t silent_port;
	struct rb_config config;
	struct rb_table *table;
	struct rb_resolvers *resolvers;
	char text[8192];
};

/* Resolvers for a configuration that the test may have changed. */
void start(struct world *world, unsigned int threads, unsigned int workers);

/* The group's setup and teardown. */
int world_new(void **state);
int world_free(void **state);

/* Each test's. */
int setup(void **state);
int teardown(void **state);

/* --- asking -------------------------------------------------------------------------------- */

enum flags {
	DO = 1,
	CD = 2,
};

struct rb_job job_make(const struct world *world, const char *name, uint16_t qtype,
		       unsigned int flags);

/* Wait as a worker does. */
struct rb_job *collect(struct rb_resolvers *resolvers, unsigned int worker);

/* What the first worker gets for a question; NULL: nothing is answered. rb_answer_free(). */
struct rb_answer *ask(struct world *world, const char *name, uint16_t qtype, unsigned int flags);

uint16_t rcode(const struct rb_answer *answer);

/* Whether the table has it. */
bool is_published(const struct world *world, const char *name, uint16_t qtype, uint8_t serves);

struct rb_resolver_stats stats(const struct world *world);

/* --- the silent server ---------------------------------------------------------------------- */

#define QUESTION_MAX 300

/* The silent server's question, when it has come; where it is to be answered. */
size_t wait_for_question(const struct world *world, uint8_t *question,
			 struct sockaddr_storage *from, socklen_t *from_len);

/* One address, for whatever was asked. */
void answer_question(const struct world *world, uint8_t *question,
		     const struct sockaddr_storage *to, socklen_t to_len);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The resolvers' side of a worker, played by the test in place of user/resolve: it keeps jobs in
 * the order in which they come, and hands them back when the test says so.
 */
#ifndef RB_TESTS_PLAYED_RESOLVER_H
#define RB_TESTS_PLAYED_RESOLVER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "resolve/resolver.h"

#define PLAYED_JOBS    400 /* more than a worker collects in one go */
#define PLAYED_AT_ONCE SIZE_MAX

struct rb_resolvers {
	struct rb_job *jobs[PLAYED_JOBS];
	atomic_size_t submitted;
	atomic_size_t finished; /* so many of the jobs go back, with what the test put into them */
	size_t collected;
	unsigned int worker; /* whose jobs they are: nobody else gets any */
};

#endif

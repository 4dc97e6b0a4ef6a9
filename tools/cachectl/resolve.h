/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions to the daemon at an address that it serves, many at a time. */
#ifndef CACHECTL_RESOLVE_H
#define CACHECTL_RESOLVE_H

#include "cachectl.h"
#include "import/names.h"

struct resolve_result {
	uint64_t resolved; /* NOERROR and NXDOMAIN: the daemon keeps the answer */
	uint64_t negative; /* of these without data */
	uint64_t failed;   /* another rcode, or no answer */
	uint64_t retries;
	uint64_t truncated; /* asked again over TCP */
};

/*
 * Each question is asked with DO=1 and without, as the table may hold two answers to it, and over
 * TCP where UDP is too small. server:
 * "IP" or "IP@PORT"; NULL: the first address that the daemon says it serves. in_flight: a number,
 * or NULL. Failures go to problems. Anything but EXIT_OK has been said on stderr.
 */
enum cachectl_exit resolve(const struct cachectl *ctl, const char *server, const char *in_flight,
			   const struct rb_import_names *names, struct rb_import_problems *problems,
			   struct resolve_result *ret_result);

#endif

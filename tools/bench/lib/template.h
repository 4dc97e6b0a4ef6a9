/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queries' frames from a short description:
 *
 *	KIND/TYPE[+edns][+do][+v6][+tcp][+transit][@NAMES][*SHARE]	a/A  a/AAAA+v6  s/A+do
 *a/A+edns*128
 *
 * KIND is a letter of enum bench_kind, TYPE one of A, AAAA, TXT, SHARE of 256 queries. NAMES: so
 *many of its own, asked in sequence and not timed, instead of those of all. tcp: the IP header says
 *TCP, transit: to another address; for what the program is to leave alone.
 *
 * Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef BENCH_TEMPLATE_H
#define BENCH_TEMPLATE_H

#include <netinet/in.h>
#include <stdint.h>

#include "tools/bench/bench.h"

#define BENCH_SERVER4 "192.0.2.53"
#define BENCH_SERVER6 "2001:db8:1::53"
#define BENCH_CLIENT4 "198.18.0.1" /* the first */
#define BENCH_CLIENT6 "2001:db8:2::1"

struct bench_ends {
	uint8_t client_mac[6], server_mac[6];
};

/* share is as written, 0 where it is not. */
int bench_template_make(const char *description, const struct bench_ends *ends,
			struct bench_template *ret_template);

#endif

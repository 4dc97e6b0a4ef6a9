/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The servers of forward-zone: and stub-zone:, and which of them are asked over TLS. libunbound
 * does not get those: its text has a placeholder, RB_UPSTREAM_PLACE, which the resolver process
 * replaces by an address of ours. Until then it is a loopback address, so that nothing can leave
 * the machine.
 *
 * Thread: main, of one reading. Errors: as struct rb_reader.
 */
#ifndef RB_CONFIG_UPSTREAMS_H
#define RB_CONFIG_UPSTREAMS_H

#include <string.h>

#include "config/config.h"
#include "config/directives.h"
#include "config/lines.h"

/* The number of the zone is between them, counted from 1. */
#define RB_UPSTREAM_PLACE     "127.0.0.0@"
#define RB_UPSTREAM_PLACE_END " # over TLS\n"

/* A directive that is passed on only if the zone's servers are asked in clear text. */
struct rb_upstream_line {
	const struct rb_directive *directive;
	struct rb_value value;
	struct rb_location location;
};

static inline bool rb_upstream_line_is_addr(const struct rb_upstream_line *line)
{
	return !strcmp(strrchr(line->directive->name, '-'), "-addr");
}

static inline bool rb_upstream_line_is_host(const struct rb_upstream_line *line)
{
	return !strcmp(strrchr(line->directive->name, '-'), "-host");
}

/* Of a zone. */
struct rb_zone_upstreams {
	struct rb_upstream_line *lines;
	size_t line_count;
	bool tls;
	bool first, prime; /* forward-first:, stub-first:; stub-prime: */
	struct rb_location first_location, prime_location;
};

/* Of the clause server:. */
struct rb_server_upstreams {
	bool tls, tcp; /* tls-upstream:, tcp-upstream: */
	struct rb_location tls_location, tcp_location;
	struct rb_location bundle_location; /* of tls-cert-bundle: */
};

struct rb_zone;

rb_handler rb_handle_tls_upstream;
rb_handler rb_handle_tcp_upstream;
rb_handler rb_handle_tls_bundle;
rb_handler rb_handle_tls_ciphers;
rb_handler rb_handle_do_not_query;

rb_handler rb_handle_upstream; /* a server, or anything else that differs with TLS */
rb_handler rb_handle_zone_tls;
rb_handler rb_handle_zone_first;
rb_handler rb_handle_zone_prime;

/* Whether the zone's servers are asked over TLS, once all of the text has been read. */
bool rb_upstreams_is_tls(const struct rb_reader *reader, const struct rb_zone *zone);

/* Set who is asked over TLS, with the certificates for that. Call it after all of the text. */
int rb_upstreams_finish(struct rb_reader *reader);

/*
 * Write the zone's servers for libunbound. zone: 0, or the number of the zone that is asked over
 * TLS.
 */
void rb_upstreams_put(const struct rb_reader *reader, const struct rb_zone *zone,
		      struct rb_lines *lines, unsigned int *zones);

void rb_upstreams_free(struct rb_zone_upstreams *upstreams);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The servers of forward-zone: and stub-zone:, and which of them are asked over TLS. Those libunbound
 * is not told: in its text stands a place for an address of ours, RB_UPSTREAM_PLACE, which the
 * resolver process fills in. As long as it does not, it is an address of the loopback, so that
 * nothing could leave.
 *
 * Thread: main, of one reading. Errors: as struct rb_reader.
 */
#ifndef RB_CONFIG_UPSTREAMS_H
#define RB_CONFIG_UPSTREAMS_H

#include "config/config.h"
#include "config/directives.h"
#include "config/lines.h"

/* Between them the number of the zone, counted from 1. */
#define RB_UPSTREAM_PLACE     "127.0.0.0@"
#define RB_UPSTREAM_PLACE_END " # over TLS\n"

/* A directive that stands for itself only where the zone's servers are asked in clear text. */
struct rb_upstream_line {
	const struct rb_directive *directive;
	struct rb_value value;
	struct rb_location location;
};

/* Of a zone. */
struct rb_zone_upstreams {
	struct rb_upstream_line *lines;
	size_t line_count;
	bool tls;
	bool first, prime; /* forward-first:, stub-first:; stub-prime: */
	struct rb_location first_place, prime_place;
};

/* Of the clause server:. */
struct rb_server_upstreams {
	bool tls, tcp; /* tls-upstream:, tcp-upstream: */
	struct rb_location tls_place, tcp_place;
	struct rb_location bundle_location; /* of tls-cert-bundle: */
	struct rb_netblock *spared;         /* do-not-query-address: */
	size_t spared_count;
};

rb_handler rb_handle_tls_upstream;
rb_handler rb_handle_tcp_upstream;
rb_handler rb_handle_tls_bundle;
rb_handler rb_handle_tls_ciphers;
rb_handler rb_handle_do_not_query;

rb_handler rb_handle_upstream; /* a server, or anything else that TLS would make another */
rb_handler rb_handle_zone_tls;
rb_handler rb_handle_zone_first;
rb_handler rb_handle_zone_prime;

/* Who is asked over TLS, with the certificates that this takes. After all of the text. */
int rb_upstreams_finish(struct rb_reader *reader);

struct rb_zone;

/* The zone's servers for libunbound. zone: 0, or the number of those that were asked over TLS. */
void rb_upstreams_put(const struct rb_reader *reader, const struct rb_zone *zone,
		      struct rb_lines *lines, unsigned int *zones);

void rb_upstreams_free(struct rb_zone_upstreams *upstreams);
void rb_server_upstreams_free(struct rb_server_upstreams *upstreams);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where libunbound sends what is to be asked over TLS: for each zone a TCP socket of ours on the
 * loopback, from which queries go to the zone's servers by rb_upstream_server_ask().
 *
 * Who else may use it: nobody. A query must carry a token of 128 random bits, which the process made
 * for itself, and told libunbound alone (edns-client-string); who sends one without is cut off. The
 * token never leaves: it is taken off before a query is sent, and the loopback shows packets to root
 * alone. That says more than who owns the sender's socket would: it holds against the process's own
 * user, too.
 *
 * Thread:   one event loop's, the same as libunbound's.
 * Lifetime: rb_upstream_relay_free(), before the event base; plan and counters must outlive it.
 * Memory:   so many queries at a time, and a few connections for each server.
 * Errors:   0 or -errno, logged; ret_ arguments untouched on failure.
 */
#ifndef RB_UPSTREAM_RELAY_H
#define RB_UPSTREAM_RELAY_H

#include <event2/event.h>
#include <netinet/in.h>
#include <stdio.h>

#include "upstream/counters.h"
#include "upstream/host.h"
#include "upstream/plan.h"

#define RB_UPSTREAM_TOKEN_BYTES 33 /* hexadecimal, with its end */

struct rb_upstream_relay;

int rb_upstream_relay_new(struct event_base *base, const struct rb_upstream_plan *plan,
			  struct rb_upstream_counters *counters,
			  struct rb_upstream_relay **ret_relay);
void rb_upstream_relay_free(struct rb_upstream_relay *relay);
void rb_upstream_relay_freep(struct rb_upstream_relay **relay);

/* Look up the addresses of hosts; finder must outlive the relay. */
void rb_upstream_relay_begin(struct rb_upstream_relay *relay, struct rb_upstream_finder *finder);

/* Where queries for the zone go, and what they must carry. */
struct sockaddr_in rb_upstream_relay_addr(const struct rb_upstream_relay *relay, uint32_t zone);
const char *rb_upstream_relay_token(const struct rb_upstream_relay *relay);

#endif

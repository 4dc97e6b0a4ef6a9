/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In a resolver process: what is seen of messages to servers and from them goes to the server
 * process, as far as dnstap wants it. Nothing waits for that: without room it is lost, and counted.
 *
 * Thread: the process's only one. Lifetime: the process's.
 */
#ifndef RB_RESOLVE_SEEN_H
#define RB_RESOLVE_SEEN_H

#include "resolve/protocol.h"
#include "upstream/relay.h"

/* relay: NULL if nothing is asked over TLS. 0, also if dnstap wants nothing; or -errno, logged. */
int rb_seen_begin(struct rb_exchange *exchange, const struct rb_upstream_relay *relay);

#endif

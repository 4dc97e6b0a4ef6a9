/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies of clients' queries and their responses, for a dnstap receiver at a Unix socket, over TCP
 * or over TLS (Frame Streams). A thread of its own sends them. Workers do not wait for it: at most
 * a megabyte waits; copies without room there, or without a receiver, are dropped and counted.
 *
 * Thread:   new, start and stop by main, the others by any.
 * Errors:   0 or -errno. The log tells when there is a receiver, and when there is none.
 */
#ifndef RB_SERVE_DNSTAP_H
#define RB_SERVE_DNSTAP_H

#include "config/config.h"
#include "serve/dnstap_message.h"
#include "util/opener.h"

struct rb_dnstap;

/* NULL if dnstap is not configured. opener: it connects, and must outlive this. */
int rb_dnstap_new(const struct rb_config *config, const struct rb_opener *opener,
		  struct rb_dnstap **ret_dnstap);

/* Start its thread. NULL is allowed. */
int rb_dnstap_start(struct rb_dnstap *dnstap);

/* Send what waits, unless the receiver stops for seconds. NULL is allowed. */
void rb_dnstap_stop(struct rb_dnstap *dnstap);

/* identity, version and time are set here. dnstap NULL: no-op. */
void rb_dnstap_put(struct rb_dnstap *dnstap, const struct rb_tapped *tapped);

/* Messages that were lost. NULL: 0. */
uint64_t rb_dnstap_lost(const struct rb_dnstap *dnstap);

#endif

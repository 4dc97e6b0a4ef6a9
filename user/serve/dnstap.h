/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies of what clients ask and get, to who listens for dnstap at a Unix socket, by TCP or by TLS
 * (Frame Streams). A thread of its own sends them. Workers do not wait for it: a megabyte waits at most,
 * and what finds no room there, or nobody who listens, is counted.
 *
 * Thread:   new, start and stop by main, the others by any.
 * Errors:   0 or -errno. Says in the log who takes the copies, and that nobody does.
 */
#ifndef RB_SERVE_DNSTAP_H
#define RB_SERVE_DNSTAP_H

#include "config/config.h"
#include "serve/dnstap_message.h"
#include "util/opener.h"

struct rb_dnstap;

/* NULL where the configuration has none. opener: who connects, which must outlive it. */
int rb_dnstap_new(const struct rb_config *config, const struct rb_opener *opener,
		  struct rb_dnstap **ret_dnstap);

/* Its thread. NULL: nothing. */
int rb_dnstap_start(struct rb_dnstap *dnstap);

/* What waits is sent, unless who takes it stops for seconds. NULL: nothing. */
void rb_dnstap_stop(struct rb_dnstap *dnstap);

/* identity, version and time are set here. dnstap NULL: nothing. */
void rb_dnstap_put(struct rb_dnstap *dnstap, const struct rb_tapped *tapped);

/* Messages that were lost. NULL: 0. */
uint64_t rb_dnstap_lost(const struct rb_dnstap *dnstap);

#endif

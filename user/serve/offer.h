/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What clients are offered, as figures.
 *
 * Thread: set by main, read by any.
 */
#ifndef RB_SERVE_OFFER_H
#define RB_SERVE_OFFER_H

#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdint.h>

#include "config/config.h"

struct rb_offer {
	_Atomic uint64_t certificate_ends_s;      /* since 1970; 0: there is none */
	_Atomic uint64_t listens[RB_SPEECH_NONE]; /* addresses where it is spoken */
};

/* After every change of either. tls: NULL: there is no key. */
void rb_offer_set(struct rb_offer *offer, const struct rb_config *config, const SSL_CTX *tls);

void rb_offer_read(const struct rb_offer *offer, uint64_t ret_listens[RB_SPEECH_NONE],
		   uint64_t *ret_certificate_ends_s);

#endif

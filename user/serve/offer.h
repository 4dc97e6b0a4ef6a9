/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers on the services for clients.
 *
 * Thread: main sets them, any thread reads them.
 */
#ifndef RB_SERVE_OFFER_H
#define RB_SERVE_OFFER_H

#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdint.h>

#include "config/config.h"

struct rb_offer {
	_Atomic uint64_t certificate_ends_s;      /* since 1970; 0: no certificate */
	_Atomic uint64_t listens[RB_SPEECH_NONE]; /* addresses with this protocol */
};

/* Call it after every change of either. tls NULL: no key. */
void rb_offer_set(struct rb_offer *offer, const struct rb_config *config, const SSL_CTX *tls);

void rb_offer_read(const struct rb_offer *offer, uint64_t ret_listens[RB_SPEECH_NONE],
		   uint64_t *ret_certificate_ends_s);

#endif

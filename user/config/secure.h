/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What clients are offered besides plain DNS: DNS over TLS and over HTTPS, and what both need.
 *
 * Thread: read by main; immutable afterwards. Lifetime: of its rb_config.
 */
#ifndef RB_CONFIG_SECURE_H
#define RB_CONFIG_SECURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/directives.h"
#include "config/tls_files.h"

/* What is spoken at an address. */
enum rb_speech {
	RB_SPEECH_DNS,   /* plain, over UDP and TCP */
	RB_SPEECH_TLS,   /* RFC 7858 */
	RB_SPEECH_HTTPS, /* RFC 8484, over TLS unless http-notls-downstream: says otherwise */
	RB_SPEECH_NONE,  /* what we do not speak */
};

struct rb_secure {
	struct rb_tls_files
		files;            /* tls-service-key: and what goes with it; empty: there is none */
	bool pad_responses;       /* yes */
	uint16_t pad_block_bytes; /* 468 */
};

rb_handler rb_handle_service_key;
rb_handler rb_handle_service_pem;
rb_handler rb_handle_ticket_keys;

/* After the last line: the files are read. */
int rb_secure_finish(struct rb_reader *reader);

/* Whether there are a key and its certificate to be served with. */
bool rb_secure_has_key(const struct rb_secure *secure);

void rb_secure_free(struct rb_secure *secure);

#endif

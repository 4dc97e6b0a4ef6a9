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
	char *http_endpoint;      /* the path of DNS: /dns-query */
	uint32_t http_max_streams;                    /* of a connection at a time: 100 */
	size_t http_query_bytes, http_response_bytes; /* of a worker: 4m */
	bool http_nodelay;                            /* yes */
	bool http_in_clear; /* http-notls-downstream: behind a proxy that has the TLS: no */
};

rb_handler rb_handle_service_key;
rb_handler rb_handle_service_pem;
rb_handler rb_handle_ticket_keys;
rb_handler rb_handle_http_endpoint;

/* After the last line: the files are read. */
int rb_secure_finish(struct rb_reader *reader);

/* Whether what is spoken there is wrapped in TLS. */
static inline bool rb_secure_by_tls(const struct rb_secure *secure, enum rb_speech speech)
{
	return speech == RB_SPEECH_TLS || (speech == RB_SPEECH_HTTPS && !secure->http_in_clear);
}

/* Whether there are a key and its certificate to be served with. */
bool rb_secure_has_key(const struct rb_secure *secure);

void rb_secure_free(struct rb_secure *secure);

#endif

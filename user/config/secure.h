/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Services for clients other than plain DNS: DNS over TLS and over HTTPS, and what both need.
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

/* The protocol at an address. */
enum rb_speech {
	RB_SPEECH_DNS,   /* plain, over UDP and TCP */
	RB_SPEECH_TLS,   /* RFC 7858 */
	RB_SPEECH_HTTPS, /* RFC 8484, over TLS unless http-notls-downstream: yes */
	RB_SPEECH_NONE,  /* an unsupported one */
};

struct rb_secure {
	struct rb_tls_files files; /* tls-service-key: and related files; empty: none */
	bool pad_responses;        /* yes */
	uint16_t pad_block_bytes;  /* 468 */
	char *http_endpoint;       /* the path of DNS: /dns-query */
	uint32_t http_max_streams; /* of a connection at a time: 100 */
	size_t http_query_bytes, http_response_bytes; /* of a worker: 4m */
	bool http_nodelay;                            /* yes */
	bool http_in_clear; /* http-notls-downstream: behind a proxy that does the TLS: no */
};

rb_handler rb_handle_service_key;
rb_handler rb_handle_service_pem;
rb_handler rb_handle_ticket_keys;
rb_handler rb_handle_http_endpoint;

/* Call it after the last line: it reads the files. */
int rb_secure_finish(struct rb_reader *reader);

/* Whether this protocol uses TLS here. */
static inline bool rb_secure_by_tls(const struct rb_secure *secure, enum rb_speech speech)
{
	return speech == RB_SPEECH_TLS || (speech == RB_SPEECH_HTTPS && !secure->http_in_clear);
}

/* Whether there are a key and its certificate. */
bool rb_secure_has_key(const struct rb_secure *secure);

void rb_secure_free(struct rb_secure *secure);

#endif

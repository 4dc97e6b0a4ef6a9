/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream of frames (Frame Streams) to a dnstap receiver: over a Unix socket, TCP or TLS, with or
 * without a handshake.
 *
 * Thread: one; every call may wait, for some seconds at most.
 * Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_SERVE_DNSTAP_STREAM_H
#define RB_SERVE_DNSTAP_STREAM_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/opener.h"

struct rb_dnstap_target {
	const struct rb_opener *opener; /* it connects */
	bool bidirectional;
	SSL_CTX *tls;            /* NULL: in clear text */
	const char *server_name; /* which the certificate must be for; NULL, "": any */
};

struct rb_dnstap_stream;

/* *ret_why: why TLS has failed; NULL: it has not. */
int rb_dnstap_stream_open(const struct rb_dnstap_target *target,
			  struct rb_dnstap_stream **ret_stream, const char **ret_why);

/* Whole frames. */
int rb_dnstap_stream_send(struct rb_dnstap_stream *stream, const uint8_t *bytes, size_t len);

/* Tell the receiver that there will be no more frames, and wait until it confirms that. */
void rb_dnstap_stream_finish(struct rb_dnstap_stream *stream);

/* NULL is allowed. */
void rb_dnstap_stream_close(struct rb_dnstap_stream *stream);

#endif

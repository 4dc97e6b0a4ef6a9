/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing to a connection of TLS. */
#include "util/tls_write.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <openssl/err.h>

#define RECORD_BYTES_MAX 16384 /* RFC 8446 5.1 */

/*
 * libevent would have the kernel tell when there is room, and take that back, for every message.
 * What does not fit is in one piece of at least the length that OpenSSL has begun with, as it asks
 * for.
 */
static void write_now(SSL *ssl, struct evbuffer *staged)
{
	int written = 1;

	ERR_clear_error();
	while (written > 0 && evbuffer_get_length(staged)) {
		size_t left = evbuffer_get_length(staged);
		size_t len = left < RECORD_BYTES_MAX ? left : RECORD_BYTES_MAX;
		const uint8_t *bytes = evbuffer_pullup(staged, (ev_ssize_t)len);

		written = bytes ? SSL_write(ssl, bytes, (int)len) : 0;
		if (written > 0)
			evbuffer_drain(staged, (size_t)written);
	}
	ERR_clear_error();
}

void rb_tls_write(struct bufferevent *bev, SSL *ssl, struct evbuffer *staged)
{
	if (!evbuffer_get_length(staged))
		return;
	if (SSL_is_init_finished(ssl) && !evbuffer_get_length(bufferevent_get_output(bev)))
		write_now(ssl, staged);
	/* Where it failed for good, libevent meets the same error, and tells of it. */
	if (evbuffer_get_length(staged))
		(void)bufferevent_write_buffer(bev, staged);
}

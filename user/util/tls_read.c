/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading from a connection of TLS. */
#include "util/tls_read.h"

#include <openssl/err.h>

#define RECORD_BYTES_MAX 16384 /* RFC 8446 5.1 */

int rb_tls_read(SSL *ssl, struct evbuffer *input, size_t max)
{
	while (evbuffer_get_length(input) < max) {
		uint8_t record[RECORD_BYTES_MAX];
		int got;

		ERR_clear_error();
		got = SSL_read(ssl, record, sizeof(record));
		if (got <= 0)
			return SSL_get_error(ssl, got);
		if (evbuffer_add(input, record, (size_t)got))
			return SSL_ERROR_SYSCALL;
	}
	return SSL_ERROR_NONE;
}

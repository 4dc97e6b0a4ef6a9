/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenSSL, as a client of upstreams: who must prove what (RFC 8310), sessions to be resumed.
 *
 * Thread:   one event loop's.
 * Lifetime: rb_upstream_tls_free(). Nothing is read from files once it is there.
 * Errors:   0 or -errno, logged.
 */
#ifndef RB_UPSTREAM_TLS_H
#define RB_UPSTREAM_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "upstream/counters.h"
#include "upstream/plan.h"

struct rb_upstream_server;

/* Whether OpenSSL accepts these, each "" or a list. */
bool rb_upstream_tls_knows(const char *ciphers, const char *ciphersuites);

int rb_upstream_tls_new(const struct rb_upstream_plan *plan, SSL_CTX **ret_tls);
void rb_upstream_tls_free(SSL_CTX *tls);

/* A connection's state; a session is resumed where the server has one. NULL: no memory. */
SSL *rb_upstream_tls_open(SSL_CTX *tls, const struct rb_upstream_plan *plan,
			  struct rb_upstream_server *server);

/* Why OpenSSL ended a handshake or connection, also in words. */
enum rb_upstream_failure rb_upstream_tls_failure(SSL *ssl, unsigned long error, int socket_error,
						 const char **ret_text);

#endif

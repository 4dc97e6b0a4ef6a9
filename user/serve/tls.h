/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenSSL, as a server of clients: the key and certificates that were read with the configuration
 * (see config/tls_files.h) as what connections are made of. This opens no files.
 *
 * Thread:   main creates it; then any thread may open connections with it.
 * Lifetime: SSL_CTX_free(); connections go on without it.
 * Errors:   0 or -errno. -EINVAL: what was read is unusable; findings say why.
 */
#ifndef RB_SERVE_TLS_H
#define RB_SERVE_TLS_H

#include <openssl/ssl.h>

#include "config/config.h"

#define RB_TLS_EXPIRY_DAYS 14 /* warn from this many days before the certificate expires */

/* A message about a file; text "": none. */
struct rb_tls_finding {
	struct rb_location location; /* of the line that names it */
	char text[320];
};

struct rb_tls_findings {
	struct rb_tls_finding error, warning;
};

/* files: those of the configuration, or read later. *ret_findings is set in any case. */
int rb_tls_new(const struct rb_config *config, const struct rb_tls_files *files,
	       struct rb_tls_findings *ret_findings, SSL_CTX **ret_tls);

/*
 * Call it between reading and using a configuration: check whether TLS can be served. Errors become
 * messages of the configuration.
 */
int rb_tls_check(struct rb_config *config);

/* A connection of a client, for which the caller reads and writes the bytes. NULL: no memory. */
SSL *rb_tls_open(SSL_CTX *tls, enum rb_speech speech);

#endif

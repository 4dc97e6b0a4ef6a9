/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenSSL, as a server of clients: the key and certificates that were read with the configuration
 * (see config/tls_files.h) as what connections are made of. No file is opened here.
 *
 * Thread:   made by main; then any may open connections with it.
 * Lifetime: SSL_CTX_free(); connections go on without it.
 * Errors:   0 or -errno. -EINVAL: what was read is not of use; findings say why.
 */
#ifndef RB_SERVE_TLS_H
#define RB_SERVE_TLS_H

#include <openssl/ssl.h>

#include "config/config.h"

#define RB_TLS_EXPIRY_DAYS 14 /* from so many before its end on a certificate is warned of */

/* What is said of a file; text "": nothing. */
struct rb_tls_finding {
	struct rb_location place; /* of the line that names it */
	char text[320];
};

struct rb_tls_findings {
	struct rb_tls_finding error, warning;
};

/* files: those of the configuration, or read later. *ret_findings is set in any case. */
int rb_tls_new(const struct rb_config *config, const struct rb_tls_files *files,
	       struct rb_tls_findings *ret_findings, SSL_CTX **ret_tls);

/*
 * Between reading a configuration and using it: whether TLS can be served as it says. What is wrong
 * becomes a message of the configuration.
 */
int rb_tls_check(struct rb_config *config);

/* A connection on a descriptor of a client's, for which bytes will be read and written by others.
 * NULL: no memory. */
SSL *rb_tls_open(SSL_CTX *tls, enum rb_speech speech);

#endif

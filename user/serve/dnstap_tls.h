/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TLS settings for connections to a dnstap receiver, from files that were read with the
 * configuration.
 *
 * Thread: main.
 * Errors: 0 or -errno, logged with file and line; ret_ arguments untouched on failure.
 */
#ifndef RB_SERVE_DNSTAP_TLS_H
#define RB_SERVE_DNSTAP_TLS_H

#include <openssl/ssl.h>

#include "config/dnstap.h"

int rb_dnstap_tls_new(const struct rb_config_dnstap *config, SSL_CTX **ret_tls);

#endif

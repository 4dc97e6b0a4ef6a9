/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys of session tickets that the operator gives (tls-session-ticket-keys:), so that clients can
 * resume sessions after a restart, or at another server: files of 80 bytes, as in Unbound.
 *
 * Thread: main sets them, any thread uses them. Lifetime: of the SSL_CTX. Errors: as serve/tls.h.
 */
#ifndef RB_SERVE_TICKETS_H
#define RB_SERVE_TICKETS_H

#include "serve/tls.h"

/* If files has none, OpenSSL makes its own keys, which end with the SSL_CTX. */
int rb_tickets_set(SSL_CTX *tls, const struct rb_tls_files *files, struct rb_tls_finding *error);

#endif

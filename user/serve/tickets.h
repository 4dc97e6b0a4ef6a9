/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys of session tickets that the operator gives (tls-session-ticket-keys:), so that a session may
 * be resumed after a restart, or at another server: files of 80 bytes, as Unbound has them.
 *
 * Thread: set by main, then used by any. Lifetime: of the SSL_CTX. Errors: as serve/tls.h.
 */
#ifndef RB_SERVE_TICKETS_H
#define RB_SERVE_TICKETS_H

#include "serve/tls.h"

/* Where files has none OpenSSL makes its own, which end with the SSL_CTX. */
int rb_tickets_set(SSL_CTX *tls, const struct rb_tls_files *files, struct rb_tls_finding *error);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What TLS is served with, and its renewal when the files behind it are others: clients of ACME put
 * new ones in their place, and tell nobody.
 *
 * Thread:   main. Lifetime: rb_tls_state_end(); connections go on without it.
 * Errors:   0 or -errno, logged with file and line.
 */
#ifndef RB_SERVE_RENEW_H
#define RB_SERVE_RENEW_H

#include "serve/tls.h"

struct rb_tls_state {
	SSL_CTX *tls;              /* NULL: there is no key */
	struct rb_tls_files files; /* that it was made of; or of no use, and already told of */
	struct rb_tls_files seen;  /* others, when they were looked at last */
};

/* Of the files as they were read with the configuration. */
int rb_tls_state_begin(const struct rb_config *config, struct rb_tls_state *ret_state);
void rb_tls_state_end(struct rb_tls_state *state);

/*
 * To be called every second or so. Files that have changed, and have stayed so since the call
 * before (key and certificate are not replaced at one moment), are read. *ret_former: what is to be
 * freed once nobody opens connections with it; NULL: nothing has changed. Files of no use leave
 * things as they are, which is said.
 */
void rb_tls_state_renew(const struct rb_config *config, struct rb_tls_state *state,
			SSL_CTX **ret_former);

#endif

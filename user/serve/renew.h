/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SSL_CTX that TLS is served with, and its renewal after its files have changed. The keeper
 * reads these (config/tls_watch.h).
 *
 * Thread:   main. Lifetime: rb_tls_state_end(); connections go on without it.
 * Errors:   0 or -errno, logged with file and line.
 */
#ifndef RB_SERVE_RENEW_H
#define RB_SERVE_RENEW_H

#include "serve/tls.h"

struct rb_tls_state {
	SSL_CTX *tls; /* NULL: there is no key */
};

/* From the files as they were read with the configuration. */
int rb_tls_state_begin(const struct rb_config *config, struct rb_tls_state *ret_state);
void rb_tls_state_end(struct rb_tls_state *state);

/*
 * Serve with these files instead. *ret_former: to be freed once nobody opens connections with it;
 * NULL: nothing has changed, since the files are unusable, which is logged.
 */
void rb_tls_state_renew(const struct rb_config *config, const struct rb_tls_files *files,
			struct rb_tls_state *state, SSL_CTX **ret_former);

#endif

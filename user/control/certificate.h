/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The certificates of remote-control, as unbound-control-setup makes them: ours, which also signs
 * those of the clients that may connect.
 *
 * Thread: main. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_CONTROL_CERTIFICATE_H
#define RB_CONTROL_CERTIFICATE_H

#include <openssl/ssl.h>

#include "config/config.h"

/*
 * ret_tls: for servers that accept no client without a certificate. -EINVAL: the files are
 * unusable; log says which and why, with the line that names it.
 */
int rb_certificate_load(const struct rb_config *config, SSL_CTX **ret_tls);

#endif

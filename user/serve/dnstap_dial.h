/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The destination of copies for dnstap: a Unix socket, or an address.
 *
 * Thread: any. Errors: 0 or -errno; ret_fd untouched on failure. Never logs.
 */
#ifndef RB_SERVE_DNSTAP_DIAL_H
#define RB_SERVE_DNSTAP_DIAL_H

#include <stdbool.h>

#include "config/config.h"

/* The destination as text for the log. */
const char *rb_dnstap_dial_text(const struct rb_config_dnstap *config);

/* Whether TLS is used: to an address, unless the configuration says otherwise. */
bool rb_dnstap_dial_uses_tls(const struct rb_config_dnstap *config);

/* Connect without waiting: once *ret_fd is writable, SO_ERROR has the result. */
int rb_dnstap_dial(const struct rb_config_dnstap *config, int *ret_fd);

#endif

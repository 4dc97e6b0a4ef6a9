/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where copies for dnstap go: a Unix socket, or an address.
 *
 * Thread: any. Errors: 0 or -errno; ret_fd untouched on failure. Never logs.
 */
#ifndef RB_SERVE_DNSTAP_DIAL_H
#define RB_SERVE_DNSTAP_DIAL_H

#include <stdbool.h>

#include "config/config.h"

/* For people. */
const char *rb_dnstap_dial_text(const struct rb_config_dnstap *config);

/* To an address, unless the configuration says otherwise. */
bool rb_dnstap_dial_uses_tls(const struct rb_config_dnstap *config);

/* Connect, without waiting for it: once *ret_fd can be written to, SO_ERROR says what came of it. */
int rb_dnstap_dial(const struct rb_config_dnstap *config, int *ret_fd);

#endif

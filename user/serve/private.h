/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shorten clients' addresses for logs and dnstap: log-prefix-ipv4 and log-prefix-ipv6.
 *
 * Thread: any; pure functions.
 */
#ifndef RB_SERVE_PRIVATE_H
#define RB_SERVE_PRIVATE_H

#include <stdint.h>

#include "config/config.h"

/* client: IPv4-mapped for IPv4, also after shortening. */
void rb_private_addr(const struct rb_config *config, const uint8_t client[16],
		     uint8_t ret_addr[16]);

#endif

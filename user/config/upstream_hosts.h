/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the addresses of forward-host: and stub-host: can be looked up: not where the look-up
 * would go to the servers whose addresses it is for.
 *
 * Thread: main, of one reading. Errors: as struct rb_reader.
 */
#ifndef RB_CONFIG_UPSTREAM_HOSTS_H
#define RB_CONFIG_UPSTREAM_HOSTS_H

#include "config/reader.h"

/* An error for a zone that is asked over TLS; a warning for another one, as Unbound takes it. */
int rb_upstream_hosts_check(struct rb_reader *reader);

#endif

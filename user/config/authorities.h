/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The certificates that verify servers asked over TLS: those of tls-cert-bundle:, and the system's
 * with tls-system-cert:, or if a server has a name and there is no bundle, since named servers are
 * always verified.
 *
 * Thread: main, of one reading. Errors: as struct rb_reader.
 */
#ifndef RB_CONFIG_AUTHORITIES_H
#define RB_CONFIG_AUTHORITIES_H

#include "config/reader.h"

/* config->tls_authorities. place: for errors of the system's. */
int rb_authorities_load(struct rb_reader *reader, struct rb_location location);

#endif

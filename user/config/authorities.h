/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The certificates by which servers are verified that are asked over TLS: of tls-cert-bundle:, the
 * system's by tls-system-cert:, and these too where a server has a name and there is no bundle, since
 * of those it is always verified who they are.
 *
 * Thread: main, of one reading. Errors: as struct rb_reader.
 */
#ifndef RB_CONFIG_AUTHORITIES_H
#define RB_CONFIG_AUTHORITIES_H

#include "config/reader.h"

/* config->tls_authorities. place: for what is wrong with the system's. */
int rb_authorities_load(struct rb_reader *reader, struct rb_location location);

#endif

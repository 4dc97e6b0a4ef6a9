/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where an auth-zone: or rpz: is transferred from: primary:, master:, url:, allow-notify:. For the
 * reader alone.
 *
 * Errors: 0 or what ends the reading (-ENOMEM); what is wrong in a file becomes a message.
 */
#ifndef RB_CONFIG_TRANSFER_READ_H
#define RB_CONFIG_TRANSFER_READ_H

#include "config/directives.h"

rb_handler rb_handle_transfer_primary;
rb_handler rb_handle_transfer_url;
rb_handler rb_handle_transfer_notify;

/* A clause begins that may have such lines. */
void rb_transfer_begin(struct rb_reader *reader);

/*
 * And it ends; name: of its zone. *ret_number: of config->transfers, from 1 on; 0: it has no such
 * line. zonefile: as written, or NULL.
 */
int rb_transfer_end(struct rb_reader *reader, const char *name, const char *zonefile, bool is_rpz,
		    size_t *ret_number);

/* After the last line: where the copies are. */
int rb_transfers_finish(struct rb_reader *reader);

#endif

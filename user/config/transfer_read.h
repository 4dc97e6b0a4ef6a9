/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sources from which an auth-zone: or rpz: is transferred: primary:, master:, url:,
 * allow-notify:. For the reader alone.
 *
 * Errors: 0 or what ends the reading (-ENOMEM); what is wrong in a file becomes a message.
 */
#ifndef RB_CONFIG_TRANSFER_READ_H
#define RB_CONFIG_TRANSFER_READ_H

#include "config/directives.h"

rb_handler rb_handle_transfer_primary;
rb_handler rb_handle_transfer_url;
rb_handler rb_handle_transfer_notify;

/* The beginning of a clause that may have such lines. */
void rb_transfer_begin(struct rb_reader *reader);

/*
 * The end of it; name: of its zone. *ret_number: in config->transfers, from 1 on; 0: it has no such
 * line. zonefile: as written, or NULL.
 */
int rb_transfer_end(struct rb_reader *reader, const char *name, const char *zonefile, bool is_rpz,
		    size_t *ret_number);

/* Call it after the last line: it sets the paths of the copies. */
int rb_transfers_finish(struct rb_reader *reader);

#endif

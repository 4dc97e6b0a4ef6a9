/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clause blocklist:, runbound's own. For the reader alone.
 *
 * Errors: 0 or what ends the reading (-ENOMEM); what is wrong in a file becomes a message.
 */
#ifndef RB_CONFIG_BLOCKLIST_READ_H
#define RB_CONFIG_BLOCKLIST_READ_H

#include "config/directives.h"

rb_handler rb_handle_blocklist_name;
rb_handler rb_handle_blocklist_file;
rb_handler rb_handle_blocklist_url;
rb_handler rb_handle_blocklist_refresh;
rb_handler rb_handle_blocklist_max_size;
rb_handler rb_handle_blocklist_format;
rb_handler rb_handle_blocklist_action;
rb_handler rb_handle_blocklist_tags;

/* The beginning and the end of the clause. */
int rb_blocklist_open(struct rb_reader *reader);
int rb_blocklist_close(struct rb_reader *reader);

/* Call it after the last line: it sets the paths of the lists' files. */
int rb_blocklists_finish(struct rb_reader *reader);

#endif

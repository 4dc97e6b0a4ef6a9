/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clause rpz:, a response policy zone. For the reader alone.
 *
 * Errors: 0 or what ends the reading (-ENOMEM); what is wrong in a file becomes a message.
 */
#ifndef RB_CONFIG_RPZ_READ_H
#define RB_CONFIG_RPZ_READ_H

#include "config/directives.h"

rb_handler rb_handle_rpz_name;
rb_handler rb_handle_rpz_file;
rb_handler rb_handle_rpz_tags;
rb_handler rb_handle_rpz_override;
rb_handler rb_handle_rpz_cname;
rb_handler rb_handle_rpz_log;
rb_handler rb_handle_rpz_log_name;
rb_handler rb_handle_rpz_signal;

/* The beginning and the end of the clause. */
int rb_rpz_open(struct rb_reader *reader);
int rb_rpz_close(struct rb_reader *reader);

/* Call it after the last line: it sets the paths of the zones' files. */
int rb_rpz_finish(struct rb_reader *reader);

#endif

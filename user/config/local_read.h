/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directives of local policy: local-zone, local-data, views, tags, and which clients they are
 * for. For the reader alone.
 *
 * Errors: 0 or what ends the reading (-ENOMEM); what is wrong in a file becomes a message.
 */
#ifndef RB_CONFIG_LOCAL_READ_H
#define RB_CONFIG_LOCAL_READ_H

#include <stdbool.h>

#include "config/directives.h"
#include "config/local.h"
#include "config/record.h"

rb_handler rb_handle_local_zone;
rb_handler rb_handle_local_data;
rb_handler rb_handle_local_data_ptr;
rb_handler rb_handle_local_zone_tag;
rb_handler rb_handle_local_zone_override;
rb_handler rb_handle_define_tag;
rb_handler rb_handle_view_name;
rb_handler rb_handle_view_first;

/* The beginning and the end of a view. */
int rb_view_open(struct rb_reader *reader);
int rb_view_close(struct rb_reader *reader);

/* Call it after the last line: it sets tags of zones that may be defined anywhere. */
int rb_local_finish(struct rb_reader *reader);

/* The origin of the current line. */
struct rb_local_origin rb_local_origin(const struct rb_reader *reader);

/* Put a domain name into config->local in lower case. */
int rb_local_name(struct rb_reader *reader, const char *text, uint32_t *ret_offset,
		  uint8_t *ret_len);

/* A list of tags in quotes, as a mask; *ret_tags is unchanged on an error. */
int rb_local_tags(struct rb_reader *reader, const char *directive, const char *text,
		  uint64_t *ret_tags, bool *ret_wrong);

/* Put one record in presentation format, its owner and RDATA, into config->local. */
int rb_local_record(struct rb_reader *reader, const char *directive, const char *text,
		    struct rb_local_rr *ret_rr, bool *ret_wrong);

/* Put a parsed record; the caller sets the rest of *rr. */
int rb_local_put_record(struct rb_local *local, const struct rb_text_record *parsed,
			struct rb_local_rr *rr);

void rb_local_reader_free(struct rb_reader *reader);

#endif

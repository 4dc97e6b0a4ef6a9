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

/* A view: begins and ends. */
int rb_view_open(struct rb_reader *reader);
int rb_view_close(struct rb_reader *reader);

/* After the last line: tags of zones that may stand anywhere. */
int rb_local_finish(struct rb_reader *reader);

/* Of the line at hand. */
struct rb_local_origin rb_local_origin(const struct rb_reader *reader);

/* A domain name, put into config->local in lower case. */
int rb_local_name(struct rb_reader *reader, const char *text, uint32_t *ret_offset,
		  uint8_t *ret_len);

/* A list of tags in quotes, as a mask; *ret_tags untouched where there is an error. */
int rb_local_tags(struct rb_reader *reader, const char *directive, const char *text,
		  uint64_t *ret_tags, bool *ret_wrong);

/* One record in presentation format, its owner and rdata put into config->local. */
int rb_local_record(struct rb_reader *reader, const char *directive, const char *text,
		    struct rb_local_rr *ret_rr, bool *ret_wrong);

/* A record that is parsed; the rest of *rr is the caller's. */
int rb_local_put_record(struct rb_local *local, const struct rb_text_record *parsed,
			struct rb_local_rr *rr);

void rb_local_reader_free(struct rb_reader *reader);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directives on a client's view and tags. Each netblock with any of them becomes a client class
 * of struct rb_local. For the reader alone.
 *
 * Errors: 0 or what ends the reading (-ENOMEM); what is wrong in a file becomes a message.
 */
#ifndef RB_CONFIG_CLIENT_READ_H
#define RB_CONFIG_CLIENT_READ_H

#include "config/directives.h"

rb_handler rb_handle_interface_action;
rb_handler rb_handle_access_control_view;
rb_handler rb_handle_access_control_tag;
rb_handler rb_handle_access_control_tag_action;
rb_handler rb_handle_access_control_tag_data;

/*
 * Call it after the last line: it sets views by name, and the access-control rules of the
 * netblocks.
 */
int rb_clients_finish(struct rb_reader *reader);
void rb_clients_free(struct rb_reader *reader);

#endif

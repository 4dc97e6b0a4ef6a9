/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * response-ip: and similar directives, in the server clause and in views. For the reader alone.
 *
 * Errors: 0 or what ends the reading (-ENOMEM); what is wrong in a file becomes a message.
 */
#ifndef RB_CONFIG_RESPONSE_READ_H
#define RB_CONFIG_RESPONSE_READ_H

#include "config/directives.h"

rb_handler rb_handle_response_ip;
rb_handler rb_handle_response_ip_data;
rb_handler rb_handle_response_ip_tag;

#endif

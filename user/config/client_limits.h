/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads how many connections clients of a netblock may have at a time (tcp-connection-limit:), how
 * many queries that wait (wait-limit-netblock:), and how many a second (ip-ratelimit:).
 *
 * Errors: 0 or what ends the reading (-ENOMEM); what is wrong in a file becomes a message.
 */
#ifndef RB_CONFIG_CLIENT_LIMITS_H
#define RB_CONFIG_CLIENT_LIMITS_H

#include "config/directives.h"

rb_handler rb_handle_connection_limit;
rb_handler rb_handle_wait_limit;
rb_handler rb_handle_ip_ratelimit;

#endif

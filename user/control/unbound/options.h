/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * get_option and set_option, by the table of directives.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_UNBOUND_OPTIONS_H
#define RB_CONTROL_UNBOUND_OPTIONS_H

#include <stdio.h>

#include "control/clients.h"
#include "control/view.h"

/* name: of a directive of server:, with or without a colon. */
void rb_option_print(const struct rb_config *config, const char *name, FILE *out);

/*
 * "set_option NAME: VALUE": another process reads the file again with that line behind it. See
 * rb_clients_take_fn.
 */
bool rb_option_take(const struct rb_clients_upload *upload, FILE *out,
		    const struct rb_control_view *view);

/* verbosity, as set by unbound-control. */
void rb_option_set_verbosity(const char *number, FILE *out);

#endif

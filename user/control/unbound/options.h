/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * get_option and set_option, by the table of directives.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_UNBOUND_OPTIONS_H
#define RB_CONTROL_UNBOUND_OPTIONS_H

#include <stdio.h>

#include "control/command.h"

/* name: of a directive of server:, with or without a colon. */
void rb_option_print(const struct rb_config *config, const char *name, FILE *out);

/* "set_option NAME: VALUE": the keeper reads the file again, with that line after those of it. */
bool rb_option_set(struct rb_command_call *call);

/* verbosity, as set by unbound-control. */
void rb_option_set_verbosity(const char *number, FILE *out);

#endif

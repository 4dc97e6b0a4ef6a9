/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * get_option and set_option, by the table of directives.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_UNBOUND_OPTIONS_H
#define RB_CONTROL_UNBOUND_OPTIONS_H

#include <stdio.h>

#include "control/view.h"

/* name: of a directive of server:, with or without a colon. */
void rb_option_print(const struct rb_config *config, const char *name, FILE *out);

/* words: "NAME: VALUE". */
void rb_option_set(const struct rb_control_view *view, char *words, FILE *out);

/* verbosity, as set by unbound-control. */
void rb_option_set_verbosity(const char *number, FILE *out);

#endif

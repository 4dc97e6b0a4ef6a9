/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The local zones and data in force, as text: those of the file and the default ones.
 *
 * Thread: any; the configuration's.
 */
#ifndef RB_CONTROL_UNBOUND_LOCAL_H
#define RB_CONTROL_UNBOUND_LOCAL_H

#include <stdio.h>

#include "config/config.h"

/* The number of a view by its name; 0: none. */
unsigned int rb_local_view_find(const struct rb_config *config, const char *name);

/* Lines "NAME TYPE" and resource records, of a view or outside of all (0). */
void rb_local_print_zones(const struct rb_config *config, unsigned int view, FILE *out);
void rb_local_print_data(const struct rb_config *config, unsigned int view, FILE *out);

#endif

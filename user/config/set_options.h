/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directives that unbound-control's set_option may set while runbound runs, and what has been
 * set since the file was read: lines that follow those of the file.
 *
 * Thread: any; pure functions.
 * Trust:  none of them names a file, a user, an address or an interface, since who asks for one
 *         may have been taken over.
 */
#ifndef RB_CONFIG_SET_OPTIONS_H
#define RB_CONFIG_SET_OPTIONS_H

#include <stdbool.h>

#define RB_SET_OPTIONS_MAX      80
#define RB_SET_OPTION_VALUE_MAX 64 /* with its NUL */

struct rb_set_options {
	char values[RB_SET_OPTIONS_MAX][RB_SET_OPTION_VALUE_MAX]; /* "": as in the file */
};

/* The number of the directive; -1: it cannot be set. */
int rb_set_options_find(const char *name);

/* False: there is no such number, or the value cannot stand in a line. */
bool rb_set_options_put(struct rb_set_options *options, unsigned int number, const char *value);

/* What is set in more, too. */
void rb_set_options_add(struct rb_set_options *options, const struct rb_set_options *more);

/* As text of a configuration; free(). NULL: no memory. */
char *rb_set_options_text(const struct rb_set_options *options);

#endif

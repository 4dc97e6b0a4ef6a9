/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files that libunbound's text names, each copied into a sealed memfd under the number that it
 * will have in the resolver process.
 *
 * Private to resolve/setup.c and resolve/forwards.c. Thread: main. Errors: 0 or -errno.
 */
#ifndef RB_RESOLVE_SETUP_FILES_H
#define RB_RESOLVE_SETUP_FILES_H

#include <stdio.h>

#include "resolve/setup.h"

/* The value of a line "directive: value", without its quotes; false: it has another directive. */
bool rb_setup_value(const char *line, const char *directive, char value[PATH_MAX]);

/*
 * Write the line to text. If it names files, they are copied first, unless that was done before,
 * and the line names the copies. A file that cannot be read keeps its line, so that libunbound
 * complains of it.
 */
int rb_setup_files_put(struct rb_setup *setup, const char *line, FILE *text);

/* Take over the copies of a former setup, by the same numbers. */
int rb_setup_files_inherit(struct rb_setup *setup, const struct rb_setup *former);

/* Read a zone's file anew, for all lines that name it. */
int rb_setup_files_renew(struct rb_setup *setup, const struct rb_zone_copy *copy);

void rb_setup_files_free(struct rb_setup *setup);

#endif

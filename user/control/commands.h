/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands of the control socket: a line "UBCT1 command [word]..." and the answer to it. An
 * answer that begins with "error" says why there is none.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_COMMANDS_H
#define RB_CONTROL_COMMANDS_H

#include <stdio.h>

#define RB_CONTROL_GREETING "UBCT1 "

/* view: a struct rb_control_view. */
void rb_command_run(const char *line, FILE *out, const void *view);

#endif

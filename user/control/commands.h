/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands of the control socket: a line "UBCT1 command [word]..." and the answer to it. An
 * answer that begins with "error" gives the reason for a failure.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_COMMANDS_H
#define RB_CONTROL_COMMANDS_H

#include <stdio.h>

#include "control/clients.h"
#include "control/view.h"

#define RB_CONTROL_GREETING "UBCT1 "

/* view: a struct rb_control_view. */
void rb_command_run(const char *line, FILE *out, const void *view);

/* The commands that others answer: see rb_clients_take_fn. */
bool rb_command_take(const struct rb_clients_upload *upload, FILE *out, const void *view);

/* Of these, the reload, which another process executes. */
bool rb_reload_take(const struct rb_clients_upload *upload, FILE *out,
		    const struct rb_control_view *view);

/* The same for any line. */
bool rb_reload_ask(const struct rb_clients_upload *upload, FILE *out,
		   const struct rb_control_view *view);

#endif

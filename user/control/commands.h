/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands of the control socket, see command.h.
 *
 * Thread: main. view: a struct rb_control_view.
 */
#ifndef RB_CONTROL_COMMANDS_H
#define RB_CONTROL_COMMANDS_H

#include "control/command.h"

void rb_own_answer(const char *line, FILE *out, const void *view);
bool rb_own_take(const struct rb_clients_upload *upload, FILE *out, const void *view);

/* The commands that make the keeper read the file again, for both kinds of sockets. */
extern const struct rb_command_set rb_reload_commands;

/* The same for any command. keeps: what was changed at run time, as far as it can be. */
bool rb_reload_ask(const struct rb_command_call *call, bool keeps);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands that fill the table and empty it: "preload [pin] [trust]" with records (see
 * store/preload.h), "flush NAME", "flush_type NAME TYPE", "flush_zone NAME", "flush_all" and so on
 * (see control/flusher.h).
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_TABLE_COMMANDS_H
#define RB_CONTROL_TABLE_COMMANDS_H

#include "control/command.h"

extern const struct rb_command_set rb_table_commands;

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unbound-control's verbs that change the upstreams: forward_add, stub_remove, insecure_add,
 * forward and so on. They last until the next reload.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_UNBOUND_UPSTREAMS_H
#define RB_CONTROL_UNBOUND_UPSTREAMS_H

#include "control/command.h"

extern const struct rb_command_set rb_upstream_commands;

/* "forward" with words: the servers for the root, or "off". */
void rb_upstreams_set_root(struct rb_command_call *call);

#endif

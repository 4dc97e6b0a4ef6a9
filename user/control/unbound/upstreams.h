/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unbound-control's verbs that change the upstreams: forward_add, stub_remove, insecure_add,
 * forward and so on. They last until the next reload.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_UNBOUND_UPSTREAMS_H
#define RB_CONTROL_UNBOUND_UPSTREAMS_H

#include <stdbool.h>
#include <stdio.h>

#include "control/view.h"

/*
 * words: what follows the name; they are modified. False: another verb, or one that asks for a
 * list.
 */
bool rb_upstreams_run(const struct rb_control_view *view, const char *name, char *words, FILE *out);

#endif

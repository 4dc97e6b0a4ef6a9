/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dump_requestlist: the questions that are worked on, of each worker.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_UNBOUND_REQUESTLIST_H
#define RB_CONTROL_UNBOUND_REQUESTLIST_H

#include <stdio.h>

#include "control/view.h"

/* In Unbound's form. In place of the server that is waited for stands the process that is asked. */
void rb_requestlist_print(const struct rb_control_view *view, FILE *out);

#endif

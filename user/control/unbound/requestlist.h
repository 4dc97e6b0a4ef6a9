/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dump_requestlist: the pending questions of each worker.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_UNBOUND_REQUESTLIST_H
#define RB_CONTROL_UNBOUND_REQUESTLIST_H

#include <stdio.h>

#include "control/view.h"

/*
 * Print them in Unbound's format, with the resolver process in place of the server that Unbound
 * waits for.
 */
void rb_requestlist_print(const struct rb_control_view *view, FILE *out);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What the daemon is doing, in words: a line for each, "name: value"; names may come twice. */
#ifndef RB_CONTROL_STATUS_H
#define RB_CONTROL_STATUS_H

#include <stdio.h>

#include "control/view.h"

/* Thread: main. */
void rb_status_print(const struct rb_control_view *view, FILE *out);

#endif

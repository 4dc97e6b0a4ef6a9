/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon's state as lines "name: value"; names may be repeated. */
#ifndef RB_CONTROL_STATUS_H
#define RB_CONTROL_STATUS_H

#include <stdio.h>

#include "control/view.h"

/* Thread: main. */
void rb_status_print(const struct rb_control_view *view, FILE *out);

#endif

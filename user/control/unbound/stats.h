/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unbound's statistics, under its names and in its order.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_UNBOUND_STATS_H
#define RB_CONTROL_UNBOUND_STATS_H

#include <stdio.h>

#include "control/view.h"

/* Lines "NAME=NUMBER"; more of them with extended-statistics. */
void rb_unbound_stats_print(const struct rb_control_view *view, FILE *out);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * statistics-interval: the statistics in the log, in Unbound's words.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_UNBOUND_STATS_LOG_H
#define RB_CONTROL_UNBOUND_STATS_LOG_H

#include "control/view.h"

/* Log them, and reset them unless statistics-cumulative is set. */
void rb_stats_log(const struct rb_control_view *view);

#endif

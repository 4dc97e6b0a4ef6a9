/* SPDX-License-Identifier: BSD-2-Clause */
/* The counts of the server's workers. Thread: any. */
#ifndef RB_CONTROL_STATS_SERVER_H
#define RB_CONTROL_STATS_SERVER_H

#include "control/stats_walk.h"

void rb_stats_visit_server(const struct rb_stat_walk *walk);

#endif

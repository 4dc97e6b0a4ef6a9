/* SPDX-License-Identifier: BSD-2-Clause */
/* The counts of resolver processes, and of their connections to servers over TLS. Thread: any. */
#ifndef RB_CONTROL_STATS_RESOLVER_H
#define RB_CONTROL_STATS_RESOLVER_H

#include "control/stats_walk.h"

void rb_stats_visit_resolvers(const struct rb_stat_walk *walk);

#endif

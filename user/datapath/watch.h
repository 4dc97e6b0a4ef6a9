/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A port while it runs: replies that do not leave are noticed within a second, what somebody took
 * away too, and what failed is tried again when it is due.
 *
 * Thread: main. Logs.
 */
#ifndef RB_DATAPATH_WATCH_H
#define RB_DATAPATH_WATCH_H

#include "datapath/port.h"

/* counters: of all programs now. What is to be tried (again) is RB_PORT_PLANNED afterwards. */
void rb_port_watch(struct rb_port *port, const uint64_t counters[RB_COUNTER_COUNT]);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Watch a running port: within a second, notice replies that do not leave and programs that
 * somebody detached; retry what failed when it is due.
 *
 * Thread: main. Logs.
 */
#ifndef RB_DATAPATH_WATCH_H
#define RB_DATAPATH_WATCH_H

#include "datapath/port.h"

/* counters: current ones of all programs. Ports to try (again) are RB_PORT_PLANNED afterwards. */
void rb_port_watch(struct rb_port *port, const uint64_t counters[RB_COUNTER_COUNT]);

#endif

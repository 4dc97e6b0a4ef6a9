/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of `status` on XDP: each interface, each of its queues, each pin.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_STATUS_XDP_H
#define RB_CONTROL_STATUS_XDP_H

#include <stdio.h>

#include "control/view.h"

/*
 * "interface: name=eth0 mode=native ...": words name=value, from which clients make objects. A
 * reason=... extends to the end of its line.
 */
void rb_status_xdp_print(const struct rb_control_view *view, FILE *out);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The counters for Prometheus (text format 0.0.4). Thread: any. */
#ifndef RB_CONTROL_METRICS_H
#define RB_CONTROL_METRICS_H

#include <stdio.h>

#include "control/view.h"

#define RB_METRICS_TYPE "text/plain; version=0.0.4"

void rb_metrics_print(const struct rb_control_view *view, FILE *out);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contents of status and stats as one JSON object for programs; runbound(8) describes it.
 *
 * Thread: any.
 */
#ifndef RB_CONTROL_STATUS_JSON_H
#define RB_CONTROL_STATUS_JSON_H

#include <stdio.h>

#include "control/view.h"

void rb_status_json_print(const struct rb_control_view *view, FILE *out);

#endif

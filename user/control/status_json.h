/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What status and stats tell, as one JSON object for programs; runbound(8) says what is in it.
 *
 * Thread: any.
 */
#ifndef RB_CONTROL_STATUS_JSON_H
#define RB_CONTROL_STATUS_JSON_H

#include <stdio.h>

#include "control/view.h"

void rb_status_json_print(const struct rb_control_view *view, FILE *out);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names, zones and clients with the most queries, for the operator.
 *
 * Thread: any.
 */
#ifndef RB_CONTROL_ASKED_H
#define RB_CONTROL_ASKED_H

#include <stdio.h>

#include "control/view.h"

/* Lines "QUESTIONS SHARE% NAME"; words: "names", "zones" or "clients". */
void rb_asked_print(const struct rb_control_view *view, const char *words, FILE *out);

/* A member of status.json, if it is counted. */
void rb_asked_print_json(const struct rb_control_view *view, FILE *out);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fetched lists and zones: show their state, and fetch them again.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_FETCHED_H
#define RB_CONTROL_FETCHED_H

#include <stdio.h>

#include "control/view.h"

/* Print a line for each. */
void rb_fetched_print(const struct rb_control_view *view, FILE *out);

/* words: the name of one, or "": all. They are fetched within about a second. */
void rb_fetched_again(const struct rb_control_view *view, const char *words, FILE *out);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is fetched from elsewhere: how it is with it, and having it fetched again.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_FETCHED_H
#define RB_CONTROL_FETCHED_H

#include <stdio.h>

#include "control/view.h"

/* A line for each. */
void rb_fetched_print(const struct rb_control_view *view, FILE *out);

/* words: of one, or "": of all. What is due is fetched within a second or so. */
void rb_fetched_again(const struct rb_control_view *view, const char *words, FILE *out);

#endif

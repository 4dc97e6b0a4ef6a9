/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of a question, and which line decides: for people who wonder.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_EXPLAIN_H
#define RB_CONTROL_EXPLAIN_H

#include <stdio.h>

#include "config/config.h"

/* words: "NAME [TYPE [ADDRESS]]", of the client; may be cut up. "error ..." where that is wrong. */
void rb_explain(const struct rb_config *config, char *words, FILE *out);

#endif

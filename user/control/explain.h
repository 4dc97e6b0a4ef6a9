/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Explain how a question is answered, and which line decides.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_EXPLAIN_H
#define RB_CONTROL_EXPLAIN_H

#include <stdio.h>

#include "config/config.h"

/* words: "NAME [TYPE [ADDRESS]]", of the client; it is modified. "error ..." if they are wrong. */
void rb_explain(const struct rb_config *config, char *words, FILE *out);

#endif

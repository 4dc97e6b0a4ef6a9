/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verbs of unbound-control: one table, in which each verb of Unbound 1.17 is either supported,
 * or refused with the reason and the alternative.
 *
 * Thread: main. view: a struct rb_control_view.
 */
#ifndef RB_CONTROL_UNBOUND_VERBS_H
#define RB_CONTROL_UNBOUND_VERBS_H

#include "control/clients.h"

/* line: "UBCT1 verb [word]...". */
void rb_verb_answer(const char *line, FILE *out, const void *view);

/* The verbs that a separate thread executes. */
bool rb_verb_take(const struct rb_clients_upload *upload, FILE *out, const void *view);

#endif

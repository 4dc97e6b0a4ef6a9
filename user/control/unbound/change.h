/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unbound-control's verbs that change local policy: local_zone, view_local_datas, rpz_disable ...
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_UNBOUND_CHANGE_H
#define RB_CONTROL_UNBOUND_CHANGE_H

#include <stdbool.h>
#include <stdio.h>

#include "control/command.h"

extern const struct rb_command_set rb_change_commands;

/* What the verb of a row does. */
struct rb_change_verb {
	enum rb_policy_verb verb;
	bool of_view; /* in a view, whose name comes first */
	const char
		*done; /* for verbs whose lines follow (see bulk.h): Unbound's words; else NULL */
	const char *what; /* for the same verbs: what was changed */
};

/* Print why nothing was changed. */
void rb_change_say(const struct rb_policy_change *change, int err, FILE *out);

#endif

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

#include "control/view.h"

/*
 * Run a verb that has everything in its line. words: what follows the name; they are modified.
 * False: no such verb.
 */
bool rb_change_run(const struct rb_control_view *view, const char *name, char *words, FILE *out);

struct rb_change_verb {
	const char *name;
	enum rb_policy_verb verb;
	bool of_view; /* of a view, whose name comes first */
	const char
		*done; /* for verbs whose lines follow (see bulk.h): Unbound's words; else NULL */
	const char *what; /* the same, what was changed */
};

/* NULL: no such verb. */
const struct rb_change_verb *rb_change_verb_find(const char *name, size_t len);

/* Print why nothing was changed. */
void rb_change_say(const struct rb_policy_change *change, int err, FILE *out);

#endif

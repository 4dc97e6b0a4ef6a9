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

/* One with everything in its line. words: what follows the name; may be cut up. False: it is none. */
bool rb_change_run(const struct rb_control_view *view, const char *name, char *words, FILE *out);

struct rb_change_verb {
	const char *name;
	enum rb_policy_verb verb;
	bool of_view; /* whose name comes first */
	const char
		*done; /* of those whose lines follow (see bulk.h): as Unbound says it; else NULL */
	const char *what; /* of what, the same way */
};

/* NULL: there is none. */
const struct rb_change_verb *rb_change_verb_find(const char *name, size_t len);

/* Why nothing was changed. */
void rb_change_say(const struct rb_policy_change *change, int err, FILE *out);

#endif

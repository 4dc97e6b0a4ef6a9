/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes of local policy while the server runs, as requested by unbound-control's local_zone,
 * local_data and similar commands, and turning response policy zones on and off.
 */
#ifndef RB_POLICY_CHANGE_H
#define RB_POLICY_CHANGE_H

#include <stddef.h>

enum rb_policy_verb {
	RB_POLICY_ZONE_ADD,    /* texts: "NAME TYPE"; changes the type of an existing zone */
	RB_POLICY_ZONE_REMOVE, /* "NAME", with its data */
	RB_POLICY_DATA_ADD,    /* a resource record; creates its zone if there is none */
	RB_POLICY_DATA_REMOVE, /* "NAME": all data there */
	RB_POLICY_RPZ_ENABLE,  /* "NAME" of a response policy zone */
	RB_POLICY_RPZ_DISABLE,
};

/* One request: all texts take effect together. */
struct rb_policy_change {
	enum rb_policy_verb verb;
	const char *view; /* its name; NULL: outside of all views */
	const char *const *texts;
	size_t count;
	/*
	 * Set by the code that makes the change. wrong[i]: why texts[i] was left out, a constant;
	 * NULL: it is in force. Removing what does not exist is not an error.
	 */
	const char **wrong;
};

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities, given up and told of. */
#include "util/privileges.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "util/cleanup.h"

static void cap_freep(cap_t *caps)
{
	if (*caps)
		cap_free(*caps);
}

static bool is_among(cap_value_t capability, const cap_value_t *capabilities, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (capabilities[i] == capability)
			return true;
	return false;
}

/* What execve() could give back, and nobody here calls that: best done where it is allowed. */
static void bound(const cap_value_t *capabilities, size_t count)
{
	for (cap_value_t cap = 0; CAP_IS_SUPPORTED(cap); cap++)
		if (!is_among(cap, capabilities, count))
			(void)cap_drop_bound(cap);
}

int rb_privileges_keep(const cap_value_t *capabilities, size_t count)
{
	_cleanup_(cap_freep) cap_t now = cap_get_proc(), kept = cap_init();

	if (!now || !kept)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		cap_flag_value_t has = CAP_CLEAR;

		if (cap_get_flag(now, capabilities[i], CAP_PERMITTED, &has) || has != CAP_SET)
			continue;
		cap_set_flag(kept, CAP_PERMITTED, 1, &capabilities[i], CAP_SET);
		cap_set_flag(kept, CAP_EFFECTIVE, 1, &capabilities[i], CAP_SET);
	}
	(void)cap_reset_ambient();
	bound(capabilities, count);
	return cap_set_proc(kept) ? -errno : 0;
}

void rb_privileges_bound(void)
{
	bound(NULL, 0);
}

int rb_privileges_drop(void)
{
	return rb_privileges_keep(NULL, 0);
}

void rb_privileges_text(char ret_text[RB_PRIVILEGES_TEXT])
{
	_cleanup_(cap_freep) cap_t now = cap_get_proc();
	size_t used = 0;

	snprintf(ret_text, RB_PRIVILEGES_TEXT, now ? "none" : "?");
	for (cap_value_t cap = 0; now && cap <= CAP_LAST_CAP; cap++) {
		cap_flag_value_t has = CAP_CLEAR;
		char *name;

		if (cap_get_flag(now, cap, CAP_PERMITTED, &has) || has != CAP_SET)
			continue;
		name = cap_to_name(cap);
		used += (size_t)snprintf(ret_text + used, RB_PRIVILEGES_TEXT - used, "%s%s",
					 used ? " " : "", name ? name : "?");
		cap_free(name);
		if (used >= RB_PRIVILEGES_TEXT)
			return;
	}
}

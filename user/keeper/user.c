/* SPDX-License-Identifier: BSD-2-Clause */
/* Look up users. */
#include "keeper/user.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/capability.h>

static bool may_change(void)
{
	cap_t caps = cap_get_proc();
	cap_flag_value_t has = CAP_CLEAR;

	if (!caps)
		return false;
	if (cap_get_flag(caps, CAP_SETUID, CAP_EFFECTIVE, &has))
		has = CAP_CLEAR;
	cap_free(caps);
	return has == CAP_SET;
}

static bool find(const char *name, struct rb_process_user *user)
{
	const struct passwd *found = name && *name ? getpwnam(name) : NULL;

	if (!found)
		return false;
	user->uid = found->pw_uid;
	user->gid = found->pw_gid;
	snprintf(user->name, sizeof(user->name), "%s", name);
	return true;
}

int rb_process_user_find(const char *asked, const char *const *others, size_t count,
			 struct rb_process_user *ret_user)
{
	struct rb_process_user user = {.change = may_change()};

	if (!user.change) {
		*ret_user = user;
		return 0;
	}
	if (asked && *asked) {
		if (!find(asked, &user))
			return -ENOENT;
		*ret_user = user;
		return 0;
	}
	for (size_t i = 0; i < count; i++)
		if (find(others[i], &user)) {
			*ret_user = user;
			return 0;
		}
	return -ENOENT;
}

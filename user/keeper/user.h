/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The user that a child process becomes.
 *
 * Thread:   main (the user database is not thread-safe). Errors: 0 or -errno.
 */
#ifndef RB_KEEPER_USER_H
#define RB_KEEPER_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The user to become. */
struct rb_process_user {
	bool change; /* false: the child keeps our user */
	uid_t uid;
	gid_t gid;
	char name[32]; /* for messages */
};

/*
 * The user of a child: the one that is asked for, or else the first of the others that exists. If
 * we may not change users, the child keeps ours. -ENOENT: there is no such user.
 */
int rb_process_user_find(const char *asked, const char *const *others, size_t count,
			 struct rb_process_user *ret_user);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whom a child process is to become.
 *
 * Thread:   main (the user database is not for several). Errors: 0 or -errno.
 */
#ifndef RB_KEEPER_USER_H
#define RB_KEEPER_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Whom to become. */
struct rb_process_user {
	bool change; /* false: the child stays who we are */
	uid_t uid;
	gid_t gid;
	char name[32]; /* for messages */
};

/*
 * Whom a child started as root is to become: the user asked for, or else the first of the others
 * that there is. Where we may not change users it stays. -ENOENT: there is no such user.
 */
int rb_process_user_find(const char *asked, const char *const *others, size_t count,
			 struct rb_process_user *ret_user);

#endif

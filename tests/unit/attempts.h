/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a process tries that was taken over: system calls that a sandbox must refuse, and kinds of
 * sockets.
 */
#ifndef RB_TESTS_ATTEMPTS_H
#define RB_TESTS_ATTEMPTS_H

#include <stdbool.h>
#include <stddef.h>

/* try: what the system call returns; -1 and errno where it is refused. */
struct attempt {
	const char *what;
	long (*try)(void);
	bool server_may; /* rb-server exists to do this; resolver processes may not */
};

extern const struct attempt attempts[];
extern const size_t attempt_count;

/* For socket(). */
struct socket_kind {
	const char *what;
	int family, type, protocol;
	bool resolver_may;
};

extern const struct socket_kind socket_kinds[];
extern const size_t socket_kind_count;

#endif

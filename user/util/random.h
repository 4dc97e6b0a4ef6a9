/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes from the kernel's random number generator. */
#ifndef RB_UTIL_RANDOM_H
#define RB_UTIL_RANDOM_H

#include <errno.h>
#include <stddef.h>
#include <sys/random.h>

/* bytes: at most 256. 0 or -errno. */
static inline int rb_random_bytes(void *buffer, size_t bytes)
{
	ssize_t got = getrandom(buffer, bytes, 0);

	if (got < 0)
		return -errno;
	return (size_t)got == bytes ? 0 : -EIO;
}

#endif

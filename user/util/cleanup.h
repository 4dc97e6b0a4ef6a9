/* SPDX-License-Identifier: BSD-2-Clause */
/* Ownership that ends with the scope: cleanup attributes and TAKE_PTR(). */
#ifndef RB_UTIL_CLEANUP_H
#define RB_UTIL_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((cleanup(function)))

/* Pass a pointer on: the variable becomes NULL, so that its cleanup does nothing. */
#define TAKE_PTR(pointer)                                                                          \
	({                                                                                         \
		__typeof__(pointer) taken_ = (pointer);                                            \
		(pointer) = NULL;                                                                  \
		taken_;                                                                            \
	})

/* The same for a file descriptor. */
#define TAKE_FD(fd)                                                                                \
	({                                                                                         \
		int taken_ = (fd);                                                                 \
		(fd) = -1;                                                                         \
		taken_;                                                                            \
	})

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static inline void rb_freep(void *pointer_to_pointer)
{
	free(*(void **)pointer_to_pointer);
}

static inline void rb_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void rb_fclosep(FILE **file)
{
	if (*file)
		fclose(*file);
}

#define _cleanup_free_   _cleanup_(rb_freep)
#define _cleanup_close_  _cleanup_(rb_closep)
#define _cleanup_fclose_ _cleanup_(rb_fclosep)

#endif

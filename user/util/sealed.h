/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes in a memfd that nobody can change any more, to be given to another process.
 *
 * Thread: any. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_UTIL_SEALED_H
#define RB_UTIL_SEALED_H

#include <stddef.h>

/* name: what /proc shows. */
int rb_sealed_new(const char *name, const char *bytes, size_t len, int *ret_fd);

#endif

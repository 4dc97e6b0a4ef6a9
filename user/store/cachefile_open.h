/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cache-file and the one that is to take its place, for who may open them.
 *
 * Thread: any. Errors: 0 or -errno; ret_fd untouched on failure. Never logs.
 */
#ifndef RB_STORE_CACHEFILE_OPEN_H
#define RB_STORE_CACHEFILE_OPEN_H

#include "util/opener.h"

/* file: RB_OPENS_CACHE...; -EPERM to read: others may have written it. *ret_fd: -1: there is none. */
int rb_cachefile_open(const char *path, enum rb_opener_file file, int *ret_fd);

#endif

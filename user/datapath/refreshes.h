/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The refreshes that the kernel asks for, out of their ring.
 *
 * Thread: main. Lifetime: rb_refreshes_close(). Errors: 0 or -errno. Never logs.
 */
#ifndef RB_DATAPATH_REFRESHES_H
#define RB_DATAPATH_REFRESHES_H

#include "table/table.h"

struct rb_refreshes;

typedef void rb_refresh_fn(struct rb_table_ref ref, void *context);

int rb_refreshes_open(int map_fd, struct rb_refreshes **ret_refreshes);
void rb_refreshes_close(struct rb_refreshes *refreshes);

/* Readable: some have come. */
int rb_refreshes_fd(const struct rb_refreshes *refreshes);
void rb_refreshes_read(struct rb_refreshes *refreshes, rb_refresh_fn *ask, void *context);

#endif

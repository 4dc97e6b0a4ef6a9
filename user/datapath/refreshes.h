/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read the kernel's rings: requests for refreshes, and replies for the log.
 *
 * Thread: main. Lifetime: rb_refreshes_close(). Errors: 0 or -errno. Never logs.
 */
#ifndef RB_DATAPATH_REFRESHES_H
#define RB_DATAPATH_REFRESHES_H

#include "table/table.h"

struct rb_refreshes;

struct rb_refreshes_reader {
	void (*ask)(struct rb_table_ref ref, void *context);
	void (*log)(const struct rb_logged *logged, void *context);
	void *context;
};

/* Of the maps rb_refreshes and rb_logged. */
int rb_refreshes_open(int map_fd, int logged_fd, struct rb_refreshes **ret_refreshes);
void rb_refreshes_close(struct rb_refreshes *refreshes);

/* Readable: the rings have entries. */
int rb_refreshes_fd(const struct rb_refreshes *refreshes);
void rb_refreshes_read(struct rb_refreshes *refreshes, const struct rb_refreshes_reader *reader);

#endif

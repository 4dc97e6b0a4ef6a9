/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is in force on each interface, where servers can read it: memory that the keeper alone writes.
 *
 * Thread:   written by the keeper, read by a server's main thread.
 * Lifetime: rb_board_free(), in each process. Errors: 0 or -errno. Never logs.
 */
#ifndef RB_DATAPATH_BOARD_H
#define RB_DATAPATH_BOARD_H

#include <stddef.h>

#include "datapath/status.h"

struct rb_board;

int rb_board_new(struct rb_board **ret_board);
void rb_board_free(struct rb_board *board);

/* In the child of a fork(), before it is read: it is mapped there read-only. */
int rb_board_share(struct rb_board *board);

void rb_board_write(struct rb_board *board, const struct rb_xdp *xdp);

/* A copy, for free(). -EAGAIN: whoever wrote it died over it. */
int rb_board_read(const struct rb_board *board, struct rb_xdp_status **ret_list, size_t *ret_count);

#endif

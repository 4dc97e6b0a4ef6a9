/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is in force on each interface, in memory that only the keeper writes and servers read.
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

/* Call it in the child of a fork() before reading: it maps the board read-only. */
int rb_board_share(struct rb_board *board);

void rb_board_write(struct rb_board *board, const struct rb_xdp *xdp);

/* A copy, for free(). -EAGAIN: the writer died while writing. */
int rb_board_read(const struct rb_board *board, struct rb_xdp_status **ret_list, size_t *ret_count);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A list that names nothing is no list: an empty file, a page of comments, or an error in words, as a
 * server sends them that has failed. It must not take the place of one that blocks.
 *
 * Thread: one.
 */
#ifndef RB_FETCH_LIST_CHECK_H
#define RB_FETCH_LIST_CHECK_H

#include "fetch/order.h"

/* Takes the descriptor. If the list names nothing, *report says that the fetch has failed, and why. */
void rb_list_check(const struct rb_fetch_order *order, int output_fd,
		   struct rb_fetch_report *report);

#endif

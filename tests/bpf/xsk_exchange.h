/* SPDX-License-Identifier: BSD-2-Clause */
/* A question through an AF_XDP socket, and its answer, as a worker gives it. */
#ifndef RB_TESTS_XSK_EXCHANGE_H
#define RB_TESTS_XSK_EXCHANGE_H

#include "datapath_lab.h"

bool wait_readable(int fd);

/* The frame goes back to its sender, marked as a response. */
void frame_swap(struct rb_xsk_frame *frame);

/* One question from the client comes to the worker, and its answer back. */
void xsk_exchange(const struct lab *lab, struct rb_xsk *xsk);

#endif

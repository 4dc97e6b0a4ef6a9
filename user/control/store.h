/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands that fill the table and empty it: preload, flush, flush_type, flush_zone, flush_all.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_STORE_H
#define RB_CONTROL_STORE_H

#include <stdbool.h>
#include <stdio.h>

#include "control/clients.h"
#include "control/view.h"

/* "preload [pin] [trust]" and records: see store/preload.h. A rb_clients_take_fn. */
bool rb_preload_take(const struct rb_clients_upload *upload, FILE *out, const void *view);

/*
 * command: one of the names above but preload, words: what stands behind it. libunbound's caches go
 * as a whole. False: no such command.
 */
bool rb_flush_run(const struct rb_control_view *view, const char *command, size_t command_len,
		  const char *words, FILE *out);

#endif

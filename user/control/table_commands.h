/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands that fill the table and empty it: preload, flush, flush_type, flush_zone, flush_all.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_TABLE_COMMANDS_H
#define RB_CONTROL_TABLE_COMMANDS_H

#include <stdbool.h>
#include <stdio.h>

#include "control/clients.h"
#include "control/view.h"

/*
 * "preload [pin] [trust]" and records: see store/preload.h. "flush NAME", "flush_type NAME TYPE",
 * "flush_zone NAME" and "flush_all": see control/flusher.h. A rb_clients_take_fn.
 */
enum rb_store_style {
	RB_STORE_OWN,
	RB_STORE_UNBOUND, /* what clients are told is what Unbound says */
};
bool rb_store_take(const struct rb_clients_upload *upload, enum rb_store_style style, FILE *out,
		   const void *view);

#endif

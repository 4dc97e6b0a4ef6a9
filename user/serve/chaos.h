/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queries of class CH about the server: its identity, version and trust anchors.
 *
 * Thread: any; no state.
 */
#ifndef RB_SERVE_CHAOS_H
#define RB_SERVE_CHAOS_H

#include "config/config.h"
#include "dns/answer.h"

/* NULL: it is another question, or the configuration hides the answer; or no memory. */
struct rb_answer *rb_chaos_answer(const struct rb_config *config, const struct rb_query *query,
				  uint64_t now_ns);

#endif

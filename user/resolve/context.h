/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A libunbound context on an event base, configured and ready: modules started, sockets open.
 *
 * Thread:   a resolver process's only one (some of libunbound's settings belong to the process).
 * Errors:   0 or -errno, logged with what libunbound said.
 */
#ifndef RB_RESOLVE_CONTEXT_H
#define RB_RESOLVE_CONTEXT_H

#include <event2/event.h>
#include <stdio.h>
#include <unbound.h>

/*
 * The stream for libunbound's log: each line becomes one of our log, as an error, a warning or, if
 * it is neither, a detail for debugging. The stream must outlive all contexts that were given it.
 */
int rb_context_log_open(FILE **ret_log);

/* path: of an unbound.conf for libunbound. */
int rb_context_new(struct event_base *base, const char *path, FILE *log,
		   struct ub_ctx **ret_context);

/* The two steps of that, for callers that want libunbound's result of each. */
int rb_context_configure(struct ub_ctx *context, const char *text, size_t len);
int rb_context_complete(struct ub_ctx *context);

void rb_context_deletep(struct ub_ctx **context);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a task: a response is checked, published and returned to the worker; after a failure
 * the client may get an expired record; a failed refresh is not tried again for a while.
 *
 * Thread: the client's worker, inside rb_client_*().
 */
#ifndef RB_RESOLVE_TASK_H
#define RB_RESOLVE_TASK_H

#include "resolve/client.h"
#include "resolve/protocol.h"

/*
 * serve-expired: if there is an expired answer, limit the wait by serve-expired-client-timeout. If
 * that is 0, the worker has already used expired records of the table, and an answer that was kept
 * aside is used now. Returns whether the task goes on; otherwise it has ended.
 */
bool rb_task_be_patient(struct rb_client *client, struct rb_task *task);

/* A response has come. config: that of the process. The task ends. */
void rb_task_respond(struct rb_client *client, struct rb_task *task,
		     const struct rb_response *response, const struct rb_config *config);

/* The question has failed. ede: as in rb_answer. The task ends. */
void rb_task_fail(struct rb_client *client, struct rb_task *task, uint8_t ede, const char *why);

/*
 * The client gets no answer at all. A task that waits ends; one that a process works on goes on
 * without a client, for the table. Returns whether there was a client.
 */
bool rb_task_drop_waiting(struct rb_client *client, struct rb_task *task);
bool rb_task_drop_asked(struct rb_client *client, struct rb_task *task);

/* Free it with its answer, and remove it from any list. */
void rb_task_free(struct rb_client *client, struct rb_task *task);

/* Release the claims of refreshes that failed. */
void rb_holdoffs_end(struct rb_client *client);

static inline void rb_client_count(atomic_uint_fast64_t *counter)
{
	/* One writer: no locked instruction is needed. */
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

#endif

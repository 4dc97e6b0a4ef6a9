/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of a question: a response is checked and published and handed back, a failure may
 * get an expired record, a failed refresh is left alone for a while.
 *
 * Thread: the client's worker, inside rb_client_*().
 */
#ifndef RB_RESOLVE_TASK_H
#define RB_RESOLVE_TASK_H

#include "resolve/client.h"
#include "resolve/protocol.h"

/*
 * Wait for no longer than the client has patience, where there is something old to give. Where it
 * has none, a record was given by the worker, and what is not in the table is given now. Whether
 * the task goes on; else it is done with.
 */
bool rb_task_be_patient(struct rb_client *client, struct rb_task *task);

/* config: what the process was started with. The task is done with. */
void rb_task_respond(struct rb_client *client, struct rb_task *task,
		     const struct rb_response *response, const struct rb_config *config);

/* Nothing came of it. ede: as in rb_answer. The task is done with. */
void rb_task_fail(struct rb_client *client, struct rb_task *task, uint8_t ede, const char *why);

/*
 * Its client gets no answer at all. One that waits is done with; one that a process works on goes
 * on without a client, for the table. Whether there was a client.
 */
bool rb_task_drop_waiting(struct rb_client *client, struct rb_task *task);
bool rb_task_drop_asked(struct rb_client *client, struct rb_task *task);

/* With its answer, from wherever it is. */
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

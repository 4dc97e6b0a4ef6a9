/* SPDX-License-Identifier: BSD-2-Clause */
/* New contexts for a thread that runs: made and at last freed by others, taken by the thread. */
#include <errno.h>
#include <unbound.h>

#include "resolve/state.h"
#include "util/cleanup.h"

void rb_renew_take(struct rb_thread *thread)
{
	struct rb_generation *offered = atomic_exchange(&thread->offered, NULL);

	if (!offered)
		return;
	rb_generation_retire(thread->generation);
	LIST_INSERT_HEAD(&thread->retired, thread->generation, entry);
	thread->generation = offered;
	rb_generation_hurry(offered);
	sem_post(&thread->taken);
}

/* Onto main's stack; main takes all of it at once. */
static void give_drained(struct rb_thread *thread, struct rb_generation *generation)
{
	generation->drained = atomic_load(&thread->drained);
	while (!atomic_compare_exchange_weak(&thread->drained, &generation->drained, generation))
		;
}

void rb_renew_run_retired(struct rb_thread *thread)
{
	struct rb_generation *generation, *next;

	for (generation = LIST_FIRST(&thread->retired); generation; generation = next) {
		next = LIST_NEXT(generation, entry);
		rb_generation_poll(generation);
		if (generation->outstanding)
			continue;
		LIST_REMOVE(generation, entry);
		give_drained(thread, generation);
	}
	if (!LIST_EMPTY(&thread->retired))
		rb_generation_hurry(thread->generation);
}

static void on_bell(evutil_socket_t fd, short what, void *arg)
{
	struct rb_thread *thread = arg;

	(void)fd;
	(void)what;
	rb_bell_clear(&thread->bell);
}

int rb_thread_prepare(struct rb_thread *thread, const struct rb_config *config)
{
	int err = rb_generation_new(config, thread->log, thread->bell.fd, on_bell, thread,
				    &thread->prepared);

	if (!err)
		LIST_INSERT_HEAD(&thread->known, thread->prepared, known);
	return err;
}

static void forget(struct rb_generation *generation)
{
	if (!generation)
		return;
	LIST_REMOVE(generation, known);
	rb_generation_free(generation);
}

void rb_thread_discard(struct rb_thread *thread)
{
	forget(TAKE_PTR(thread->prepared));
}

void rb_thread_switch(struct rb_thread *thread)
{
	atomic_store(&thread->offered, TAKE_PTR(thread->prepared));
	rb_bell_ring(&thread->bell);
	while (sem_wait(&thread->taken) && errno == EINTR)
		;
}

bool rb_thread_reap(struct rb_thread *thread)
{
	struct rb_generation *generation = atomic_exchange(&thread->drained, NULL), *next;
	bool any = generation;

	for (; generation; generation = next) {
		next = generation->drained;
		forget(generation);
	}
	return any;
}

bool rb_thread_uses(const struct rb_thread *thread, const struct rb_config *config)
{
	const struct rb_generation *generation;

	for (generation = LIST_FIRST(&thread->known); generation;
	     generation = LIST_NEXT(generation, known))
		if (generation->config == config)
			return true;
	return false;
}

bool rb_thread_is_unasked(const struct rb_thread *thread)
{
	return !atomic_load(&thread->generation->asked);
}

void rb_thread_log_again(const struct rb_thread *thread)
{
	ub_ctx_debugout(thread->generation->contexts[RB_CONTEXT_FIRST], thread->log);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that sweeps. */
#include "store/sweeper.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "store/sweep.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define NAME "rb-sweep"

enum state {
	SWEEPER_IDLE,
	SWEEPER_BUSY,
	SWEEPER_ENDS,
};

struct rb_sweeper {
	struct rb_table *table;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* state */
	_Atomic enum state state;
	/* Of the sweep, while it is busy. */
	struct rb_policy_images before, after;
	uint32_t fingerprint;
};

static const struct rb_policy *open_in(const struct rb_policy_images *images,
				       struct rb_policy *room)
{
	return images->zones && !rb_policy_open_images(images, room) ? room : NULL;
}

static void sweep(struct rb_sweeper *sweeper)
{
	uint64_t began_ns = rb_clock_ns(), removed;
	struct rb_policy before, after;

	removed = rb_sweep_table(sweeper->table, open_in(&sweeper->before, &before),
				 open_in(&sweeper->after, &after));
	rb_policy_images_unref(&sweeper->before);
	rb_policy_images_unref(&sweeper->after);
	__atomic_store_n(&sweeper->table->control->config, sweeper->fingerprint, __ATOMIC_RELEASE);
	rb_log_info("local policy has changed: %" PRIu64 " answers were removed from the hot table "
		    "in %" PRIu64 " ms, all others stay",
		    removed, (rb_clock_ns() - began_ns) / 1000000);
}

/* Locked. */
static void state_set(struct rb_sweeper *sweeper, enum state state)
{
	atomic_store(&sweeper->state, state);
	pthread_cond_broadcast(&sweeper->changed);
}

static void *run(void *arg)
{
	struct rb_sweeper *sweeper = arg;

	pthread_setname_np(pthread_self(), NAME);
	pthread_mutex_lock(&sweeper->lock);
	while (atomic_load(&sweeper->state) != SWEEPER_ENDS) {
		if (atomic_load(&sweeper->state) == SWEEPER_IDLE) {
			pthread_cond_wait(&sweeper->changed, &sweeper->lock);
			continue;
		}
		pthread_mutex_unlock(&sweeper->lock);
		sweep(sweeper);
		pthread_mutex_lock(&sweeper->lock);
		state_set(sweeper, SWEEPER_IDLE);
	}
	pthread_mutex_unlock(&sweeper->lock);
	return NULL;
}

int rb_sweeper_new(struct rb_table *table, struct rb_sweeper **ret_sweeper)
{
	struct rb_sweeper *sweeper = calloc(1, sizeof(*sweeper));
	sigset_t all, before;
	int err;

	if (!sweeper)
		return -ENOMEM;
	sweeper->table = table;
	atomic_init(&sweeper->state, SWEEPER_IDLE);
	pthread_mutex_init(&sweeper->lock, NULL);
	pthread_cond_init(&sweeper->changed, NULL);
	/* Signals are main's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&sweeper->thread, NULL, run, sweeper);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err) {
		free(sweeper);
		return -err;
	}
	*ret_sweeper = sweeper;
	return 0;
}

/* Locked. */
static void idle_wait(struct rb_sweeper *sweeper)
{
	while (atomic_load(&sweeper->state) == SWEEPER_BUSY)
		pthread_cond_wait(&sweeper->changed, &sweeper->lock);
}

void rb_sweeper_start(struct rb_sweeper *sweeper, const struct rb_policy_images *before,
		      const struct rb_policy_images *after, uint32_t fingerprint)
{
	pthread_mutex_lock(&sweeper->lock);
	idle_wait(sweeper);
	sweeper->before = rb_policy_images_ref(before);
	sweeper->after = rb_policy_images_ref(after);
	sweeper->fingerprint = fingerprint;
	rb_table_policy_change(sweeper->table);
	state_set(sweeper, SWEEPER_BUSY);
	pthread_mutex_unlock(&sweeper->lock);
}

bool rb_sweeper_is_busy(const struct rb_sweeper *sweeper)
{
	return sweeper && atomic_load(&sweeper->state) == SWEEPER_BUSY;
}

void rb_sweeper_wait(struct rb_sweeper *sweeper)
{
	if (!sweeper)
		return;
	pthread_mutex_lock(&sweeper->lock);
	idle_wait(sweeper);
	pthread_mutex_unlock(&sweeper->lock);
}

void rb_sweeper_free(struct rb_sweeper *sweeper)
{
	if (!sweeper)
		return;
	pthread_mutex_lock(&sweeper->lock);
	idle_wait(sweeper);
	state_set(sweeper, SWEEPER_ENDS);
	pthread_mutex_unlock(&sweeper->lock);
	pthread_join(sweeper->thread, NULL);
	free(sweeper);
}

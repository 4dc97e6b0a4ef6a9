/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that sweeps. */
#include "store/sweeper.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "store/sweep.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define NAME "rb-sweep"

/* One sweep, or a client that is told when those before it are done. */
struct order {
	struct rb_policy_images before, after;
	uint32_t fingerprint;
	int fd;     /* of the client; -1: a sweep */
	char *text; /* for the client */
};

struct rb_sweeper {
	struct rb_table *table;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* count or ends */
	_Atomic size_t count;   /* of orders; written under the lock, as all that follows */
	size_t first;           /* the one that is being carried out */
	size_t sweeps;          /* of the orders */
	bool announced;         /* another policy is about to be in force */
	bool is_closed;         /* main's */
	bool ends;
	struct order orders[RB_SWEEPS_MAX];
};

static const struct rb_policy *open_in(const struct rb_policy_images *images,
				       struct rb_policy *room)
{
	return images->zones && !rb_policy_open_images(images, room) ? room : NULL;
}

static void sweep(const struct rb_sweeper *sweeper, struct order *order)
{
	uint64_t began_ns = rb_clock_ns(), removed;
	struct rb_policy before, after;

	removed = rb_sweep_table(sweeper->table, open_in(&order->before, &before),
				 open_in(&order->after, &after));
	rb_policy_images_unref(&order->before);
	rb_policy_images_unref(&order->after);
	rb_log_info("local policy has changed: %" PRIu64 " answers were removed from the hot table "
		    "in %" PRIu64 " ms, all others stay",
		    removed, (rb_clock_ns() - began_ns) / 1000000);
}

/* A few words, for which a new connection has room: we do not wait for a client to read them. */
static void tell(struct order *order)
{
	(void)send(order->fd, order->text, strlen(order->text), MSG_NOSIGNAL | MSG_DONTWAIT);
	rb_closep(&order->fd);
	free(TAKE_PTR(order->text));
}

/* Locked. The table belongs to a configuration when nothing is left to be swept. */
static void table_assign(const struct rb_sweeper *sweeper, uint32_t fingerprint)
{
	if (!sweeper->sweeps && !sweeper->announced)
		__atomic_store_n(&sweeper->table->control->config, fingerprint, __ATOMIC_RELEASE);
}

/* Locked, but not while it works. */
static void order_carry_out(struct rb_sweeper *sweeper)
{
	struct order *order = &sweeper->orders[sweeper->first];
	bool is_sweep = order->fd < 0;

	pthread_mutex_unlock(&sweeper->lock);
	if (is_sweep)
		sweep(sweeper, order);
	else
		tell(order);
	pthread_mutex_lock(&sweeper->lock);
	sweeper->first = (sweeper->first + 1) % RB_SWEEPS_MAX;
	sweeper->sweeps -= is_sweep;
	if (is_sweep)
		table_assign(sweeper, order->fingerprint);
	atomic_fetch_sub(&sweeper->count, 1);
	pthread_cond_broadcast(&sweeper->changed);
}

static void *run(void *arg)
{
	struct rb_sweeper *sweeper = arg;

	pthread_setname_np(pthread_self(), NAME);
	pthread_mutex_lock(&sweeper->lock);
	while (!sweeper->ends || atomic_load(&sweeper->count)) {
		if (atomic_load(&sweeper->count))
			order_carry_out(sweeper);
		else
			pthread_cond_wait(&sweeper->changed, &sweeper->lock);
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

/* Locked. There is room. */
static void order_add(struct rb_sweeper *sweeper, const struct order *order)
{
	size_t count = atomic_load(&sweeper->count);

	sweeper->orders[(sweeper->first + count) % RB_SWEEPS_MAX] = *order;
	atomic_store(&sweeper->count, count + 1);
	pthread_cond_broadcast(&sweeper->changed);
}

/* For the sweep, and for the client that is told of it. */
bool rb_sweeper_has_room(const struct rb_sweeper *sweeper)
{
	return !sweeper->is_closed && atomic_load(&sweeper->count) + 2 <= RB_SWEEPS_MAX;
}

void rb_sweeper_close(struct rb_sweeper *sweeper)
{
	sweeper->is_closed = true;
}

int rb_sweeper_announce(struct rb_sweeper *sweeper)
{
	int err = 0;

	pthread_mutex_lock(&sweeper->lock);
	if (!rb_sweeper_has_room(sweeper)) {
		err = -EBUSY;
	} else {
		sweeper->announced = true;
		__atomic_store_n(&sweeper->table->control->config, 0, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&sweeper->lock);
	return err;
}

void rb_sweeper_withdraw(struct rb_sweeper *sweeper, uint32_t fingerprint)
{
	pthread_mutex_lock(&sweeper->lock);
	sweeper->announced = false;
	table_assign(sweeper, fingerprint);
	pthread_mutex_unlock(&sweeper->lock);
}

void rb_sweeper_start(struct rb_sweeper *sweeper, const struct rb_policy_images *before,
		      const struct rb_policy_images *after, uint32_t fingerprint)
{
	const struct order order = {
		.before = rb_policy_images_ref(before),
		.after = rb_policy_images_ref(after),
		.fingerprint = fingerprint,
		.fd = -1,
	};

	pthread_mutex_lock(&sweeper->lock);
	rb_table_policy_change(sweeper->table);
	sweeper->announced = false;
	sweeper->sweeps++;
	order_add(sweeper, &order);
	pthread_mutex_unlock(&sweeper->lock);
}

void rb_sweeper_tell(struct rb_sweeper *sweeper, int fd, char *text)
{
	struct order order = {.fd = fd, .text = text};

	if (!sweeper) {
		tell(&order);
		return;
	}
	pthread_mutex_lock(&sweeper->lock);
	if (atomic_load(&sweeper->count) && atomic_load(&sweeper->count) < RB_SWEEPS_MAX)
		order_add(sweeper, &order);
	else
		tell(&order);
	pthread_mutex_unlock(&sweeper->lock);
}

bool rb_sweeper_is_busy(const struct rb_sweeper *sweeper)
{
	return sweeper && atomic_load(&sweeper->count);
}

void rb_sweeper_free(struct rb_sweeper *sweeper)
{
	if (!sweeper)
		return;
	pthread_mutex_lock(&sweeper->lock);
	sweeper->ends = true;
	pthread_cond_broadcast(&sweeper->changed);
	pthread_mutex_unlock(&sweeper->lock);
	pthread_join(sweeper->thread, NULL);
	free(sweeper);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that flushes. */
#include "control/flusher.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "store/flush.h"
#include "util/cleanup.h"

struct order {
	struct rb_flush flush;
	enum rb_flush_words words;
	int fd; /* of the client */
};

struct rb_flusher {
	struct rb_flusher_opts opts;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	/* Under the lock: */
	bool stops;
	size_t first, count;
	struct order orders[RB_FLUSHES_MAX];
};

/* A few words, for which a new connection has room: we do not wait for a client to read them. */
static void answer(int fd, const char *text)
{
	(void)send(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
	close(fd);
}

static void ok_say(enum rb_flush_words words, uint64_t removed, char *text, size_t room)
{
	switch (words) {
	case RB_FLUSH_WORDS_OWN:
		snprintf(text, room, "ok removed %" PRIu64 " record%s\n", removed,
			 removed == 1 ? "" : "s");
		break;
	case RB_FLUSH_WORDS_BARE:
		snprintf(text, room, "ok\n");
		break;
	case RB_FLUSH_WORDS_SETS:
		/* A record of the table is a message; libunbound does not tell what it removed. */
		snprintf(text, room,
			 "ok removed 0 rrsets, %" PRIu64 " messages and 0 key entries\n", removed);
		break;
	}
}

/*
 * The resolvers come first: from then on they publish nothing that the search would have to remove,
 * so that it may miss records that are published meanwhile.
 */
static void carry_out(const struct rb_flusher *flusher, const struct order *order)
{
	int err = rb_resolvers_flush(flusher->opts.resolvers, &order->flush);
	uint64_t removed = rb_flush_table(flusher->opts.table, &order->flush);
	const char *plural = removed == 1 ? "" : "s";
	char text[256];

	rb_cachefile_save_soon(flusher->opts.cachefile);
	if (err)
		snprintf(text, sizeof(text),
			 "error the resolvers' own caches stay as they are (%s); removed %" PRIu64
			 " record%s of the hot table\n",
			 strerror(-err), removed, plural);
	else
		ok_say(order->words, removed, text, sizeof(text));
	answer(order->fd, text);
}

/* Wait for an order. false: the flusher ends. */
static bool order_take(struct rb_flusher *flusher, struct order *ret_order)
{
	bool any;

	pthread_mutex_lock(&flusher->lock);
	while (!flusher->count && !flusher->stops)
		pthread_cond_wait(&flusher->wanted, &flusher->lock);
	any = flusher->count;
	if (any) {
		*ret_order = flusher->orders[flusher->first];
		flusher->first = (flusher->first + 1) % RB_FLUSHES_MAX;
		flusher->count--;
	}
	pthread_mutex_unlock(&flusher->lock);
	return any;
}

static void *run(void *context)
{
	struct rb_flusher *flusher = context;
	struct order order;

	pthread_setname_np(pthread_self(), "rb-flush");
	while (order_take(flusher, &order))
		carry_out(flusher, &order);
	return NULL;
}

static int thread_start(struct rb_flusher *flusher)
{
	sigset_t all, before;
	int err;

	/* Signals are for main. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&flusher->thread, NULL, run, flusher);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -err;
}

static void flusher_free(struct rb_flusher *flusher)
{
	pthread_cond_destroy(&flusher->wanted);
	pthread_mutex_destroy(&flusher->lock);
	free(flusher);
}

int rb_flusher_new(const struct rb_flusher_opts *opts, struct rb_flusher **ret_flusher)
{
	struct rb_flusher *flusher = calloc(1, sizeof(*flusher));
	int err;

	if (!flusher)
		return -ENOMEM;
	flusher->opts = *opts;
	pthread_mutex_init(&flusher->lock, NULL);
	pthread_cond_init(&flusher->wanted, NULL);
	err = thread_start(flusher);
	if (err) {
		flusher_free(flusher);
		return err;
	}
	*ret_flusher = flusher;
	return 0;
}

void rb_flusher_free(struct rb_flusher *flusher)
{
	if (!flusher)
		return;
	pthread_mutex_lock(&flusher->lock);
	flusher->stops = true;
	for (; flusher->count; flusher->count--) {
		answer(flusher->orders[flusher->first].fd, "error the server stops\n");
		flusher->first = (flusher->first + 1) % RB_FLUSHES_MAX;
	}
	pthread_cond_signal(&flusher->wanted);
	pthread_mutex_unlock(&flusher->lock);
	if (flusher->opts.resolvers)
		rb_resolvers_cancel_flushes(flusher->opts.resolvers);
	pthread_join(flusher->thread, NULL);
	flusher_free(flusher);
}

int rb_flusher_add(struct rb_flusher *flusher, const struct rb_flush *flush,
		   enum rb_flush_words words, int fd)
{
	int err = 0;

	pthread_mutex_lock(&flusher->lock);
	if (flusher->count == RB_FLUSHES_MAX) {
		err = -EBUSY;
	} else {
		flusher->orders[(flusher->first + flusher->count++) % RB_FLUSHES_MAX] =
			(struct order){.flush = *flush, .words = words, .fd = fd};
		pthread_cond_signal(&flusher->wanted);
	}
	pthread_mutex_unlock(&flusher->lock);
	return err;
}

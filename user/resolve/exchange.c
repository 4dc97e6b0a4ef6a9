/* SPDX-License-Identifier: BSD-2-Clause */
/* New contexts for resolver threads that run: for another configuration, and after a flush. */
#include <errno.h>

#include "resolve/resolvers.h"
#include "util/clock.h"

/* Freeing contexts makes libunbound forget where all others are to log. */
static void log_again(const struct rb_resolvers *resolvers)
{
	rb_thread_log_again(resolvers->threads[0]);
}

static void reap(struct rb_resolvers *resolvers)
{
	bool any = false;

	for (unsigned int i = 0; i < rb_resolvers_opened(resolvers); i++)
		any |= rb_thread_reap(resolvers->threads[i]);
	if (any)
		log_again(resolvers);
}

static void discard(struct rb_resolvers *resolvers)
{
	for (unsigned int i = 0; i < rb_resolvers_opened(resolvers); i++)
		rb_thread_discard(resolvers->threads[i]);
	log_again(resolvers);
}

static int prepare(struct rb_resolvers *resolvers, const struct rb_config *config)
{
	int err = 0;

	reap(resolvers);
	for (unsigned int i = 0; i < rb_resolvers_opened(resolvers) && !err; i++)
		err = rb_thread_prepare(resolvers->threads[i], config);
	if (err)
		discard(resolvers);
	else
		resolvers->prepared = config;
	return err;
}

static void switch_all(struct rb_resolvers *resolvers)
{
	for (unsigned int i = 0; i < rb_resolvers_opened(resolvers); i++)
		rb_thread_switch(resolvers->threads[i]);
	resolvers->config = resolvers->prepared;
	rb_flushed_clear(resolvers->flushed);
}

int rb_resolvers_prepare(struct rb_resolvers *resolvers, const struct rb_config *config)
{
	int err;

	pthread_mutex_lock(&resolvers->contexts);
	err = prepare(resolvers, config);
	if (err)
		pthread_mutex_unlock(&resolvers->contexts);
	return err;
}

void rb_resolvers_switch(struct rb_resolvers *resolvers)
{
	switch_all(resolvers);
	pthread_mutex_unlock(&resolvers->contexts);
}

void rb_resolvers_discard(struct rb_resolvers *resolvers)
{
	discard(resolvers);
	pthread_mutex_unlock(&resolvers->contexts);
}

int rb_resolvers_renew(struct rb_resolvers *resolvers, const struct rb_config *config)
{
	int err = rb_resolvers_prepare(resolvers, config);

	if (!err)
		rb_resolvers_switch(resolvers);
	return err;
}

void rb_resolvers_reap(struct rb_resolvers *resolvers)
{
	rb_flushed_expire(resolvers->flushed, rb_clock_ns());
	if (pthread_mutex_trylock(&resolvers->contexts))
		return;
	reap(resolvers);
	pthread_mutex_unlock(&resolvers->contexts);
}

bool rb_resolvers_use(struct rb_resolvers *resolvers, const struct rb_config *config)
{
	bool used = false;

	/* Who makes contexts just now may be making them for it. */
	if (pthread_mutex_trylock(&resolvers->contexts))
		return true;
	for (unsigned int i = 0; i < rb_resolvers_opened(resolvers) && !used; i++)
		used = rb_thread_uses(resolvers->threads[i], config);
	pthread_mutex_unlock(&resolvers->contexts);
	return used;
}

static int fresh_open(struct rb_resolvers *resolvers)
{
	unsigned int number = resolvers->thread_count;
	struct rb_thread *thread;
	int err = rb_resolvers_thread_open(resolvers, resolvers->config, number, &thread);

	if (!err) {
		err = rb_thread_start(thread);
		if (err)
			rb_thread_close(thread);
	}
	if (err) {
		log_again(resolvers);
		return err;
	}
	resolvers->threads[number] = thread;
	atomic_store_explicit(&resolvers->open_count, number + 1, memory_order_release);
	return 0;
}

/* See that there are contexts which remember nothing of before. */
static int fresh_make(struct rb_resolvers *resolvers)
{
	struct rb_thread *fresh = rb_resolvers_fresh(resolvers);
	int err;

	if (!fresh)
		return fresh_open(resolvers);
	if (rb_thread_is_unasked(fresh))
		return 0;
	err = rb_thread_prepare(fresh, resolvers->config);
	if (err)
		log_again(resolvers);
	else
		rb_thread_switch(fresh);
	return err;
}

static uint64_t remembered_until_ns(const struct rb_config *config)
{
	uint32_t longest_s = config->cache_max_ttl_s > config->cache_max_negative_ttl_s
				     ? config->cache_max_ttl_s
				     : config->cache_max_negative_ttl_s;

	return rb_clock_ns() + longest_s * RB_NS_PER_S;
}

/* So much of the name space that one thread were not enough for it: the root, a top-level domain.
 */
static bool is_large(const struct rb_flush *flush)
{
	return flush->reach == RB_FLUSH_ZONE &&
	       flush->name[flush->name[0] ? flush->name[0] + 1 : 0] == 0;
}

int rb_resolvers_flush(struct rb_resolvers *resolvers, const struct rb_flush *flush)
{
	int err = -ENOSPC;

	pthread_mutex_lock(&resolvers->contexts);
	reap(resolvers);
	if (!is_large(flush)) {
		err = fresh_make(resolvers);
		if (!err)
			err = rb_flushed_add(resolvers->flushed, flush,
					     remembered_until_ns(resolvers->config));
	}
	if (err == -ENOSPC) {
		err = prepare(resolvers, resolvers->config);
		if (!err)
			switch_all(resolvers);
	}
	pthread_mutex_unlock(&resolvers->contexts);
	return err;
}

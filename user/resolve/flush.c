/* SPDX-License-Identifier: BSD-2-Clause */
/* Provides processes that cannot have cached the flushed names. */
#include "resolve/flush.h"

#include <errno.h>

#include "resolve/fate.h"
#include "util/clock.h"

#define LOOK_MS     50                 /* between two looks of a thread that waits */
#define PATIENCE_NS (60 * RB_NS_PER_S) /* for the starter to have started what is needed */

/* Wait until something may have changed. The starter only waits for processes. */
static int wait_a_little(struct rb_family *family, uint64_t end_ns)
{
	struct timespec until;

	if (family->cancelled)
		return -ECANCELED;
	if (rb_clock_ns() > end_ns)
		return -ETIMEDOUT;
	if (rb_family_is_starter(family)) {
		rb_family_watch(family, LOOK_MS);
		return 0;
	}
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += LOOK_MS * (long)RB_NS_PER_MS;
	if (until.tv_nsec >= (long)RB_NS_PER_S) {
		until.tv_nsec -= (long)RB_NS_PER_S;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&family->changed, &family->lock, &until);
	return 0;
}

static struct rb_link *ready_spare(const struct rb_family *family)
{
	struct rb_link *link;

	LIST_FOREACH(link, &family->links, entry)
	if (link->role == RB_LINK_SPARE && link->state == RB_LINK_READY)
		return link;
	return NULL;
}

/* Make sure that there is a process which has cached nothing from before. */
static int fresh_make(struct rb_family *family)
{
	_Atomic(struct rb_link *) *slot = &family->pool->slots[rb_pool_fresh(family->pool)];
	uint64_t end_ns = rb_clock_ns() + PATIENCE_NS;
	struct rb_link *former = atomic_load(slot), *spare;

	if (former && !atomic_load(&former->asked))
		return 0;
	while (!(spare = ready_spare(family))) {
		int err = wait_a_little(family, end_ns);

		if (err)
			return err;
	}
	former = atomic_load(slot);
	spare->role = RB_LINK_IN_FORCE;
	atomic_store(slot, spare);
	atomic_store(&family->pool->fresh_wanted, true);
	if (former)
		rb_family_retire(former);
	rb_clients_pass(family->clients, family->client_count);
	rb_fate_fill(family);
	return 0;
}

/* Replace all processes. */
static int renew(struct rb_family *family)
{
	uint64_t end_ns = rb_clock_ns() + PATIENCE_NS, before = family->switches;
	int err = 0;

	family->renew_wanted = true;
	rb_family_tell(family);
	while (family->renew_wanted && family->switches == before && !err)
		err = wait_a_little(family, end_ns);
	if (!err && family->switches == before)
		err = -EIO;
	return err;
}

static uint64_t remembered_until_ns(const struct rb_config *config)
{
	uint32_t longest_s = config->cache_max_ttl_s > config->cache_max_negative_ttl_s
				     ? config->cache_max_ttl_s
				     : config->cache_max_negative_ttl_s;

	return rb_clock_ns() + longest_s * RB_NS_PER_S;
}

/*
 * Whether it is so much of the name space (the root, a top-level domain) that one process would not
 * be enough for it.
 */
static bool is_large(const struct rb_flush *flush)
{
	return flush->reach == RB_FLUSH_ZONE &&
	       flush->name[flush->name[0] ? flush->name[0] + 1 : 0] == 0;
}

int rb_family_flush(struct rb_family *family, const struct rb_flush *flush)
{
	int err = -ENOSPC;

	if (!is_large(flush)) {
		err = fresh_make(family);
		if (!err)
			err = rb_flushed_add(family->pool->flushed, flush,
					     remembered_until_ns(family->setup->config));
	}
	return err == -ENOSPC ? renew(family) : err;
}

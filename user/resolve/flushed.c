/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of what was flushed. */
#include "resolve/flushed.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "dns/name.h"

struct rb_flushed {
	pthread_rwlock_t lock;
	atomic_size_t count; /* written under the lock */
	uint64_t until_ns[RB_FLUSHED_MAX];
	struct rb_flush list[RB_FLUSHED_MAX];
};

int rb_flushed_new(struct rb_flushed **ret_flushed)
{
	struct rb_flushed *flushed = calloc(1, sizeof(*flushed));
	pthread_rwlockattr_t attributes;

	if (!flushed)
		return -ENOMEM;
	/* Readers come one after the other for as long as there are questions. */
	pthread_rwlockattr_init(&attributes);
	pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&flushed->lock, &attributes);
	pthread_rwlockattr_destroy(&attributes);
	*ret_flushed = flushed;
	return 0;
}

void rb_flushed_free(struct rb_flushed *flushed)
{
	if (!flushed)
		return;
	pthread_rwlock_destroy(&flushed->lock);
	free(flushed);
}

static size_t count_of(const struct rb_flushed *flushed)
{
	return atomic_load_explicit(&flushed->count, memory_order_acquire);
}

static bool is_same(const struct rb_flush *a, const struct rb_flush *b)
{
	return a->reach == b->reach && (a->reach != RB_FLUSH_TYPE || a->type == b->type) &&
	       rb_name_equal(a->name, a->name_len, b->name, b->name_len);
}

int rb_flushed_add(struct rb_flushed *flushed, const struct rb_flush *flush, uint64_t until_ns)
{
	size_t i = 0, count;

	pthread_rwlock_wrlock(&flushed->lock);
	count = count_of(flushed);
	while (i < count && !is_same(&flushed->list[i], flush))
		i++;
	if (i < RB_FLUSHED_MAX) {
		flushed->list[i] = *flush;
		flushed->until_ns[i] = until_ns;
		if (i == count)
			atomic_store_explicit(&flushed->count, count + 1, memory_order_release);
	}
	pthread_rwlock_unlock(&flushed->lock);
	return i < RB_FLUSHED_MAX ? 0 : -ENOSPC;
}

void rb_flushed_expire(struct rb_flushed *flushed, uint64_t now_ns)
{
	size_t kept = 0;

	if (!count_of(flushed))
		return;
	pthread_rwlock_wrlock(&flushed->lock);
	for (size_t i = 0; i < count_of(flushed); i++) {
		if (flushed->until_ns[i] <= now_ns)
			continue;
		flushed->list[kept] = flushed->list[i];
		flushed->until_ns[kept++] = flushed->until_ns[i];
	}
	atomic_store_explicit(&flushed->count, kept, memory_order_release);
	pthread_rwlock_unlock(&flushed->lock);
}

void rb_flushed_clear(struct rb_flushed *flushed)
{
	rb_flushed_expire(flushed, UINT64_MAX);
}

static bool asks(const struct rb_flushed *flushed, const struct rb_table_key *key)
{
	for (size_t i = 0; i < count_of(flushed); i++)
		if (rb_flush_asks(&flushed->list[i], key->qname, key->qname_len, key->qtype))
			return true;
	return false;
}

bool rb_flushed_asks(struct rb_flushed *flushed, const struct rb_table_key *key)
{
	bool found;

	if (!count_of(flushed))
		return false;
	rb_flushed_hold(flushed);
	found = asks(flushed, key);
	rb_flushed_release(flushed);
	return found;
}

void rb_flushed_hold(struct rb_flushed *flushed)
{
	pthread_rwlock_rdlock(&flushed->lock);
}

void rb_flushed_release(struct rb_flushed *flushed)
{
	pthread_rwlock_unlock(&flushed->lock);
}

bool rb_flushed_concerns(const struct rb_flushed *flushed, const struct rb_table_key *key,
			 const uint8_t *message, size_t len)
{
	return asks(flushed, key) ||
	       rb_flush_concerns(flushed->list, count_of(flushed), message, len);
}

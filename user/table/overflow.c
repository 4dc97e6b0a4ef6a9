/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers that no record can hold; see overflow.h. */
#include "table/overflow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "../kern/hash.h"
#include "../kern/wire.h"
#include "dns/name.h"
#include "util/clock.h"
#include "util/random.h"

#define CHAINS 256
#define ASK_NS (5 * RB_NS_PER_S) /* RFC 9520 3.2 */

struct entry {
	TAILQ_ENTRY(entry) age; /* the oldest first */
	LIST_ENTRY(entry) chain;
	struct rb_table_key question;
	enum rb_checking checking; /* RB_CHECKING_DISABLED: it failed */
	bool unjudged;
	uint32_t epoch;
	uint64_t asked_ns; /* when a caller was last told to ask; 0: none was yet */
	struct rb_answer *answer;
};
LIST_HEAD(chain, entry);
TAILQ_HEAD(ages, entry);

struct rb_overflow {
	pthread_mutex_t lock;
	struct rb_hash_key secret;
	struct chain chains[CHAINS];
	struct ages ages;
	size_t bytes;
	size_t count; /* also read without the lock: it is 0 in most cases */
};

int rb_overflow_new(struct rb_overflow **ret_overflow)
{
	struct rb_overflow *overflow = calloc(1, sizeof(*overflow));

	if (!overflow)
		return -ENOMEM;
	if (rb_random_bytes(&overflow->secret, sizeof(overflow->secret))) {
		free(overflow);
		return -EIO;
	}
	pthread_mutex_init(&overflow->lock, NULL);
	TAILQ_INIT(&overflow->ages);
	*ret_overflow = overflow;
	return 0;
}

static size_t answer_bytes(const struct rb_answer *answer)
{
	return sizeof(*answer) + answer->body_len +
	       answer->ttl_count * sizeof(answer->ttl_offsets[0]);
}

static void entry_drop(struct rb_overflow *overflow, struct entry *entry)
{
	TAILQ_REMOVE(&overflow->ages, entry, age);
	LIST_REMOVE(entry, chain);
	overflow->bytes -= sizeof(*entry) + answer_bytes(entry->answer);
	__atomic_store_n(&overflow->count, overflow->count - 1, __ATOMIC_RELAXED);
	rb_answer_free(entry->answer);
	free(entry);
}

void rb_overflow_clear(struct rb_overflow *overflow)
{
	struct entry *entry;

	pthread_mutex_lock(&overflow->lock);
	while ((entry = TAILQ_FIRST(&overflow->ages)))
		entry_drop(overflow, entry);
	pthread_mutex_unlock(&overflow->lock);
}

void rb_overflow_free(struct rb_overflow *overflow)
{
	if (!overflow)
		return;
	rb_overflow_clear(overflow);
	pthread_mutex_destroy(&overflow->lock);
	free(overflow);
}

static struct chain *chain_of(struct rb_overflow *overflow, const struct rb_table_key *question)
{
	uint64_t sum = rb_name_hash_sum(question->qname, question->qname_len, &overflow->secret);

	return &overflow->chains[rb_hash_finish(sum, RB_HTONS(question->qtype)) % CHAINS];
}

static bool is_of(const struct entry *entry, const struct rb_overflow_key *key)
{
	const struct rb_table_key *a = &entry->question, *b = key->question;

	return a->qname_len == b->qname_len && a->qtype == b->qtype &&
	       !memcmp(a->qname, b->qname, a->qname_len) &&
	       entry->answer->traits & key->serves & RB_SERVES_MASK;
}

static void key_remove(struct rb_overflow *overflow, const struct rb_overflow_key *key)
{
	struct entry *entry, *next;

	for (entry = LIST_FIRST(chain_of(overflow, key->question)); entry; entry = next) {
		next = LIST_NEXT(entry, chain);
		if (is_of(entry, key) && entry->checking == key->checking &&
		    entry->unjudged == key->unjudged)
			entry_drop(overflow, entry);
	}
}

void rb_overflow_remove(struct rb_overflow *overflow, const struct rb_overflow_key *key)
{
	if (!__atomic_load_n(&overflow->count, __ATOMIC_RELAXED))
		return;
	pthread_mutex_lock(&overflow->lock);
	key_remove(overflow, key);
	pthread_mutex_unlock(&overflow->lock);
}

static void entry_insert(struct rb_overflow *overflow, struct entry *entry)
{
	TAILQ_INSERT_TAIL(&overflow->ages, entry, age);
	LIST_INSERT_HEAD(chain_of(overflow, &entry->question), entry, chain);
	overflow->bytes += sizeof(*entry) + answer_bytes(entry->answer);
	__atomic_store_n(&overflow->count, overflow->count + 1, __ATOMIC_RELAXED);
	while (overflow->bytes > RB_OVERFLOW_BYTES)
		entry_drop(overflow, TAILQ_FIRST(&overflow->ages));
}

void rb_overflow_put(struct rb_overflow *overflow, const struct rb_overflow_key *key,
		     uint32_t epoch, const struct rb_answer *answer)
{
	struct entry *entry;

	if (answer->traits & RB_NO_STALE)
		return;
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return;
	entry->answer = rb_answer_clone(answer);
	if (!entry->answer) {
		free(entry);
		return;
	}
	entry->question = *key->question;
	entry->checking = key->checking;
	entry->unjudged = key->unjudged;
	entry->epoch = epoch;
	pthread_mutex_lock(&overflow->lock);
	key_remove(overflow, key);
	entry_insert(overflow, entry);
	pthread_mutex_unlock(&overflow->lock);
}

/* An answer that is validated, or need not be, is also good for queries with CD=1. */
static struct entry *find(struct rb_overflow *overflow, const struct rb_overflow_key *key)
{
	struct entry *entry;

	LIST_FOREACH(entry, chain_of(overflow, key->question), chain)
	if (is_of(entry, key) && entry->checking <= key->checking &&
	    entry->unjudged <= key->unjudged)
		return entry;
	return NULL;
}

static bool is_current(const struct entry *entry, const struct rb_table *table)
{
	return entry->epoch == __atomic_load_n(&table->control->epoch, __ATOMIC_ACQUIRE);
}

static bool may_be_given(const struct entry *entry, const struct rb_table *table, uint64_t now_ns)
{
	const struct rb_answer *answer = entry->answer;
	uint64_t kept_ns = now_ns + rb_table_stale_ttl_s(table) * RB_NS_PER_S;

	return is_current(entry, table) && answer->expires_ns <= now_ns &&
	       now_ns - answer->expires_ns < rb_table_stale_ns(table) &&
	       kept_ns <= answer->signed_until_ns;
}

struct rb_answer *rb_overflow_find_stale(struct rb_overflow *overflow,
					 const struct rb_overflow_key *key,
					 const struct rb_table *table, uint64_t now_ns,
					 bool *ret_asks)
{
	struct rb_answer *answer = NULL;
	struct entry *entry;

	if (!__atomic_load_n(&overflow->count, __ATOMIC_RELAXED))
		return NULL;
	pthread_mutex_lock(&overflow->lock);
	entry = find(overflow, key);
	if (entry && may_be_given(entry, table, now_ns))
		answer = rb_answer_clone(entry->answer);
	if (answer) {
		*ret_asks = !entry->asked_ns || now_ns - entry->asked_ns >= ASK_NS;
		if (*ret_asks)
			entry->asked_ns = now_ns;
	}
	pthread_mutex_unlock(&overflow->lock);
	return answer;
}

struct rb_answer *rb_overflow_find_fresh(struct rb_overflow *overflow,
					 const struct rb_overflow_key *key,
					 const struct rb_table *table, uint64_t now_ns)
{
	struct rb_answer *answer = NULL;
	struct entry *entry;

	if (!__atomic_load_n(&overflow->count, __ATOMIC_RELAXED))
		return NULL;
	pthread_mutex_lock(&overflow->lock);
	entry = find(overflow, key);
	if (entry && is_current(entry, table) && entry->answer->expires_ns > now_ns)
		answer = rb_answer_clone(entry->answer);
	pthread_mutex_unlock(&overflow->lock);
	return answer;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hot table from userspace: created or adopted, mapped, written and read.
 *
 * Thread:   rb_table_open() and _close() by main, everything else from any thread. Writers of a
 *	     shard (rb_hash_shard()) take its lock; readers never wait.
 * Lifetime: maps are pinned under the pin directory and outlive the process; see rb_table_unpin().
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_TABLE_TABLE_H
#define RB_TABLE_TABLE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../kern/abi.h"
#include "dns/answer.h"

struct bpf_object;
struct rb_overflow;

/* One tier, mapped. tags[bucket].tags[way] belongs to record (bucket * RB_WAYS + way). */
struct rb_table_tier {
	int tags_fd; /* map descriptors, -1 in a table without kernel */
	int records_fd;
	struct rb_bucket *tags;
	uint8_t *records; /* record_bytes each */
	uint32_t buckets;
	uint32_t record_bytes; /* RB_SMALL_BYTES ... */
	uint32_t data_bytes;   /* record_bytes - RB_RECORD_HEADER */
	uint8_t *hands; /* of CLOCK, one per bucket: the next way to look at; NULL if read-only */
};

/* What publishing has done since the table was opened. */
struct rb_table_turnover {
	uint64_t stored;   /* records */
	uint64_t replaced; /* of these, in place of a live record of the same question */
	uint64_t evicted;  /* of these, in place of another question's: the table is small */
};

struct rb_table {
	struct rb_table_tier tiers[RB_TIERS];
	struct rb_control *control;
	int control_fd;
	bool adopted;         /* found pinned, with records in it */
	bool in_kernel;       /* BPF maps; false: plain memory, if BPF is not permitted */
	bool read_only;       /* RB_TABLE_READ */
	uint64_t stale_ns;    /* serve-expired: how long past its expiry a record is kept and may be
			       * served; 0: not at all. Set by main; see rb_table_set_stale() */
	uint32_t stale_ttl_s; /* serve-expired-reply-ttl: how long a client then keeps it */
	/* For a shard's buckets in every tier. Writers are workers, which publish the answers to
	 * what they were asked, preload and flush. */
	pthread_mutex_t writers[RB_SHARDS];
	struct rb_table_turnover
		*turnover;             /* of each shard, counted under these locks; not reset when
					     * a child has died */
	pthread_mutex_t audiences;     /* for threads that add to control->sets */
	_Atomic unsigned int meetings; /* rb_table_iterate_all() that are under way */
	unsigned int policies; /* how many local policies there have been since it was opened:
				       * see rb_table_policy_change() */
	bool snooped; /* allow_snoop: overflow also keeps answers that are fresh. Set by main */
	struct rb_overflow
		*overflow; /* answers that no record can hold: serve-expired and allow_snoop */
	int lock_fd;       /* the pin directory, locked by the one process that writes; else -1 */
};

/* How a question finds its record. */
struct rb_table_key {
	uint8_t qname[RB_NAME_WORDS * 8]; /* lower case, zero-padded */
	uint16_t qname_len;
	uint16_t qtype;       /* host order */
	uint8_t audience;     /* to publish: whom the record is for, see audience.h */
	uint8_t client_class; /* to look up: of the client, ... */
	uint32_t numbering;   /* ... in this numbering; by another, only everybody's is found */
	uint64_t hash;        /* of the question */
};

enum rb_table_access {
	RB_TABLE_READ,  /* tools: pinned maps, mapped read-only; -ENOENT: there are none */
	RB_TABLE_WRITE, /* adopt pinned maps that fit, or create and pin new ones */
	RB_TABLE_HOLD,  /* the keeper: the same, but rb_table_map() maps the records */
};

/*
 * pin_dir: RB_PIN_DIR or a test's; NULL: plain memory, on machines and in processes that may not
 * use BPF (workers answer from it nevertheless). bytes: hot-cache-size, for all maps together (the
 * smallest table has RB_SHARDS buckets in each tier, 1 MB); ignored with RB_TABLE_READ. A pinned
 * table of another layout or size is replaced; one that fits is adopted: records that a dead writer
 * left half written are cleared. The control map is pinned last and unpinned first, so that the
 * table is complete as long as it is there. -EPERM: no CAP_BPF. -ENOTSUP: pin_dir is not on a
 * bpffs, see rb_table_mount_bpffs(). -EBUSY: another process has the table open for writing.
 * -ESTALE (RB_TABLE_READ): pinned, but of another layout.
 */
int rb_table_open(const char *pin_dir, enum rb_table_access access, size_t bytes,
		  struct rb_table **ret_table);

/*
 * After RB_TABLE_HOLD, whose maps programs can use before: that takes about a tenth of a second for
 * each GB.
 */
int rb_table_map(struct rb_table *table);

/*
 * For a child by fork() of the process that opened the table. Only one child at a time writes to
 * it. If that has died, the next child adopts the table as rb_table_open() does.
 */
void rb_table_inherit(struct rb_table *table);

/*
 * Whether children that are forked from now on have the records in their memory; at first they do.
 * A child that executes another program does not need them, and its page tables would take tens of
 * milliseconds for each GB. -errno: nothing has changed.
 */
enum rb_table_heirs {
	RB_TABLE_INHERITED,
	RB_TABLE_WITHHELD,
};
int rb_table_bequeath(const struct rb_table *table, enum rb_table_heirs heirs);

void rb_table_close(struct rb_table *table);
void rb_table_closep(struct rb_table **table);

/* Remove the table's pins and that of records.h, but no other files of the directory. */
int rb_table_unpin(const char *pin_dir);

/* Mount a bpffs at /sys/fs/bpf if none is. -EPERM: no CAP_SYS_ADMIN. -ENOENT: no such directory. */
int rb_table_mount_bpffs(void);

/* Have a BPF object, before it is loaded, use the table's maps for its maps of the same names. */
int rb_table_share_maps(const struct rb_table *table, struct bpf_object *object);

/* File names of the maps under the pin directory: rb_recs_small, ... */
const char *rb_table_records_name(enum rb_tier tier);

/* The settings of serve-expired, which a reload may change at any time. */
static inline void rb_table_set_stale(struct rb_table *table, uint64_t stale_ns, uint32_t ttl_s)
{
	__atomic_store_n(&table->stale_ttl_s, ttl_s, __ATOMIC_RELAXED);
	__atomic_store_n(&table->stale_ns, stale_ns, __ATOMIC_RELAXED);
}

static inline uint64_t rb_table_stale_ns(const struct rb_table *table)
{
	return __atomic_load_n(&table->stale_ns, __ATOMIC_RELAXED);
}

static inline uint32_t rb_table_stale_ttl_s(const struct rb_table *table)
{
	return __atomic_load_n(&table->stale_ttl_s, __ATOMIC_RELAXED);
}

/* The epoch of the configuration in force. */
static inline uint32_t rb_table_epoch(const struct rb_table *table)
{
	return __atomic_load_n(&table->control->epoch, __ATOMIC_ACQUIRE);
}

/* A new configuration is in force: all older records become misses. Returns the new epoch. */
uint32_t rb_table_bump_epoch(struct rb_table *table);

/*
 * Tell writers that local policy has changed without a new epoch. A writer that checks records by
 * policy and then stores them compares rb_table_policies() after each; if the number has changed,
 * it removes the record again. The sweep by the new policy has to begin after the change.
 */
static inline void rb_table_policy_change(struct rb_table *table)
{
	__atomic_add_fetch(&table->policies, 1, __ATOMIC_SEQ_CST);
}

static inline unsigned int rb_table_policies(const struct rb_table *table)
{
	return __atomic_load_n(&table->policies, __ATOMIC_SEQ_CST);
}

/*
 * The key of the record for everybody, and for a client of class 0 in the table's numbering. qname:
 * wire form, any case, well-formed. -EINVAL: the table cannot hold the name.
 */
int rb_table_key_init(const struct rb_table *table, const uint8_t *qname, size_t qname_len,
		      uint16_t qtype, struct rb_table_key *ret_key);

/* The key of a copied record. */
int rb_table_key_of(const struct rb_table *table, const struct rb_record *record,
		    struct rb_table_key *ret_key);

/*
 * Store the answer under the key: in place of a record that serves the same variants, else in an
 * empty way, else in the way that CLOCK gives up. The only errors are -EMSGSIZE (too large for any
 * tier) and -EINVAL (ttl_s 0, no RB_SERVES_* bit, signed_until_ns before expires_ns, TTL offsets
 * that are not ascending within the body). An older record of the key in another tier is removed.
 * If the answer is too large, every older record is, and a stub (RB_STUB) is stored, so that the
 * XDP program can reply TC=1. With serve-expired or allow_snoop, the answer itself is kept aside,
 * see rb_table_stale_answer().
 */
int rb_table_publish(struct rb_table *table, const struct rb_table_key *key,
		     const struct rb_answer *answer);

/*
 * The same for an answer of this epoch: if another epoch is in force by now, the record is a miss.
 * 1: stored, but not pinned (RB_PINNED in the answer's traits), since RB_PINNED_MAX other records
 * of the bucket are. A pinned record that is stored again stays pinned, also by rb_table_publish().
 */
int rb_table_publish_of(struct rb_table *table, const struct rb_table_key *key,
			const struct rb_answer *answer, uint32_t epoch);

/* Prefetch the memory that publishing a short answer under the key will use. */
void rb_table_prefetch(const struct rb_table *table, const struct rb_table_key *key);

/* Prefetch the memory that looking up the key's record will read, if that is a short one. */
void rb_table_look_ahead(const struct rb_table *table, const struct rb_table_key *key);

/* Whether the tags say that there may be a record for everybody, in any variant. */
bool rb_table_may_have(const struct rb_table *table, const struct rb_table_key *key);

/* Remove the key's records of these variants (RB_SERVES_* bits). Returns how many were removed. */
int rb_table_remove(struct rb_table *table, const struct rb_table_key *key, uint8_t serves);

/* Where a record is, as bpftool needs it. */
struct rb_table_ref {
	enum rb_tier tier;
	uint32_t index; /* of the map rb_recs_{small,medium,large} */
};

/* Whether an answer is for queries with CD=1, and so may have data that failed validation. */
enum rb_checking {
	RB_CHECKING_ENABLED,
	RB_CHECKING_DISABLED,
};

/*
 * Keep aside, for serve-expired and allow_snoop, an answer that may not be in the table: its name
 * does not fit, or its data failed validation.
 */
void rb_table_keep_aside(struct rb_table *table, const struct rb_table_key *key,
			 enum rb_checking checking, const struct rb_answer *answer);

/*
 * Keep aside, for serve-expired alone, a validated response that local policy changes for the
 * client who asked for it.
 */
void rb_table_keep_unjudged(struct rb_table *table, const struct rb_table_key *key,
			    const struct rb_answer *answer);

/*
 * A record that was found. No memory is allocated: answer points into the copy below it, lives as
 * long, and must not be freed. If rb_table_find() returns -EMSGSIZE, the fresh record is a stub,
 * and answer is that of rb_table_stub_view(). After any other failure the contents are undefined.
 */
struct rb_table_found {
	struct rb_answer answer;
	struct rb_table_ref ref;
	uint16_t ttl_offsets[RB_TTL_STEPS_MAX];
	union { /* a copy has the layout of the large tier */
		struct rb_record record;
		uint8_t bytes[RB_LARGE_BYTES];
	};
};

/*
 * The fresh record for the key and variant (RB_SERVES_DO0 or _DO1), or the one that has expired but
 * may be served stale (rb_table.stale_ns). Counts as a visit, unless the table is read-only.
 * -ENOENT: none. -EAGAIN: being written.
 */
int rb_table_find(const struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
		  uint64_t now_ns, struct rb_table_found *ret_found);
int rb_table_find_stale(const struct rb_table *table, const struct rb_table_key *key,
			uint8_t serves, uint64_t now_ns, struct rb_table_found *ret_found);

/*
 * What may be served stale, from a record or from what was kept aside, as an answer of its own,
 * which local policy then examines like a resolver's. Its signatures are valid for stale_ttl_s
 * more. The key may have a name that the table cannot hold.
 * *ret_asks: whether the caller has to have it resolved again; false: another has done so just now.
 */
int rb_table_stale_answer(const struct rb_table *table, const struct rb_table_key *key,
			  uint8_t serves, enum rb_checking checking, uint64_t now_ns,
			  struct rb_answer **ret_answer, bool *ret_asks);

/*
 * What was kept aside and has not expired, as an answer of its own, for clients that may read the
 * cache (allow_snoop).
 */
int rb_table_aside_answer(const struct rb_table *table, const struct rb_table_key *key,
			  uint8_t serves, enum rb_checking checking, uint64_t now_ns,
			  struct rb_answer **ret_answer);

/*
 * A record's refresh is asked for once: only the first caller gets true. A caller that then cannot
 * publish releases the claim, so that the next reader asks again. It does so by the record's key,
 * since another question's record may be in the slot by then. From any thread.
 */
bool rb_table_claim_refresh(const struct rb_table *table, struct rb_table_ref ref);
void rb_table_release_refresh(struct rb_table *table, const struct rb_table_key *key,
			      uint8_t serves);

/*
 * serve-expired-ttl-reset: serve an expired record as if it had expired just now. A record with
 * signatures that limit how long it may be served is left as it is.
 */
void rb_table_expire_anew(struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
			  uint64_t now_ns);

/*
 * A consistent copy of one record. buffer has RB_LARGE_BYTES. The copy always has the layout of the
 * large tier (qname ends with the buffer), so that a reader need not know its tier. -ENOENT: empty,
 * or being written.
 */
int rb_table_read(const struct rb_table *table, struct rb_table_ref ref, struct rb_record *buffer);

/*
 * Call visit for a copy of every record that is not empty, including expired ones. It stops when
 * visit returns non-zero, and returns that.
 */
int rb_table_iterate(const struct rb_table *table,
		     int (*visit)(const struct rb_table *table, struct rb_table_ref ref,
				  const struct rb_record *record, void *context),
		     void *context);

/*
 * The same for who must meet every record: meanwhile writers leave each in its way, so that none
 * gets to where the iteration has been already. Those that are published meanwhile may be missed.
 */
int rb_table_iterate_all(struct rb_table *table,
			 int (*visit)(const struct rb_table *table, struct rb_table_ref ref,
				      const struct rb_record *record, void *context),
			 void *context);

/* A copied record as an answer, and its qname (which points into record). -EBADMSG: no record. */
int rb_table_record_to_answer(const struct rb_record *record, struct rb_answer **ret_answer);
const uint8_t *rb_table_record_qname(const struct rb_record *record);

/*
 * The same without allocating memory: *ret_answer points into record and ttl_offsets. It must not
 * be freed, and is changed only together with them.
 */
int rb_table_record_view(struct rb_record *record, uint16_t ttl_offsets[RB_TTL_STEPS_MAX],
			 struct rb_answer *ret_answer);

/*
 * A stub as an answer: body_len is the size of what it stands for. It has neither a body nor TTLs,
 * and its counts are 0 for none, 1 for some.
 */
void rb_table_stub_view(const struct rb_record *stub, struct rb_answer *ret_answer);

/* The message_sum that a copied record must have. */
uint16_t rb_table_record_sum(const struct rb_record *record);

struct rb_table_usage {
	uint64_t capacity[RB_TIERS]; /* records */
	uint64_t used[RB_TIERS];     /* ways with a tag, fresh or not */
	uint64_t bytes;              /* of map memory */
};

void rb_table_usage(const struct rb_table *table, struct rb_table_usage *ret_usage);

/* The sum over all shards. */
void rb_table_turnover(const struct rb_table *table, struct rb_table_turnover *ret_turnover);

#endif

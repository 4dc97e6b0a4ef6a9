/* SPDX-License-Identifier: BSD-2-Clause */
/* What may go into the table, and what is made of it; see intake.h. */
#include "store/intake.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "config/fingerprint.h"
#include "dns/bytes.h"
#include "dns/name.h"
#include "policy/guard.h"
#include "policy/respond.h"
#include "policy/validity.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define PROBLEMS_MAX   10
#define PROBLEM_BYTES  1400 /* a line with a name in presentation form */
#define PROBLEMS_BYTES ((PROBLEMS_MAX + 2) * PROBLEM_BYTES)

struct rb_intake {
	struct rb_table *table;
	struct rb_store_reader *reader;
	char *resolver_text; /* with anchors: until the thread that feeds us makes the guard of both
			      */
	struct rb_anchors anchors;
	struct rb_policy_images policy;
	struct rb_guard *guard;
	struct rb_intake_counts counts;
	unsigned int flags;
	uint32_t epoch, fingerprint; /* of the configuration in force at the start */
	unsigned int policies;       /* of the table, then */
	uint32_t max_ttl_s, max_negative_ttl_s;
	struct rb_signature_rules rules; /* as of the start, which is started_ns */
	uint64_t started_ns;
	uint64_t outlived; /* records whose signatures have ended */
	bool own;          /* the stream has our fingerprint */
	bool roundrobin;   /* rrset-roundrobin */
	unsigned int problem_count;
	size_t problems_len;
	char problems[PROBLEMS_BYTES];
	struct rb_answer answer; /* the record's, as it goes in */
	uint8_t body[RB_MESSAGE_MAX];
};

void rb_intake_free(struct rb_intake *intake)
{
	if (!intake)
		return;
	rb_store_close(intake->reader);
	rb_guard_free(intake->guard);
	free(intake->resolver_text);
	rb_anchors_free(&intake->anchors);
	rb_policy_images_unref(&intake->policy);
	free(intake);
}

void rb_intake_freep(struct rb_intake **intake)
{
	rb_intake_free(*intake);
}

int rb_intake_new(const struct rb_config *config, struct rb_table *table, unsigned int flags,
		  struct rb_intake **ret_intake)
{
	_cleanup_(rb_intake_freep) struct rb_intake *intake = calloc(1, sizeof(*intake));
	int err = intake ? 0 : -ENOMEM;

	if (!err)
		err = rb_store_open(rb_store_now(), &intake->reader);
	if (err)
		return err;
	intake->resolver_text = strdup(config->resolver_text ? config->resolver_text : "");
	if (!intake->resolver_text || rb_anchors_copy(&config->anchors, &intake->anchors))
		return -ENOMEM;
	intake->policy = rb_policy_images_ref(&config->policy);
	intake->table = table;
	intake->flags = flags;
	intake->epoch = __atomic_load_n(&table->control->epoch, __ATOMIC_ACQUIRE);
	intake->policies = rb_table_policies(table);
	intake->fingerprint = rb_config_fingerprint(config);
	intake->max_ttl_s = config->cache_max_ttl_s;
	intake->roundrobin = config->rrset_roundrobin;
	intake->max_negative_ttl_s = config->cache_max_negative_ttl_s;
	intake->started_ns = rb_clock_ns();
	intake->rules = rb_validity_rules(config, rb_clock_wall_ns());
	*ret_intake = TAKE_PTR(intake);
	return 0;
}

const struct rb_intake_counts *rb_intake_counts(const struct rb_intake *intake)
{
	return &intake->counts;
}

void rb_intake_facts(const struct rb_intake *intake, struct rb_store_facts *ret_facts)
{
	rb_store_facts(intake->reader, ret_facts);
}

const char *rb_intake_problems(const struct rb_intake *intake)
{
	return intake->problems;
}

uint8_t *rb_intake_room(struct rb_intake *intake, size_t *ret_bytes)
{
	return rb_store_room(intake->reader, ret_bytes);
}

__attribute__((format(printf, 2, 3))) static void line_add(struct rb_intake *intake,
							   const char *format, ...)
{
	char *at = intake->problems + intake->problems_len;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(at, PROBLEM_BYTES, format, args);
	va_end(args);
	if (len > 0)
		intake->problems_len += (size_t)len < PROBLEM_BYTES ? (size_t)len
								    : PROBLEM_BYTES - 1;
}

/* A record that is refused; the first are told with their names. */
static void refuse(struct rb_intake *intake, uint64_t *count, const struct rb_store_record *record,
		   const char *why)
{
	char name[RB_NAME_TEXT_MAX];
	struct rb_store_facts facts;

	(*count)++;
	if (intake->problem_count++ >= PROBLEMS_MAX)
		return;
	rb_store_facts(intake->reader, &facts);
	rb_name_to_text(record->qname, record->qname_len, name);
	line_add(intake, "record %" PRIu64 ": %s type %u: %s\n", facts.number, name, record->qtype,
		 why);
}

/* What our own validation found is worth more than what anybody vouches for. */
static bool is_secure_here(const struct rb_intake *intake, const struct rb_table_key *key,
			   uint8_t serves)
{
	struct rb_table_found found;
	bool secure = false;
	uint8_t variant;

	for (variant = RB_SERVES_DO0; variant <= RB_SERVES_DO1; variant++) {
		if (serves & variant &&
		    !rb_table_find(intake->table, key, variant, rb_clock_ns(), &found))
			secure |= found.answer.traits & RB_SECURE;
	}
	return secure;
}

static bool is_held_back(const struct rb_intake *intake, const struct rb_store_record *record)
{
	const struct rb_policy *policy = rb_guard_policy(intake->guard);
	const struct rb_policy_question question = {
		.qname = record->qname,
		.qname_len = record->qname_len,
		.qtype = record->qtype,
		.qclass = RB_CLASS_IN,
	};

	return policy && rb_policy_held_back(policy, &question, record->answer, UINT64_MAX);
}

/* Whether the record of somebody else may go in. */
static bool is_admitted(struct rb_intake *intake, const struct rb_store_record *record,
			const struct rb_table_key *key)
{
	unsigned int guarded =
		rb_guard_ask(intake->guard, record->qname, record->qname_len, record->qtype);
	struct rb_intake_counts *counts = &intake->counts;

	if (record->answer->traits & RB_FIXED_TTL)
		refuse(intake, &counts->unsound, record, "another server's local data");
	else if (guarded & RB_GUARD_LOCAL)
		refuse(intake, &counts->local, record,
		       "answered by local-zone, local-data or auth-zone");
	else if (is_held_back(intake, record))
		refuse(intake, &counts->local, record, "changed by rpz or response-ip");
	else if (guarded & RB_GUARD_VALIDATED && !(intake->flags & RB_INTAKE_TRUST))
		refuse(intake, &counts->validated, record,
		       "DNSSEC validation is on for it, and this was not validated here");
	else if (guarded & RB_GUARD_VALIDATED &&
		 is_secure_here(intake, key, record->answer->traits))
		refuse(intake, &counts->kept, record, "a validated record is here");
	else
		return true;
	return false;
}

/* What cache-max-ttl and cache-max-negative-ttl allow. */
static uint32_t ttl_max_s(const struct rb_intake *intake)
{
	const struct rb_answer *answer = &intake->answer;
	bool negative = (answer->flags & RB_FLAG_RCODE) == RB_RCODE_NXDOMAIN || !answer->ancount;

	return negative && intake->max_negative_ttl_s < intake->max_ttl_s
		       ? intake->max_negative_ttl_s
		       : intake->max_ttl_s;
}

static void ttls_cut(struct rb_intake *intake, uint32_t max_s)
{
	struct rb_answer *answer = &intake->answer;
	uint64_t latest_ns = rb_clock_ns() + max_s * RB_NS_PER_S;
	bool copied = false;
	uint16_t i;

	for (i = 0; i < answer->ttl_count; i++) {
		if (rb_bytes_get32(answer->body + answer->ttl_offsets[i]) <= max_s)
			continue;
		if (!copied) {
			memcpy(intake->body, answer->body, answer->body_len);
			answer->body = intake->body;
			copied = true;
		}
		rb_bytes_put32(answer->body + answer->ttl_offsets[i], max_s);
	}
	if (answer->ttl_s > max_s)
		answer->ttl_s = max_s;
	if (answer->expires_ns > latest_ns)
		answer->expires_ns = latest_ns;
}

/*
 * Signatures in the stream end the record, whatever it says of itself. decisive: those that have
 * ended do, too. Whether anything is left of it.
 */
static bool signatures_cut(struct rb_intake *intake, bool decisive)
{
	struct rb_answer *answer = &intake->answer;
	struct rb_signatures signatures;
	uint64_t until_ns, now_ns = rb_clock_ns();

	rb_answer_signatures(answer, &intake->rules, decisive, &signatures);
	if (signatures.left_ns == RB_SIGNATURES_ENDLESS)
		return true;
	until_ns = intake->started_ns + signatures.left_ns;
	if (until_ns < now_ns + RB_NS_PER_S)
		return false;
	if (answer->signed_until_ns > until_ns)
		answer->signed_until_ns = until_ns;
	if (answer->expires_ns > until_ns)
		ttls_cut(intake, (uint32_t)((until_ns - now_ns) / RB_NS_PER_S));
	return true;
}

static void record_take(struct rb_intake *intake, const struct rb_store_record *record)
{
	struct rb_intake_counts *counts = &intake->counts;
	struct rb_table_key key;
	bool decisive;
	int err;

	intake->answer = *record->answer;
	decisive = intake->answer.traits & RB_SECURE;
	if (rb_table_key_init(intake->table, record->qname, record->qname_len, record->qtype,
			      &key)) {
		refuse(intake, &counts->too_large, record, "a name that the table cannot hold");
		return;
	}
	if (!intake->own) {
		if (!is_admitted(intake, record, &key))
			return;
		intake->answer.traits &= RB_SERVES_MASK | RB_NO_STALE;
		intake->answer.flags &= (uint16_t)~RB_FLAG_AA;
		intake->answer.flags |= RB_FLAG_RD | RB_FLAG_RA;
		if (!intake->roundrobin)
			intake->answer.rotate = 0;
		ttls_cut(intake, ttl_max_s(intake));
		decisive = rb_guard_ask(intake->guard, record->qname, record->qname_len,
					record->qtype) &
			   RB_GUARD_VALIDATED;
	}
	if (!signatures_cut(intake, decisive)) {
		refuse(intake, &intake->outlived, record, "its signatures have ended");
		return;
	}
	if (record->pinned || intake->flags & RB_INTAKE_PIN)
		intake->answer.traits |= RB_PINNED;
	err = rb_table_publish_of(intake->table, &key, &intake->answer, intake->epoch);
	if (err < 0) {
		refuse(intake, &counts->too_large, record,
		       err == -EMSGSIZE ? "too large for the table" : "its TTL is cut to 0");
		return;
	}
	/* What the policy of then admitted, that of now may not. */
	if (rb_table_policies(intake->table) != intake->policies)
		rb_table_remove(intake->table, &key, intake->answer.traits & RB_SERVES_MASK);
	counts->loaded++;
	counts->unpinned += err == 1;
}

/* Most of the time that a record takes is a wait for memory: let it come during the one before. */
static void next_prefetch(const struct rb_intake *intake)
{
	struct rb_store_record next;
	struct rb_table_key key;

	if (rb_store_peek(intake->reader, &next) &&
	    !rb_table_key_init(intake->table, next.qname, next.qname_len, next.qtype, &key))
		rb_table_prefetch(intake->table, &key);
}

static bool is_changed(const struct rb_intake *intake)
{
	return __atomic_load_n(&intake->table->control->epoch, __ATOMIC_ACQUIRE) != intake->epoch ||
	       rb_table_policies(intake->table) != intake->policies;
}

/* Once the header is known. */
static int origin_check(struct rb_intake *intake)
{
	struct rb_store_facts facts;

	rb_store_facts(intake->reader, &facts);
	intake->counts.expired = facts.expired + intake->outlived;
	if (!facts.begun)
		return 0;
	intake->own = facts.fingerprint && facts.fingerprint == intake->fingerprint;
	return intake->own || !(intake->flags & RB_INTAKE_OWN_ALONE) ? 0 : -ESTALE;
}

static int guard_make(struct rb_intake *intake)
{
	int err = intake->guard ? 0
				: rb_guard_new(intake->resolver_text, &intake->anchors,
					       &intake->policy, &intake->guard);

	rb_freep(&intake->resolver_text);
	intake->resolver_text = NULL;
	rb_anchors_free(&intake->anchors);
	return err;
}

/* Returns err, with its reason among the problems. */
static int end(struct rb_intake *intake, int err)
{
	if (err == -ECANCELED)
		line_add(intake, "the configuration has changed meanwhile\n");
	else if (err == -ESTALE)
		line_add(intake, "written under another configuration\n");
	else if (err == -ENOMEM)
		line_add(intake, "out of memory\n");
	else if (err && err != -ENODATA)
		line_add(intake, "%s\n", rb_store_problem(intake->reader));
	return err;
}

int rb_intake_filled(struct rb_intake *intake, size_t bytes)
{
	struct rb_store_record record;
	int err, alien;

	rb_store_filled(intake->reader, bytes);
	err = is_changed(intake) ? -ECANCELED : guard_make(intake);
	if (err)
		return end(intake, err);
	do {
		err = rb_store_next(intake->reader, &record);
		alien = origin_check(intake);
		if (alien)
			return end(intake, alien);
		if (err == 1) {
			next_prefetch(intake);
			record_take(intake, &record);
		} else if (err == -EINVAL) {
			intake->counts.unsound++;
			if (intake->problem_count++ < PROBLEMS_MAX)
				line_add(intake, "%s\n", rb_store_problem(intake->reader));
		}
	} while (err == 1 || err == -EINVAL);
	return end(intake, err);
}

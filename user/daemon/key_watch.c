/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks for keys that are about to replace the trusted ones. */
#include "daemon/key_watch.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "dns/bytes.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

/* With auto-trust-anchor-file, the operator relies on the file to follow the keys: look soon. */
#define SOON_NS  (2 * RB_NS_PER_S)
#define LATER_NS (600 * RB_NS_PER_S)
#define AGAIN_NS                                                                                   \
	(12 * 3600 * RB_NS_PER_S) /* RFC 5011 2.3 has half the keys' TTL, if that is more */

#define KEY_IS_SEP     0x0001 /* flags of a DNSKEY: RFC 4034 2.1.1 */
#define KEY_IS_REVOKED 0x0080 /* RFC 5011 7 */

struct rb_key_watch {
	const struct rb_config *config;
	struct rb_table *table;
	struct rb_resolvers *resolvers;
	unsigned int worker;
	uint64_t next_ns;
	size_t at; /* the anchor whose zone is asked, or is the next to be asked */
	bool asks; /* job is under way */
	struct rb_job job;
};

int rb_key_watch_new(const struct rb_config *config, struct rb_table *table,
		     struct rb_resolvers *resolvers, unsigned int worker,
		     struct rb_key_watch **ret_watch)
{
	struct rb_key_watch *watch;

	if (!config->anchors.count)
		return 0;
	watch = calloc(1, sizeof(*watch));
	if (!watch)
		return -ENOMEM;
	watch->config = config;
	watch->table = table;
	watch->resolvers = resolvers;
	watch->worker = worker;
	watch->next_ns = rb_clock_ns() + (config->follows_keys ? SOON_NS : LATER_NS);
	*ret_watch = watch;
	return 0;
}

void rb_key_watch_free(struct rb_key_watch *watch)
{
	if (!watch)
		return;
	free(watch->job.why);
	free(watch);
}

static bool same_owner(const struct rb_anchor *a, const struct rb_anchor *b)
{
	return a->rr_class == b->rr_class &&
	       rb_name_equal(a->owner, a->owner_len, b->owner, b->owner_len);
}

/* Whether an earlier anchor has the same zone. */
static bool is_asked_already(const struct rb_anchors *anchors, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (same_owner(&anchors->list[i], &anchors->list[at]))
			return true;
	return false;
}

static int ask(struct rb_key_watch *watch)
{
	const struct rb_anchor *anchor = &watch->config->anchors.list[watch->at];
	struct rb_job *job = &watch->job;
	int err;

	free(job->why);
	*job = (struct rb_job){
		.qclass = RB_CLASS_IN,
		.dnssec_ok = true,
		.worker = watch->worker,
	};
	err = rb_table_key_init(watch->table, anchor->owner, anchor->owner_len, LDNS_RR_TYPE_DNSKEY,
				&job->key);
	return err ?: rb_resolvers_submit(watch->resolvers, job);
}

void rb_key_watch_tick(struct rb_key_watch *watch)
{
	const struct rb_anchors *anchors;

	if (!watch || watch->asks || rb_clock_ns() < watch->next_ns)
		return;
	anchors = &watch->config->anchors;
	while (watch->at < anchors->count && (anchors->list[watch->at].rr_class != RB_CLASS_IN ||
					      is_asked_already(anchors, watch->at)))
		watch->at++;
	if (watch->at == anchors->count) {
		watch->at = 0;
		watch->next_ns = rb_clock_ns() + AGAIN_NS;
		return;
	}
	/* If it cannot ask now, it asks a second later. */
	watch->asks = !ask(watch);
}

/* Compare keys by tag and algorithm, since a DS may have a digest of any type. */
static bool is_trusted(const struct rb_anchors *anchors, const struct rb_anchor *key)
{
	for (size_t i = 0; i < anchors->count; i++)
		if (same_owner(&anchors->list[i], key) && anchors->list[i].tag == key->tag &&
		    anchors->list[i].algorithm == key->algorithm)
			return true;
	return false;
}

static void key_look(const struct rb_key_watch *watch, const uint8_t *rdata, size_t len)
{
	const struct rb_anchors *anchors = &watch->config->anchors;
	const struct rb_anchor *owner = &anchors->list[watch->at];
	uint16_t flags = len < 4 ? 0 : rb_bytes_get16(rdata);
	char zone[RB_NAME_TEXT_MAX];
	uint8_t unrevoked[2048];
	struct rb_anchor key;

	if (!(flags & KEY_IS_SEP) || len > sizeof(unrevoked))
		return;
	/* Revocation changes the tag, and the anchors have the former one. */
	memcpy(unrevoked, rdata, len);
	unrevoked[1] &= (uint8_t)~KEY_IS_REVOKED;
	if (rb_anchor_of_key(owner, unrevoked, len, &key))
		return;
	rb_name_to_text(owner->owner, owner->owner_len, zone);
	if (flags & KEY_IS_REVOKED && is_trusted(anchors, &key))
		rb_log_warn("trust anchors: %s has revoked its key %u, which is trusted here: "
			    "remove it from the file, and reload",
			    zone, key.tag);
	else if (!(flags & KEY_IS_REVOKED) && !is_trusted(anchors, &key))
		rb_log_warn(
			"trust anchors: %s publishes key %u (algorithm %u), which is not trusted "
			"here: as soon as the zone is signed by it alone, no name there can be "
			"validated. Have 'unbound-anchor -a FILE' or a package add it, and reload",
			zone, key.tag, key.algorithm);
}

/* Only validated keys count: anybody could publish others. */
static void answer_look(const struct rb_key_watch *watch, const struct rb_answer *answer)
{
	if (!(answer->traits & RB_SECURE))
		return;
	for (unsigned int i = 0; i < answer->ancount && i < answer->ttl_count; i++) {
		/* Type and class precede the TTL; length and data follow it. */
		size_t at = answer->ttl_offsets[i];
		const uint8_t *ttl = answer->body + at;

		if (rb_bytes_get16(ttl - 4) == LDNS_RR_TYPE_DNSKEY)
			key_look(watch, ttl + 6, rb_bytes_get16(ttl + 4));
	}
}

void rb_key_watch_take(struct rb_key_watch *watch, struct rb_job *job)
{
	if (job->answer)
		answer_look(watch, job->answer);
	rb_answer_free(TAKE_PTR(job->answer));
	watch->asks = false;
	watch->at++;
}

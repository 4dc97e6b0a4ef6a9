/* SPDX-License-Identifier: BSD-2-Clause */
/* The division of hot-cache-size among the tiers. */
#include "table/size.h"

#include <sys/capability.h>
#include <unistd.h>

#include "util/cleanup.h"

struct tier_plan {
	uint32_t record_bytes;
	uint32_t percent; /* of the memory */
};

/*
 * By memory, so that small records are by far the most: in 64 MB about 270 000 small, 70 000 medium
 * and 12 000 large ones. Most hot answers are one or two addresses or a negative answer without
 * DNSSEC; signed ones need medium; TXT, DNSKEY and the like are few names, but are asked for often
 * enough that they should not replace each other.
 */
static const struct tier_plan plans[RB_TIERS] = {
	[RB_SMALL] = {RB_SMALL_BYTES, 40},
	[RB_MEDIUM] = {RB_MEDIUM_BYTES, 35},
	[RB_LARGE] = {RB_LARGE_BYTES, 25},
};

static size_t bucket_bytes(unsigned int tier)
{
	return sizeof(struct rb_bucket) + (size_t)RB_WAYS * plans[tier].record_bytes;
}

static size_t whole_pages(size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

enum rb_size_rounding rb_size_rounding(void)
{
	cap_flag_value_t perfmon = CAP_CLEAR, admin = CAP_CLEAR;
	cap_t caps = cap_get_proc();

	if (!caps)
		return RB_SIZE_POWERS;
	/* CAP_SYS_ADMIN implies CAP_PERFMON, see capabilities(7). */
	cap_get_flag(caps, CAP_PERFMON, CAP_EFFECTIVE, &perfmon);
	cap_get_flag(caps, CAP_SYS_ADMIN, CAP_EFFECTIVE, &admin);
	cap_free(caps);
	return perfmon == CAP_SET || admin == CAP_SET ? RB_SIZE_EXACT : RB_SIZE_POWERS;
}

uint32_t rb_size_record_bytes(enum rb_tier tier)
{
	return plans[tier].record_bytes;
}

static uint32_t power_below(uint32_t count)
{
	return 1U << (31 - __builtin_clz(count));
}

void rb_size_buckets(size_t bytes, enum rb_size_rounding rounding, uint32_t ret_buckets[RB_TIERS])
{
	/* Record indexes are 32 bits wide. */
	const size_t most = (1U << 31) / RB_WAYS;
	size_t used = 0;
	unsigned int tier;

	for (tier = 0; tier < RB_TIERS; tier++) {
		size_t count = bytes / 100 * plans[tier].percent / bucket_bytes(tier);

		count = count < most ? count : most;
		count -= count % RB_SHARDS;
		if (!count)
			count = RB_SHARDS;
		ret_buckets[tier] = (uint32_t)count;
		if (rounding == RB_SIZE_POWERS)
			ret_buckets[tier] = power_below((uint32_t)count);
		used += ret_buckets[tier] * bucket_bytes(tier);
	}
	if (rounding == RB_SIZE_EXACT)
		return;
	/* The remainder goes to the first tier that can use it: small records serve most. */
	for (tier = 0; tier < RB_TIERS; tier++) {
		size_t more = ret_buckets[tier] * bucket_bytes(tier);

		if (used + more <= bytes && ret_buckets[tier] <= most / 2) {
			ret_buckets[tier] *= 2;
			used += more;
		}
	}
}

size_t rb_size_tags_bytes(uint32_t buckets)
{
	return whole_pages(buckets * sizeof(struct rb_bucket));
}

size_t rb_size_records_bytes(enum rb_tier tier, uint32_t buckets)
{
	return whole_pages((size_t)buckets * RB_WAYS * plans[tier].record_bytes);
}

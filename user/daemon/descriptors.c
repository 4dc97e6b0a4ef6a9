/* SPDX-License-Identifier: BSD-2-Clause */
/* The share of each in the descriptors that there are. */
#include "daemon/descriptors.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "table/table.h"
#include "util/cleanup.h"
#include "util/log.h"

#define RANGE "\toutgoing-range:" /* as it begins a line of the resolver's text */

enum {
	REST = 256,        /* control, metrics, flushes, maps, links, AF_XDP, what libraries want */
	CONTEXT_REST = 16, /* of a libunbound context, besides its queries */
	RANGE_MIN = 16,
	TCP_PART = 4, /* connections get so many of what remains, where there is too little */
};

static uint64_t limit_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return UINT64_MAX;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur;
}

/* Those of each thread, and as many for what was flushed. */
static uint64_t contexts(const struct rb_config *config)
{
	unsigned int threads = config->num_threads < RB_SHARDS ? config->num_threads : RB_SHARDS;

	return (threads + 1ULL) * rb_config_contexts(config);
}

/* The same text, line by line, with another range in place of the last one, which counts. */
static int range_set(struct rb_config *config, unsigned int range)
{
	const char *last = NULL, *next = config->resolver_text;
	char *text;

	while (next && (next = strstr(next, RANGE)))
		last = next++;
	config->outgoing_range = range;
	if (!last)
		return 0;
	if (asprintf(&text, "%.*s" RANGE " %u%s", (int)(last - config->resolver_text),
		     config->resolver_text, range, strchrnul(last, '\n')) < 0)
		return -ENOMEM;
	free(config->resolver_text);
	config->resolver_text = text;
	return 0;
}

/* config->incoming_num_tcp and the range, so that so many descriptors are enough. */
static int fit(struct rb_config *config, unsigned int workers, uint64_t available)
{
	uint64_t own = contexts(config) * (config->outgoing_num_tcp + (uint64_t)CONTEXT_REST);
	uint64_t tcp = available / TCP_PART / workers, range;

	if (!tcp)
		tcp = 1;
	if (config->incoming_num_tcp > tcp)
		config->incoming_num_tcp = (unsigned int)tcp;
	own += (uint64_t)config->incoming_num_tcp * workers;
	range = available > own ? (available - own) / contexts(config) : 0;
	if (range >= config->outgoing_range)
		return 0;
	return range_set(config, range < RANGE_MIN ? RANGE_MIN : (unsigned int)range);
}

int rb_descriptors_fit(struct rb_config *config, unsigned int workers)
{
	uint64_t sockets = 2ULL * config->listen_count * workers;
	uint64_t rest = REST + sockets, limit = limit_raise();
	uint64_t wanted = rest + (uint64_t)config->incoming_num_tcp * workers +
			  contexts(config) * ((uint64_t)config->outgoing_range +
					      config->outgoing_num_tcp + CONTEXT_REST);
	int err;

	if (wanted <= limit)
		return 0;
	err = fit(config, workers, limit > rest ? limit - rest : 0);
	if (!err)
		rb_log_warn("%llu descriptors are wanted, %llu allowed: going on with "
			    "outgoing-range: %u and incoming-num-tcp: %u. See 'ulimit -n' and "
			    "LimitNOFILE= of systemd.",
			    (unsigned long long)wanted, (unsigned long long)limit,
			    config->outgoing_range, config->incoming_num_tcp);
	return err;
}

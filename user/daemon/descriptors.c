/* SPDX-License-Identifier: BSD-2-Clause */
/* Divides the available descriptors. */
#include "daemon/descriptors.h"

#include <errno.h>
#include <stdbool.h>
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
	PROCESS_REST = 64, /* of a resolver process: what it is given, including files */
	UPSTREAM_REST = 34, /* of each server over TLS: connections to a host's addresses */
	LINK_REST = 4,      /* of the server for each resolver process, besides one a worker */
	RANGE_MIN = 16,
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

/* One for each worker, a spare, and one for flushed names; during a reload all of them twice. */
static uint64_t links(const struct rb_config *config, unsigned int workers)
{
	unsigned int threads = config->num_threads < RB_SHARDS ? config->num_threads : RB_SHARDS;

	return 2 * (threads + 2ULL) * (workers + 1ULL + LINK_REST);
}

/* Copy the text line by line, with another range in place of the last one, which applies. */
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

static bool fit_connections(struct rb_config *config, unsigned int workers, uint64_t limit)
{
	uint64_t rest = REST + 2ULL * config->listen_count * workers + links(config, workers);
	uint64_t each = limit > rest ? (limit - rest) / workers : 0;

	if (config->incoming_num_tcp <= each)
		return false;
	config->incoming_num_tcp = each ? (unsigned int)each : 1;
	return true;
}

static int fit_range(struct rb_config *config, unsigned int workers, uint64_t limit)
{
	uint64_t rest =
		PROCESS_REST + workers + UPSTREAM_REST * config->tls_server_count +
		rb_config_contexts(config) * (config->outgoing_num_tcp + (uint64_t)CONTEXT_REST);
	uint64_t each = limit > rest ? (limit - rest) / rb_config_contexts(config) : 0;

	if (config->outgoing_range <= each)
		return 0;
	return range_set(config, each < RANGE_MIN ? RANGE_MIN : (unsigned int)each);
}

int rb_descriptors_fit(struct rb_config *config, unsigned int workers)
{
	unsigned int range = config->outgoing_range;
	uint64_t limit = limit_raise();
	bool fewer = fit_connections(config, workers, limit);
	int err = fit_range(config, workers, limit);

	if (!err && (fewer || config->outgoing_range != range))
		rb_log_warn("a process may have %llu descriptors, which is not enough: going on "
			    "with outgoing-range: %u and incoming-num-tcp: %u. See 'ulimit -n' and "
			    "LimitNOFILE= of systemd.",
			    (unsigned long long)limit, config->outgoing_range,
			    config->incoming_num_tcp);
	return err;
}

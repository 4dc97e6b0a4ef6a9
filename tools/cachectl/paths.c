/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of the daemon's counts belong to which way. */
#include "paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *transport; /* as the daemon names it */
	const char *name;
} paths[PATHS] = {
	[PATH_AF_XDP] = {"af_xdp", "af_xdp"},
	[PATH_SOCKET] = {"udp", "socket"},
	[PATH_TCP] = {"tcp", "tcp"},
};

const char *path_name(enum path path)
{
	return paths[path].name;
}

uint64_t paths_daemon_count(const struct daemon_answer *stats, const char *family, const char *of)
{
	char name[80];
	size_t i;

	snprintf(name, sizeof(name), "%s%s%s", family, of ? "." : "", of ? of : "");
	for (i = 0; i < stats->count; i++)
		if (!strcmp(stats->lines[i].name, name))
			return strtoull(stats->lines[i].value, NULL, 10);
	return 0;
}

void paths_read(const struct daemon_answer *stats, struct path_counts counts[PATHS])
{
	unsigned int path;

	for (path = 0; path < PATHS; path++) {
		const char *transport = paths[path].transport;

		counts[path].queries = paths_daemon_count(stats, "server_queries", transport);
		counts[path].hits = paths_daemon_count(stats, "server_table_hits", transport);
	}
}

double paths_ratio(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

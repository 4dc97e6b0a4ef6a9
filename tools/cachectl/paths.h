/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways of questions behind the kernel, and how many of them the table answered there. */
#ifndef CACHECTL_PATHS_H
#define CACHECTL_PATHS_H

#include <stdint.h>

#include "daemon.h"

enum path {
	PATH_AF_XDP,
	PATH_SOCKET, /* UDP */
	PATH_TCP,
	PATHS,
};

struct path_counts {
	uint64_t queries, hits;
};

const char *path_name(enum path path);

/* One of the daemon's counts: "family" or "family.of". 0 where it does not tell. */
uint64_t paths_daemon_count(const struct daemon_answer *stats, const char *family, const char *of);

/* Of its answer to stats, since its start. */
void paths_read(const struct daemon_answer *stats, struct path_counts counts[PATHS]);

/* 0 of nothing. */
double paths_ratio(uint64_t part, uint64_t whole);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* How far long work has come: a bar on stderr, where that is a terminal, after a second. */
#ifndef CACHECTL_PROGRESS_H
#define CACHECTL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	const char *what;
	size_t total; /* 0: unknown */
	size_t done;
	uint64_t begun_ns, shown_ns;
	bool visible; /* there is a terminal */
	bool shown;   /* something stands there now */
};

void progress_begin(struct progress *progress, const char *what, size_t total);
void progress_step(struct progress *progress);
void progress_reach(struct progress *progress, size_t done); /* so many steps in all */
void progress_end(struct progress *progress);                /* nothing of it stays */

#endif

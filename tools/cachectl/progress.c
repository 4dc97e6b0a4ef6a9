/* SPDX-License-Identifier: BSD-2-Clause */
/* A bar that says how far long work has come. */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#include "util/clock.h"

#define STEPS_UNSEEN 64 /* between two looks at the clock, where there are many */
#define MANY         10000
#define PAUSE_NS     (RB_NS_PER_S / 10)
#define BAR_COLUMNS  30

void progress_begin(struct progress *progress, const char *what, size_t total)
{
	*progress = (struct progress){
		.what = what,
		.total = total,
		.begun_ns = rb_clock_ns(),
		.visible = isatty(STDERR_FILENO),
	};
}

static void show(struct progress *progress)
{
	size_t done = progress->done < progress->total ? progress->done : progress->total;
	size_t filled, i;

	fprintf(stderr, "\r%s ", progress->what);
	if (progress->total) {
		filled = done * BAR_COLUMNS / progress->total;
		fputc('[', stderr);
		for (i = 0; i < BAR_COLUMNS; i++)
			fputc(i < filled ? '#' : '.', stderr);
		fprintf(stderr, "] %zu %% ", done * 100 / progress->total);
	}
	fprintf(stderr, "%zu", progress->done);
	fflush(stderr);
	progress->shown = true;
}

static void look(struct progress *progress)
{
	uint64_t now_ns = rb_clock_ns();

	if (now_ns - progress->begun_ns < RB_NS_PER_S || now_ns - progress->shown_ns < PAUSE_NS)
		return;
	progress->shown_ns = now_ns;
	show(progress);
}

void progress_step(struct progress *progress)
{
	progress->done++;
	if (!progress->visible)
		return;
	if (progress->total > MANY && progress->done % STEPS_UNSEEN)
		return;
	look(progress);
}

void progress_reach(struct progress *progress, size_t done)
{
	progress->done = done;
	if (progress->visible)
		look(progress);
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}

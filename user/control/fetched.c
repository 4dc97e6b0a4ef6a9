/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads what the keeper tells, and asks it. */
#include "control/fetched.h"

#include <inttypes.h>
#include <string.h>

#include "config/feeds.h"
#include "util/clock.h"

void rb_fetched_print(const struct rb_control_view *view, FILE *out)
{
	uint64_t now_s = rb_clock_wall_ns() / RB_NS_PER_S;
	struct rb_feed_source source;

	for (size_t i = 0; i < RB_FEEDS_MAX && rb_feed_source(view->config, i, &source); i++) {
		const struct rb_feed_slot *slot = &view->feeds[i];
		uint64_t checked_s = atomic_load(&slot->checked_s);

		fprintf(out, "fetched: %s, ", source.label);
		if (checked_s)
			fprintf(out, "up to date %" PRIu64 " seconds ago, ",
				now_s > checked_s ? now_s - checked_s : 0);
		else
			fputs("not yet, ", out);
		fprintf(out, "%" PRIu64 " times new, %" PRIu64 " times failed, %u of them since\n",
			atomic_load(&slot->fetched), atomic_load(&slot->failed),
			atomic_load(&slot->failing));
	}
}

void rb_fetched_again(const struct rb_control_view *view, const char *words, FILE *out)
{
	struct rb_feed_source source;
	size_t asked = 0;

	words += strspn(words, " ");
	for (size_t i = 0; i < RB_FEEDS_MAX && rb_feed_source(view->config, i, &source); i++) {
		if (*words && strcmp(words, source.label) != 0)
			continue;
		atomic_fetch_add(&view->feeds[i].wanted, 1);
		asked++;
	}
	if (asked)
		fprintf(out, "ok %zu will be fetched\n", asked);
	else
		fprintf(out, "error nothing%s%.100s is fetched\n", *words ? " called " : "", words);
}

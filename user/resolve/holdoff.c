/* SPDX-License-Identifier: BSD-2-Clause */
/* Failed refreshes, until they may be asked for again. */
#include "resolve/holdoff.h"

#include <stdlib.h>

#define HOLDOFF_S 5

struct rb_holdoff {
	LIST_ENTRY(rb_holdoff) entry;
	struct event *timer;
	const struct rb_table *table;
	struct rb_table_place place;
};

static void holdoff_end(struct rb_holdoff *holdoff)
{
	rb_table_release_refresh(holdoff->table, holdoff->place);
	LIST_REMOVE(holdoff, entry);
	event_free(holdoff->timer);
	free(holdoff);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct rb_holdoff *holdoff = arg;

	(void)fd;
	(void)what;
	holdoff_end(holdoff);
}

void rb_holdoff_start(struct rb_holdoffs *holdoffs, struct event_base *base,
		      const struct rb_table *table, struct rb_table_place place)
{
	static const struct timeval delay = {.tv_sec = HOLDOFF_S};
	struct rb_holdoff *holdoff = calloc(1, sizeof(*holdoff));

	if (!holdoff) {
		rb_table_release_refresh(table, place);
		return;
	}
	holdoff->table = table;
	holdoff->place = place;
	holdoff->timer = evtimer_new(base, on_timer, holdoff);
	if (!holdoff->timer || evtimer_add(holdoff->timer, &delay)) {
		rb_table_release_refresh(table, place);
		if (holdoff->timer)
			event_free(holdoff->timer);
		free(holdoff);
		return;
	}
	LIST_INSERT_HEAD(holdoffs, holdoff, entry);
}

void rb_holdoffs_end(struct rb_holdoffs *holdoffs)
{
	struct rb_holdoff *holdoff;

	while ((holdoff = LIST_FIRST(holdoffs)))
		holdoff_end(holdoff);
}

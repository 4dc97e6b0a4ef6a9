/* SPDX-License-Identifier: BSD-2-Clause */
/* Failed refreshes, until they may be asked for again. */
#include "resolve/holdoff.h"

#include <stdlib.h>

#define HOLDOFF_S 5

struct rb_holdoff {
	LIST_ENTRY(rb_holdoff) entry;
	struct event *timer;
	struct rb_table *table;
	struct rb_table_key key;
	uint8_t serves;
};

static void holdoff_end(struct rb_holdoff *holdoff)
{
	rb_table_release_refresh(holdoff->table, &holdoff->key, holdoff->serves);
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

void rb_holdoff_start(struct rb_holdoffs *holdoffs, struct event_base *base, struct rb_table *table,
		      const struct rb_table_key *key, uint8_t serves)
{
	static const struct timeval delay = {.tv_sec = HOLDOFF_S};
	struct rb_holdoff *holdoff = calloc(1, sizeof(*holdoff));

	if (!holdoff) {
		rb_table_release_refresh(table, key, serves);
		return;
	}
	holdoff->table = table;
	holdoff->key = *key;
	holdoff->serves = serves;
	holdoff->timer = evtimer_new(base, on_timer, holdoff);
	if (!holdoff->timer || evtimer_add(holdoff->timer, &delay)) {
		rb_table_release_refresh(table, key, serves);
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

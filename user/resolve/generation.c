/* SPDX-License-Identifier: BSD-2-Clause */
/* One generation of a resolver thread's libunbound contexts. */
#include "resolve/generation.h"

#include <errno.h>

#include "resolve/context.h"
#include "util/cleanup.h"

#define PACE_US 5000 /* what a reload may add to the answers that it finds under way */

static void on_pace(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

static int context_add(struct rb_generation *generation, enum rb_context which, const char *text,
		       FILE *log)
{
	return rb_context_new(generation->base, text, log, &generation->contexts[which]);
}

/* libunbound's DNS64 does not know of CD=1, so that those questions need a context without it. */
static int cd_context_add(struct rb_generation *generation, FILE *log)
{
	_cleanup_free_ char *text = NULL;

	/* Of two lines the later counts. */
	if (asprintf(&text, "%sserver:\n\tmodule-config: \"%s\"\n",
		     generation->config->resolver_text, generation->config->cd_modules) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	return context_add(generation, RB_CONTEXT_CD, text, log);
}

static int contexts_new(struct rb_generation *generation, FILE *log)
{
	const struct rb_config *config = generation->config;
	int err = context_add(generation, RB_CONTEXT_FIRST, config->resolver_text, log);

	if (!err && (config->prefetch || config->serve_expired))
		err = context_add(generation, RB_CONTEXT_SECOND, config->resolver_text, log);
	if (!err && config->cd_modules)
		err = cd_context_add(generation, log);
	return err;
}

int rb_generation_new(const struct rb_config *config, FILE *log, int bell_fd,
		      event_callback_fn on_bell, void *arg, struct rb_generation **ret_generation)
{
	_cleanup_(rb_generation_freep) struct rb_generation *generation =
		calloc(1, sizeof(*generation));
	int err;

	if (!generation)
		return -ENOMEM;
	generation->config = config;
	generation->base = event_base_new();
	if (!generation->base)
		return -ENOMEM;
	generation->bell = event_new(generation->base, bell_fd, EV_READ | EV_PERSIST, on_bell, arg);
	generation->pace = evtimer_new(generation->base, on_pace, NULL);
	if (!generation->bell || !generation->pace || event_add(generation->bell, NULL))
		return -ENOMEM;
	err = contexts_new(generation, log);
	if (err)
		return err;
	*ret_generation = TAKE_PTR(generation);
	return 0;
}

void rb_generation_free(struct rb_generation *generation)
{
	if (!generation)
		return;
	generation->closing = true;
	for (unsigned int i = 0; i < RB_CONTEXTS; i++)
		rb_context_deletep(&generation->contexts[i]);
	rb_holdoffs_end(&generation->holdoffs);
	if (generation->bell)
		event_free(generation->bell);
	if (generation->pace)
		event_free(generation->pace);
	if (generation->base)
		event_base_free(generation->base);
	free(generation);
}

void rb_generation_freep(struct rb_generation **generation)
{
	rb_generation_free(*generation);
}

void rb_generation_retire(struct rb_generation *generation)
{
	event_del(generation->bell);
	/* What failed before may succeed now: it need not wait any longer. */
	rb_holdoffs_end(&generation->holdoffs);
}

void rb_generation_poll(struct rb_generation *generation)
{
	event_base_loop(generation->base, EVLOOP_NONBLOCK);
}

void rb_generation_hurry(struct rb_generation *generation)
{
	static const struct timeval pace = {.tv_usec = PACE_US};

	if (!evtimer_pending(generation->pace, NULL))
		evtimer_add(generation->pace, &pace);
}

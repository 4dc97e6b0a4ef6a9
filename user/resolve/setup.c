/* SPDX-License-Identifier: BSD-2-Clause */
/* The text for libunbound, in memory. */
#include "resolve/setup.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "resolve/forwards.h"
#include "resolve/protocol.h"
#include "resolve/setup_files.h"
#include "upstream/plan.h"
#include "util/cleanup.h"
#include "util/sealed.h"
#include "util/text.h"

/*
 * A cache uses up to twice its configured size, and allocators leave holes. The rest is for pending
 * questions.
 */
#define CACHE_FACTOR 3
#define WORK_BYTES   (512ULL << 20)

/* The size of a cache. Two lines for one cache both count: rather too much than too little. */
static uint64_t cache_bytes(const char *line)
{
	static const char *const caches[] = {"msg-cache-size", "rrset-cache-size", "key-cache-size",
					     "neg-cache-size"};
	char value[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(caches); i++)
		if (rb_setup_value(line, caches[i], value))
			return strtoull(value, NULL, 10);
	return 0;
}

static int line_put(struct rb_setup *setup, const char *line, FILE *text)
{
	char zone[PATH_MAX];

	setup->memory_bytes += CACHE_FACTOR * rb_config_contexts(setup->config) * cache_bytes(line);
	if (rb_setup_value(line, "name", zone)) {
		snprintf(setup->zone_name, sizeof(setup->zone_name), "%s", zone);
		rb_zone_lines_begin(&setup->zone, zone);
	}
	return rb_setup_files_put(setup, line, text);
}

/* Write the text, with the copy of each file in place of the file. */
static int text_put(struct rb_setup *setup, FILE *text)
{
	_cleanup_free_ char *all = strdup(setup->config->resolver_text);
	char *rest = all, *line;
	int err = all ? 0 : -ENOMEM;

	while (!err && (line = strsep(&rest, "\n")))
		err = line_put(setup, line, text);
	return err;
}

static unsigned int contexts_of(const struct rb_config *config)
{
	unsigned int contexts = 1U << RB_CONTEXT_FIRST;

	if (config->prefetch || config->serve_expired)
		contexts |= 1U << RB_CONTEXT_SECOND;
	if (config->cd_modules)
		contexts |= 1U << RB_CONTEXT_CD;
	return contexts;
}

/* libunbound's DNS64 does not know about CD=1, so those questions need a context without it. */
static int cd_text_new(struct rb_setup *setup, const char *text)
{
	_cleanup_free_ char *cd_text = NULL;

	/* The later of two lines applies. */
	if (asprintf(&cd_text, "%sserver:\n\tmodule-config: \"%s\"\n", text,
		     setup->config->cd_modules) < 0) {
		cd_text = NULL;
		return -ENOMEM;
	}
	return rb_sealed_new("resolver-cd.conf", cd_text, strlen(cd_text), &setup->cd_text_fd);
}

static int upstreams_new(struct rb_setup *setup)
{
	_cleanup_free_ struct rb_upstream_plan *plan = NULL;
	size_t bytes;
	int err = rb_upstream_plan_new(setup->config, &plan, &bytes);

	if (err || !plan)
		return err;
	return rb_sealed_new("upstreams", (const char *)plan, bytes, &setup->upstreams_fd);
}

static unsigned int tap_of(const struct rb_config *config)
{
	const struct rb_config_dnstap *dnstap = &config->dnstap;

	if (!dnstap->enabled)
		return 0;
	return (dnstap->resolver_queries ? RB_TAP_RESOLVER_QUERIES : 0) |
	       (dnstap->resolver_responses ? RB_TAP_RESOLVER_RESPONSES : 0) |
	       (dnstap->forwarder_queries ? RB_TAP_FORWARDER_QUERIES : 0) |
	       (dnstap->forwarder_responses ? RB_TAP_FORWARDER_RESPONSES : 0);
}

static int setup_make(const struct rb_config *config, int first_fd, const struct rb_setup *former,
		      const struct rb_zone_copy *copies, size_t copy_count,
		      struct rb_setup **ret_setup)
{
	_cleanup_(rb_setup_unrefp) struct rb_setup *setup = calloc(1, sizeof(*setup));
	_cleanup_(rb_text_freep) struct rb_text *text = NULL;
	_cleanup_free_ char *bytes = NULL;
	size_t len;
	FILE *stream;
	int err;

	if (!setup)
		return -ENOMEM;
	*setup = (struct rb_setup){
		.config = config,
		.references = 1,
		.first_fd = first_fd,
		.contexts = contexts_of(config),
		.memory_bytes = WORK_BYTES,
		.tap = tap_of(config),
		.text_fd = -1,
		.cd_text_fd = -1,
		.upstreams_fd = -1,
	};
	err = former ? rb_setup_files_inherit(setup, former) : 0;
	for (size_t i = 0; i < copy_count && !err; i++)
		err = rb_setup_files_renew(setup, &copies[i]);
	if (!err)
		err = rb_text_open(&text, &stream);
	if (!err)
		err = text_put(setup, stream);
	if (!err)
		err = rb_text_close(TAKE_PTR(text), &bytes, &len);
	if (!err)
		err = rb_sealed_new("resolver.conf", bytes, len, &setup->text_fd);
	if (!err && config->cd_modules)
		err = cd_text_new(setup, bytes);
	if (!err)
		err = upstreams_new(setup);
	if (!err && setup->tap)
		err = rb_forwards_new(config->resolver_text, &setup->forwards);
	if (err)
		return err;
	if (config->resolver_memory_bytes) {
		setup->memory_bytes = config->resolver_memory_bytes;
		setup->memory_is_total = true;
	}
	*ret_setup = TAKE_PTR(setup);
	return 0;
}

int rb_setup_new(const struct rb_config *config, int first_fd, const struct rb_setup *former,
		 struct rb_setup **ret_setup)
{
	return setup_make(config, first_fd, former, NULL, 0, ret_setup);
}

int rb_setup_follow(const struct rb_setup *former, const struct rb_config *config,
		    const struct rb_zone_copy *copies, size_t copy_count,
		    struct rb_setup **ret_setup)
{
	return setup_make(config, former->first_fd, former, copies, copy_count, ret_setup);
}

struct rb_setup *rb_setup_ref(struct rb_setup *setup)
{
	setup->references++;
	return setup;
}

void rb_setup_unref(struct rb_setup *setup)
{
	if (!setup || --setup->references)
		return;
	rb_setup_files_free(setup);
	rb_forwards_free(setup->forwards);
	rb_closep(&setup->text_fd);
	rb_closep(&setup->cd_text_fd);
	rb_closep(&setup->upstreams_fd);
	free(setup);
}

void rb_setup_unrefp(struct rb_setup **setup)
{
	rb_setup_unref(*setup);
}

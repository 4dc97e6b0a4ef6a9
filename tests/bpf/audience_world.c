/* SPDX-License-Identifier: BSD-2-Clause */
#include "audience_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/access.h"
#include "store/sweep.h"
#include "unit/config_fixture.h"
#include "util/cleanup.h"

#define VIEWS      6
#define TEXT_BYTES 16384

static const char *const types[] = {
	"static",      "refuse",        "transparent",     "redirect",      "always_nxdomain",
	"always_null", "always_nodata", "typetransparent", "always_refuse", "inform",
};

__attribute__((format(printf, 2, 3))) static void line(char *text, const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, TEXT_BYTES - len, format, args);
	va_end(args);
}

static uint32_t below(struct world *world, uint32_t count)
{
	return prng_below(&world->prng, count);
}

static const char *type(struct world *world)
{
	return types[below(world, ARRAY_SIZE(types))];
}

/* 192.0.2.4/30 and so on; some of them say what others do. */
static void head_make(struct world *world)
{
	line(world->head,
	     "server:\ndefine-tag: \"t0 t1 t2\"\naccess-control: 192.0.2.0/24 allow\n");
	for (unsigned int i = 1; i <= WORLD_BLOCKS; i++) {
		char block[32];

		snprintf(block, sizeof(block), "192.0.2.%u/30", i * 4);
		if (below(world, 2))
			line(world->head, "access-control-view: %s v%u\n", block,
			     below(world, VIEWS));
		if (!below(world, 3))
			continue;
		line(world->head, "access-control-tag: %s t%u\n", block, below(world, 3));
		if (!below(world, 3))
			line(world->head, "access-control-tag-action: %s t%u %s\n", block,
			     below(world, 3), type(world));
		if (!below(world, 8))
			line(world->head, "access-control-tag-data: %s t%u \"A 192.0.2.%u\"\n",
			     block, below(world, 3), i);
	}
}

static void zones_make(struct world *world, char *text)
{
	for (unsigned int i = 0; i < WORLD_ZONES; i++) {
		if (below(world, 3))
			continue;
		line(text, "local-zone: z%u %s\n", i, type(world));
		if (below(world, 2))
			line(text, "local-data: 'z%u A 198.51.100.%u'\n", i, below(world, 200));
	}
}

static char *text_make(struct world *world)
{
	char *text = calloc(1, TEXT_BYTES);

	assert_non_null(text);
	line(text, "%s", world->head);
	zones_make(world, text);
	for (unsigned int i = 0; i < 3; i++)
		if (below(world, 2))
			line(text, "local-zone: t%u %s\nlocal-zone-tag: t%u \"t%u\"\n", i,
			     type(world), i, below(world, 3));
	for (unsigned int i = 0; i < 3; i++)
		if (below(world, 2))
			line(text, "response-ip: 203.0.113.%u/32 always_nxdomain\n",
			     below(world, 8));
	if (below(world, 2))
		line(text,
		     "response-ip: 203.0.113.8/32 always_refuse\n"
		     "response-ip-tag: 203.0.113.8/32 \"t%u\"\n",
		     below(world, 3));
	for (unsigned int i = 0; i < VIEWS; i++) {
		line(text, "view:\nname: v%u\nview-first: %s\n", i, below(world, 2) ? "yes" : "no");
		zones_make(world, text);
		if (!below(world, 3))
			line(text, "response-ip: 203.0.113.%u/32 always_nodata\n", below(world, 8));
	}
	return text;
}

static void policy_make(struct world *world)
{
	char *text = text_make(world);

	world->config = read_text(text, 0);
	free(text);
	assert_int_equal(rb_policy_open_images(&world->config->policy, &world->policy), 0);
}

void world_change_policy(struct world *world)
{
	struct rb_config *former = world->config;
	struct rb_policy before = world->policy;

	policy_make(world);
	assert_int_equal(world->config->local.numbering, former->local.numbering);
	world->swept += rb_sweep_table(world->table, &before, &world->policy);
	rb_config_free(former);
}

void world_open(struct world *world, uint64_t seed)
{
	struct program_opts opts = {.use_acl = true};

	*world = (struct world){.prng.state = seed, .head = calloc(1, TEXT_BYTES)};
	assert_non_null(world->head);
	head_make(world);
	policy_make(world);
	opts.numbering = world->config->local.numbering;
	world->program = program_load(&opts);
	world->table = program_table(world->program);
	assert_int_equal(rb_acl_new_of(world->config, &world->acl), 0);
	assert_int_equal(rb_acl_load(world->acl, program_acl_fd(world->program), PROGRAM_ACL_EPOCH),
			 0);
}

void world_close(struct world *world)
{
	rb_acl_free(world->acl);
	rb_config_free(world->config);
	program_free(world->program);
	free(world->head);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Which servers are asked over TLS, and how, as one block of memory. */
#include "upstream/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static size_t servers_bytes(size_t count)
{
	return sizeof(struct rb_upstream_plan) + count * sizeof(struct rb_upstream_server_plan);
}

static void text_set(char *out, size_t room, const char *text)
{
	if (text)
		snprintf(out, room, "%s", text);
}

static void servers_set(struct rb_upstream_plan *plan, const struct rb_config *config)
{
	for (size_t i = 0; i < config->tls_server_count; i++) {
		const struct rb_tls_server *from = &config->tls_servers[i];
		struct rb_upstream_server_plan *to = &plan->servers[i];

		to->addr = from->addr;
		to->zone = from->zone;
		text_set(to->name, sizeof(to->name), from->name);
		text_set(to->text, sizeof(to->text), from->text);
	}
}

static void sources_set(struct rb_upstream_plan *plan, const struct rb_config *config)
{
	for (size_t i = 0; i < config->tls_source_count && i < RB_UPSTREAM_SOURCES_MAX; i++)
		plan->sources[plan->source_count++] = config->tls_sources[i];
}

int rb_upstream_plan_new(const struct rb_config *config, struct rb_upstream_plan **ret_plan,
			 size_t *ret_bytes)
{
	size_t authorities = config->tls_authorities ? strlen(config->tls_authorities) : 0;
	size_t bytes = servers_bytes(config->tls_server_count) + authorities + 1;
	struct rb_upstream_plan *plan;

	if (!config->tls_zone_count) {
		*ret_plan = NULL;
		*ret_bytes = 0;
		return 0;
	}
	plan = calloc(1, bytes);
	if (!plan)
		return -ENOMEM;
	plan->server_count = (uint32_t)config->tls_server_count;
	plan->zone_count = config->tls_zone_count;
	plan->pad_block_bytes = config->pad_queries ? config->pad_queries_block_size : 0;
	plan->use_sni = config->tls_use_sni;
	plan->verify_unnamed = config->tls_cert_bundle || config->tls_system_cert;
	plan->spare_localhost = config->do_not_query_localhost;
	text_set(plan->ciphers, sizeof(plan->ciphers), config->tls_ciphers);
	text_set(plan->ciphersuites, sizeof(plan->ciphersuites), config->tls_ciphersuites);
	plan->authorities_bytes = (uint32_t)authorities;
	servers_set(plan, config);
	sources_set(plan, config);
	if (authorities)
		memcpy(&plan->servers[plan->server_count], config->tls_authorities, authorities);
	*ret_plan = plan;
	*ret_bytes = bytes;
	return 0;
}

const char *rb_upstream_plan_authorities(const struct rb_upstream_plan *plan)
{
	return (const char *)&plan->servers[plan->server_count];
}

int rb_upstream_plan_map(int fd, const struct rb_upstream_plan **ret_plan)
{
	const struct rb_upstream_plan *plan;
	struct stat stat;

	if (fstat(fd, &stat))
		return -errno;
	plan = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (plan == MAP_FAILED)
		return -errno;
	*ret_plan = plan;
	return 0;
}

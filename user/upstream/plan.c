/* SPDX-License-Identifier: BSD-2-Clause */
/* Which servers are asked over TLS, and how, as one block of memory. */
#include "upstream/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "config/values.h"

static size_t blocks_bytes(const struct rb_upstream_plan *plan)
{
	return plan->spared_count * sizeof(struct rb_netblock);
}

static const struct rb_netblock *blocks(const struct rb_upstream_plan *plan)
{
	return (const void *)&plan->servers[plan->server_count];
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
		to->port = from->port;
		text_set(to->host, sizeof(to->host), from->host);
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
	size_t blocks_len = config->not_queried_count * sizeof(config->not_queried[0]);
	size_t bytes = sizeof(struct rb_upstream_plan) +
		       config->tls_server_count * sizeof(struct rb_upstream_server_plan) +
		       blocks_len + authorities + 1;
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
	plan->use_ip6 = config->do_ip6;
	text_set(plan->ciphers, sizeof(plan->ciphers), config->tls_ciphers);
	text_set(plan->ciphersuites, sizeof(plan->ciphersuites), config->tls_ciphersuites);
	plan->authorities_bytes = (uint32_t)authorities;
	plan->spared_count = (uint32_t)config->not_queried_count;
	servers_set(plan, config);
	sources_set(plan, config);
	if (blocks_len)
		memcpy(&plan->servers[plan->server_count], config->not_queried, blocks_len);
	if (authorities)
		memcpy((char *)&plan->servers[plan->server_count] + blocks_len,
		       config->tls_authorities, authorities);
	*ret_plan = plan;
	*ret_bytes = bytes;
	return 0;
}

const char *rb_upstream_plan_authorities(const struct rb_upstream_plan *plan)
{
	return (const char *)blocks(plan) + blocks_bytes(plan);
}

bool rb_upstream_plan_has_hosts(const struct rb_upstream_plan *plan)
{
	for (uint32_t i = 0; i < plan->server_count; i++)
		if (*plan->servers[i].host)
			return true;
	return false;
}

bool rb_upstream_plan_spares(const struct rb_upstream_plan *plan,
			     const struct sockaddr_storage *addr)
{
	uint8_t bytes[16];

	rb_address_mapped(addr, bytes);
	if (plan->spare_localhost && rb_address_is_localhost(bytes))
		return true;
	for (uint32_t i = 0; i < plan->spared_count; i++)
		if (rb_netblock_has(&blocks(plan)[i], bytes))
			return true;
	return false;
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

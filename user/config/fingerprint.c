/* SPDX-License-Identifier: BSD-2-Clause */
/* Fingerprint of what decides answers: FNV-1a over the resolver's text and our own settings. */
#include "config/fingerprint.h"

#include <string.h>

static uint32_t mix(uint32_t hash, const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	return hash;
}

static uint32_t mix_number(uint32_t hash, uint64_t number)
{
	return mix(hash, &number, sizeof(number));
}

uint32_t rb_config_fingerprint(const struct rb_config *config)
{
	uint32_t hash = 2166136261u;

	if (config->resolver_text)
		hash = mix(hash, config->resolver_text, strlen(config->resolver_text));
	hash = mix_number(hash, config->minimal_responses);
	hash = mix_number(hash, config->cache_min_ttl_s);
	hash = mix_number(hash, config->cache_max_ttl_s);
	hash = mix_number(hash, config->cache_max_negative_ttl_s);
	return hash;
}

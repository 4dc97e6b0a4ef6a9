/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fingerprint of what decides answers: FNV-1a over the resolver's text, in which comments stand for
 * what files contain, the trust anchors, and our own settings.
 */
#include "config/fingerprint.h"

#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/fnv.h"

/*
 * How much memory and what effort an answer takes does not change it, nor where a file is. The
 * trust anchors count as a set, whatever lines and files name them.
 */
static const char *const indifferent[] = {
	"verbosity",         "delay-close",
	"ip-dscp",           "msg-cache-size",
	"rrset-cache-size",  "key-cache-size",
	"neg-cache-size",    "infra-cache-numhosts",
	"ratelimit-size",    "num-queries-per-thread",
	"outgoing-range",    "outgoing-num-tcp",
	"edns-buffer-size",  "zonefile",
	"root-hints",        "trust-anchor",
	"trust-anchor-file", "auto-trust-anchor-file",
	"trusted-keys-file",
};

static uint32_t mix_number(uint32_t hash, uint64_t number)
{
	return rb_fnv(hash, &number, sizeof(number));
}

static bool is_indifferent(const char *line)
{
	line += strspn(line, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(indifferent); i++) {
		size_t len = strlen(indifferent[i]);

		if (!strncmp(line, indifferent[i], len) && line[len] == ':')
			return true;
	}
	return false;
}

static bool begins(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

enum zones { WITH_ZONES, WITHOUT_ZONES };

static uint32_t mix_text(uint32_t hash, const char *text, enum zones zones)
{
	const char *line, *end;
	bool in_zone = false;

	for (line = text; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		if (*line != '\t')
			in_zone = begins(line, RB_AUTH_ZONE_LINE);
		if (zones == WITHOUT_ZONES && in_zone && begins(line, RB_CONTENTS_LINE))
			continue;
		if (!is_indifferent(line))
			hash = rb_fnv(hash, line, (size_t)(end - line) + (*end == '\n'));
	}
	return hash;
}

static uint32_t of_rest(const struct rb_config *config, enum zones zones)
{
	uint32_t hash = RB_FNV_START;

	if (config->resolver_text)
		hash = mix_text(hash, config->resolver_text, zones);
	hash = mix_number(hash, rb_anchors_hash(&config->anchors));
	hash = mix_number(hash, config->root_key_sentinel);
	hash = mix_number(hash, config->cache_max_ttl_s);
	hash = mix_number(hash, config->cache_max_negative_ttl_s);
	hash = mix_number(hash, config->cache_min_negative_ttl_s);
	hash = mix_number(hash, config->local.numbering);
	return hash;
}

uint32_t rb_config_fingerprint_of_rest(const struct rb_config *config)
{
	return of_rest(config, WITH_ZONES);
}

static uint32_t of_all(const struct rb_config *config, enum zones zones)
{
	uint32_t hash = rb_local_hash(&config->local, of_rest(config, zones));

	if (config->changed)
		hash = mix_number(hash, config->changed);
	for (size_t i = 0; i < ARRAY_SIZE(config->policy.rpzs_off); i++)
		hash = mix_number(hash, config->policy.rpzs_off[i]);
	return hash;
}

uint32_t rb_config_fingerprint(const struct rb_config *config)
{
	return of_all(config, WITH_ZONES);
}

uint32_t rb_config_fingerprint_without_zones(const struct rb_config *config)
{
	return of_all(config, WITHOUT_ZONES);
}

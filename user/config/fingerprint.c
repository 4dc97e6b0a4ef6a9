/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fingerprint of what decides answers: FNV-1a over the resolver's text, the files that it names,
 * and our own settings.
 */
#include "config/fingerprint.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "util/cleanup.h"

/* How much memory and what effort an answer takes does not change it. */
static const char *const indifferent[] = {
	"verbosity",      "msg-cache-size",       "rrset-cache-size", "key-cache-size",
	"neg-cache-size", "infra-cache-numhosts", "ratelimit-size",   "num-queries-per-thread",
	"outgoing-range", "outgoing-num-tcp",     "edns-buffer-size",
};

static const char *const files[] = {
	"zonefile",          "root-hints", "trust-anchor-file", "auto-trust-anchor-file",
	"trusted-keys-file",
};

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

/* The value of a line "directive: value" with one of these directives; NULL: it has another one. */
static const char *value_of(const char *line, const char *const *directives, size_t count)
{
	line += strspn(line, " \t");
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(directives[i]);

		if (!strncmp(line, directives[i], len) && line[len] == ':')
			return line + len + 1;
	}
	return NULL;
}

/* A file that was replaced or written to; its name is in the line. */
static uint32_t mix_file(uint32_t hash, const char *value, const char *end)
{
	static const char around[] = " \t\"'";
	char path[PATH_MAX];
	struct stat now;
	int len;

	value += strspn(value, around);
	while (end > value && strchr(around, end[-1]))
		end--;
	len = (int)(end - value);
	snprintf(path, sizeof(path), "%.*s", len, value);
	if (stat(path, &now))
		return hash;
	hash = mix_number(hash, now.st_ino);
	hash = mix_number(hash, (uint64_t)now.st_size);
	hash = mix_number(hash, (uint64_t)now.st_mtim.tv_sec);
	return mix_number(hash, (uint64_t)now.st_mtim.tv_nsec);
}

static uint32_t mix_text(uint32_t hash, const char *text)
{
	const char *line, *end, *file;

	for (line = text; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		if (value_of(line, indifferent, ARRAY_SIZE(indifferent)))
			continue;
		hash = mix(hash, line, (size_t)(end - line) + 1);
		file = value_of(line, files, ARRAY_SIZE(files));
		if (file)
			hash = mix_file(hash, file, end);
	}
	return hash;
}

uint32_t rb_config_fingerprint(const struct rb_config *config)
{
	uint32_t hash = 2166136261u;

	if (config->resolver_text)
		hash = mix_text(hash, config->resolver_text);
	hash = mix_number(hash, config->minimal_responses);
	hash = mix_number(hash, config->cache_min_ttl_s);
	hash = mix_number(hash, config->cache_max_ttl_s);
	hash = mix_number(hash, config->cache_max_negative_ttl_s);
	return hash;
}

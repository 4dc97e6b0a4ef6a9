/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of blocklists: "0.0.0.0 ads.example" (hosts), "ads.example" or "*.ads.example" (domains),
 * "||ads.example^" (adblock). Comments begin with "#" or "!".
 */
#include "policy/list_file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "util/cleanup.h"
#include "util/fnv.h"

#define BLANKS " \t\r\n"

struct reading {
	struct rb_build *build;
	const struct rb_local_list *list;
	uint32_t number;
	uint32_t line;
	struct rb_list_counts *counts;
};

static bool takes(const struct reading *reading, enum rb_list_format format)
{
	return reading->list->format == RB_LIST_AUTO || reading->list->format == format;
}

static int unusable(struct reading *reading)
{
	if (!reading->counts->unusable++)
		reading->counts->line = reading->line;
	return 0;
}

/* A line's name; the root is none that anybody means to block. */
static int name_use(struct reading *reading, const char *text)
{
	struct rb_policy_listed listed = {
		.line = reading->line,
		.list = (uint16_t)reading->number,
	};
	uint8_t name[RB_NAME_MAX], lower[RB_NAME_MAX];
	int len, err;

	if (!strncmp(text, "*.", 2))
		text += 2;
	len = rb_name_from_text(text, name);
	if (len <= 1)
		return unusable(reading);
	rb_name_lower(name, (size_t)len, lower);
	listed.name_len = (uint8_t)len;
	err = rb_build_listed(reading->build, &listed, lower);
	if (err == -EEXIST) {
		reading->counts->repeated++;
		return 0;
	}
	reading->counts->names++;
	return err;
}

static bool is_address(const char *word)
{
	uint8_t addr[sizeof(struct in6_addr)];

	return ((*word >= '0' && *word <= '9') || strchr(word, ':')) &&
	       (inet_pton(AF_INET, word, addr) == 1 || inet_pton(AF_INET6, word, addr) == 1);
}

/* What every hosts file has for the machine itself. */
static bool is_own(const char *name)
{
	return !strncmp(name, "localhost", 9) || !strncmp(name, "ip6-", 4) ||
	       !strcmp(name, "local") || !strcmp(name, "broadcasthost") || is_address(name);
}

/* Behind the address: the names. */
static int hosts_use(struct reading *reading, char **position)
{
	char *word = strtok_r(NULL, BLANKS, position);
	int err = 0;

	if (!word)
		return unusable(reading);
	for (; word && *word != '#' && !err; word = strtok_r(NULL, BLANKS, position))
		if (!is_own(word))
			err = name_use(reading, word);
	return err;
}

/* "||name^", with nothing behind it that makes it mean less than the whole name. */
static int adblock_use(struct reading *reading, char *word)
{
	char *end = strchr(word, '^');

	if (!end || (end[1] && strcmp(end + 1, "$important") != 0 && strcmp(end + 1, "|") != 0))
		return unusable(reading);
	*end = '\0';
	return name_use(reading, word + 2);
}

static int line_use(struct reading *reading, char *text)
{
	char *position, *word = strtok_r(text, BLANKS, &position);

	if (!word || *word == '#' || *word == '!' || *word == '[')
		return 0;
	if (!strncmp(word, "||", 2))
		return takes(reading, RB_LIST_ADBLOCK) ? adblock_use(reading, word)
						       : unusable(reading);
	if (is_address(word))
		return takes(reading, RB_LIST_HOSTS) ? hosts_use(reading, &position)
						     : unusable(reading);
	if (!takes(reading, RB_LIST_DOMAINS))
		return unusable(reading);
	return name_use(reading, word);
}

int rb_list_file_read(struct rb_build *build, const struct rb_local_list *list, uint32_t number,
		      struct rb_list_counts *ret_counts)
{
	_cleanup_fclose_ FILE *file = fopen(list->file, "re");
	_cleanup_free_ char *text = NULL;
	struct reading reading = {
		.build = build,
		.list = list,
		.number = number,
		.counts = ret_counts,
	};
	size_t room = 0;
	ssize_t len;
	int err = 0;

	*ret_counts = (struct rb_list_counts){0};
	if (!file) {
		build->fault.origin.line = 0;
		build->fault.origin.file = list->file_number;
		build->fault.why = strerror(errno);
		return -EINVAL;
	}
	while (!err && (len = getline(&text, &room, file)) >= 0) {
		reading.line++;
		build->contents = rb_fnv(build->contents, text, (size_t)len);
		err = line_use(&reading, text);
	}
	return err ?: ferror(file) ? -EIO : 0;
}

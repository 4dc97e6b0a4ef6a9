/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of blocklists: "0.0.0.0 ads.example" (hosts), "ads.example" or "*.ads.example" (domains),
 * "||ads.example^" (adblock). Comments begin with "#" or "!". A zone file of response policy is
 * list_zone's.
 */
#include "policy/list_file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "policy/list_zone.h"
#include "util/cleanup.h"
#include "util/fnv.h"

#define BLANKS " \t\r\n"

static bool takes(const struct rb_list_reading *reading, enum rb_list_format format)
{
	return reading->list->format == RB_LIST_AUTO || reading->list->format == format;
}

int rb_list_unusable(struct rb_list_reading *reading)
{
	if (!reading->counts->unusable++)
		reading->counts->line = reading->line;
	return 0;
}

int rb_list_name_use(struct rb_list_reading *reading, const uint8_t *name, size_t len)
{
	uint8_t lower[RB_NAME_MAX];

	rb_name_lower(name, len, lower);
	return rb_build_listed(reading->build, reading->number, reading->line, lower, len);
}

/* A line's name; the root is none that anybody means to block. */
static int name_use(struct rb_list_reading *reading, const char *text)
{
	uint8_t name[RB_NAME_MAX];
	int len;

	if (!strncmp(text, "*.", 2))
		text += 2;
	len = rb_name_from_text(text, name);
	return len > 1 ? rb_list_name_use(reading, name, (size_t)len) : rb_list_unusable(reading);
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
static int hosts_use(struct rb_list_reading *reading, char **position)
{
	char *word = strtok_r(NULL, BLANKS, position);
	int err = 0;

	if (!word)
		return rb_list_unusable(reading);
	for (; word && *word != '#' && !err; word = strtok_r(NULL, BLANKS, position))
		if (!is_own(word))
			err = name_use(reading, word);
	return err;
}

/* "||name^", with nothing behind it that makes it mean less than the whole name. */
static int adblock_use(struct rb_list_reading *reading, char *word)
{
	char *end = strchr(word, '^');

	if (!end || (end[1] && strcmp(end + 1, "$important") != 0 && strcmp(end + 1, "|") != 0))
		return rb_list_unusable(reading);
	*end = '\0';
	return name_use(reading, word + 2);
}

/* Of a line that is a name: behind it stands a comment at most, or it is a sentence. */
static bool is_remark(const char *word)
{
	return !word || strchr("#!;", *word);
}

static int line_use(struct rb_list_reading *reading, char *text)
{
	char *position, *word = strtok_r(text, BLANKS, &position);

	if (!word || *word == '#' || *word == '!' || *word == '[')
		return 0;
	if (!strncmp(word, "||", 2))
		return takes(reading, RB_LIST_ADBLOCK) ? adblock_use(reading, word)
						       : rb_list_unusable(reading);
	if (is_address(word))
		return takes(reading, RB_LIST_HOSTS) ? hosts_use(reading, &position)
						     : rb_list_unusable(reading);
	if (!takes(reading, RB_LIST_DOMAINS) || !is_remark(strtok_r(NULL, BLANKS, &position)))
		return rb_list_unusable(reading);
	return name_use(reading, word);
}

static int lines_use(struct rb_list_reading *reading, FILE *file)
{
	_cleanup_free_ char *text = NULL;
	size_t room = 0;
	ssize_t len;
	int err = 0;

	while (!err && (len = getline(&text, &room, file)) >= 0) {
		reading->line++;
		reading->build->contents = rb_fnv(reading->build->contents, text, (size_t)len);
		err = line_use(reading, text);
	}
	return err ?: ferror(file) ? -EIO : 0;
}

/* By the first line that says anything. */
static int zone_find(FILE *file, bool *ret_is_zone)
{
	_cleanup_free_ char *text = NULL;
	const char *first = "";
	size_t room = 0;

	while (getline(&text, &room, file) >= 0) {
		first = text + strspn(text, BLANKS);
		if (*first && *first != '#' && *first != '!')
			break;
		first = "";
	}
	*ret_is_zone = (*first && strchr("$@;", *first)) || strstr(first, " SOA ") ||
		       strstr(first, "\tSOA\t");
	rewind(file);
	return ferror(file) ? -EIO : 0;
}

int rb_list_file_read(struct rb_build *build, const struct rb_local_list *list, uint32_t number,
		      struct rb_list_counts *ret_counts)
{
	_cleanup_fclose_ FILE *file = fopen(list->file, "re");
	struct rb_list_reading reading = {
		.build = build,
		.list = list,
		.number = number,
		.counts = ret_counts,
	};
	bool is_zone = list->format == RB_LIST_RPZ;
	int err = 0;

	*ret_counts = (struct rb_list_counts){0};
	if (!file && list->url && errno == ENOENT) {
		ret_counts->absent = true;
		return 0;
	}
	if (!file) {
		build->fault.origin.line = 0;
		build->fault.origin.file = list->file_number;
		build->fault.why = strerror(errno);
		return -EINVAL;
	}
	if (list->format == RB_LIST_AUTO)
		err = zone_find(file, &is_zone);
	if (err)
		return err;
	return is_zone ? rb_list_zone_use(&reading, file) : lines_use(&reading, file);
}

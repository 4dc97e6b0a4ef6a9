/* SPDX-License-Identifier: BSD-2-Clause */
/* blocklist: and what is in it. The list's file is read when the policy is compiled. */
#include "config/blocklist_read.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/local_read.h"
#include "config/named_files.h"
#include "config/reader.h"
#include "util/cleanup.h"

#define REFRESH_S      86400
#define MAX_BYTES      (256ULL << 20) /* twice what five million names take */
#define URL_MAX_BYTES  2000
#define NAME_MAX_BYTES 60 /* it tells statistics apart */

static struct rb_local_list *current(struct rb_reader *reader)
{
	struct rb_local *local = &reader->config->local;

	return &local->lists[local->list_count - 1];
}

static struct rb_location location_of(const struct rb_reader *reader, struct rb_local_origin origin)
{
	return (struct rb_location){reader->config->files[origin.file], origin.line};
}

int rb_blocklist_open(struct rb_reader *reader)
{
	struct rb_local_list list = {
		.origin = rb_local_origin(reader),
		.refresh_s = REFRESH_S,
		.max_bytes = MAX_BYTES,
	};
	int err = rb_local_add_list(&reader->config->local, &list);

	if (err == -E2BIG)
		return rb_config_error(reader->config, reader->location, "more than %d blocklists",
				       RB_LISTS_MAX);
	reader->in_list = !err;
	return err;
}

int rb_blocklist_close(struct rb_reader *reader)
{
	const struct rb_local_list *list;

	if (!reader->in_list)
		return 0;
	reader->in_list = false;
	list = current(reader);
	if (list->file && !list->url)
		return 0;
	if (!list->url)
		return rb_config_error(reader->config, location_of(reader, list->origin),
				       "blocklist: file: or url: is missing");
	if (list->file)
		return rb_config_error(reader->config, location_of(reader, list->origin),
				       "blocklist: file: and url: do not go together: what is "
				       "fetched is kept below state-directory:");
	if (!list->name)
		return rb_config_error(reader->config, location_of(reader, list->origin),
				       "blocklist: name: is missing, which url: is kept by");
	return 0;
}

static int text_set(char **field, const char *text)
{
	char *copy = *text ? strndup(text, UINT8_MAX * 16) : NULL;

	free(*field);
	*field = copy;
	return copy || !*text ? 0 : -ENOMEM;
}

int rb_handle_blocklist_name(struct rb_reader *reader, const struct rb_directive *directive,
			     const struct rb_value *values)
{
	static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "-_.";
	const char *name = values[0].text;

	if (!*name || *name == '.' || name[strspn(name, word)] || strlen(name) > NAME_MAX_BYTES)
		return rb_config_error(reader->config, reader->location,
				       "%s: expected a word of letters, digits, '-', '_' and '.', "
				       "at most %d, not '%.60s'",
				       directive->name, NAME_MAX_BYTES, name);
	return text_set(&current(reader)->name, name);
}

int rb_handle_blocklist_file(struct rb_reader *reader, const struct rb_directive *directive,
			     const struct rb_value *values)
{
	(void)directive;
	return text_set(&current(reader)->file, values[0].text);
}

int rb_handle_blocklist_url(struct rb_reader *reader, const struct rb_directive *directive,
			    const struct rb_value *values)
{
	const char *url = values[0].text;
	bool is_url = !strncasecmp(url, "http://", 7) || !strncasecmp(url, "https://", 8);

	for (const char *c = url; *c; c++)
		is_url &= *c > ' ' && *c < 0x7f;
	if (!is_url || strlen(url) > URL_MAX_BYTES)
		return rb_config_error(reader->config, reader->location,
				       "%s: expected a URL that begins with https:// or http://, "
				       "not '%.60s'",
				       directive->name, url);
	return text_set(&current(reader)->url, url);
}

int rb_handle_blocklist_refresh(struct rb_reader *reader, const struct rb_directive *directive,
				const struct rb_value *values)
{
	(void)directive;
	current(reader)->refresh_s = (uint32_t)strtoul(values[0].text, NULL, 10);
	return 0;
}

int rb_handle_blocklist_max_size(struct rb_reader *reader, const struct rb_directive *directive,
				 const struct rb_value *values)
{
	(void)directive;
	rb_value_size(values[0].text, &current(reader)->max_bytes);
	return 0;
}

int rb_handle_blocklist_format(struct rb_reader *reader, const struct rb_directive *directive,
			       const struct rb_value *values)
{
	enum rb_list_format format = rb_list_format_of(values[0].text);

	if (format == RB_LIST_FORMATS)
		return rb_config_error(reader->config, reader->location,
				       "%s: expected auto, hosts, domains, adblock or rpz, "
				       "not '%.60s'",
				       directive->name, values[0].text);
	current(reader)->format = (uint8_t)format;
	return 0;
}

/* One of each family at most. False: it is none, or there are two. */
static bool address_read(const char *word, struct rb_local_list *list)
{
	if (inet_pton(AF_INET, word, list->addr4) == 1 && !list->has4)
		return list->has4 = true;
	if (inet_pton(AF_INET6, word, list->addr16) == 1 && !list->has16)
		return list->has16 = true;
	return false;
}

/* "192.0.2.80 2001:db8::80" */
static bool addresses_read(char *text, struct rb_local_list *list)
{
	char *position, *word = strtok_r(text, " \t", &position);

	list->has4 = list->has16 = false;
	if (!word)
		return false;
	for (; word; word = strtok_r(NULL, " \t", &position))
		if (!address_read(word, list))
			return false;
	return true;
}

int rb_handle_blocklist_action(struct rb_reader *reader, const struct rb_directive *directive,
			       const struct rb_value *values)
{
	enum rb_list_action action = rb_list_action_of(values[0].text);
	struct rb_local_list *list = current(reader);
	_cleanup_free_ char *text = strdup(values[0].text);

	if (!text)
		return -ENOMEM;
	if (action == RB_LIST_ADDRESS)
		action = RB_LIST_ACTIONS;
	if (action == RB_LIST_ACTIONS && addresses_read(text, list))
		action = RB_LIST_ADDRESS;
	if (action == RB_LIST_ACTIONS)
		return rb_config_error(reader->config, reader->location,
				       "%s: expected nxdomain, nodata, null, refuse, allow, or an "
				       "address (one of each family), not '%.60s'",
				       directive->name, values[0].text);
	list->action = (uint8_t)action;
	return 0;
}

int rb_handle_blocklist_tags(struct rb_reader *reader, const struct rb_directive *directive,
			     const struct rb_value *values)
{
	bool wrong;

	return rb_local_tags(reader, directive->name, values[0].text, &current(reader)->tags,
			     &wrong);
}

/* Of what is fetched the copy that is kept, by the list's name. NULL: no memory. */
static char *file_path(const struct rb_reader *reader, const struct rb_local_list *list)
{
	char *path;

	if (!list->url)
		return rb_named_file_path(reader, list->file);
	return asprintf(&path, "%s/blocklist-%s", reader->config->state_directory, list->name) < 0
		       ? NULL
		       : path;
}

static int same_name_find(const struct rb_reader *reader, size_t number)
{
	const struct rb_local *local = &reader->config->local;
	const struct rb_local_list *list = &local->lists[number];

	for (size_t i = 0; i < number; i++)
		if (local->lists[i].url && local->lists[i].name && list->name &&
		    !strcmp(local->lists[i].name, list->name))
			return rb_config_error(reader->config, location_of(reader, list->origin),
					       "blocklist: name: %s: another one with a url: has "
					       "the same",
					       list->name);
	return 0;
}

/* The whole path, and the file among those of the configuration. */
static int file_finish(struct rb_reader *reader, struct rb_local_list *list)
{
	struct rb_config *config = reader->config;
	char *path = file_path(reader, list), *name;
	int err = 0;

	if (!path)
		return -ENOMEM;
	free(list->file);
	list->file = path;
	/* What is fetched need not be there, and is said to be missing when it is compiled. */
	if (!list->url)
		err = rb_named_file_check(reader, "blocklist", path,
					  location_of(reader, list->origin));
	if (err)
		return err;
	name = strdup(path);
	if (!name)
		return -ENOMEM;
	list->file_number = (uint16_t)config->file_count;
	err = rb_array_append(&config->files, &config->file_count, sizeof(name), &name);
	if (err)
		free(name);
	return err;
}

int rb_blocklists_finish(struct rb_reader *reader)
{
	struct rb_local *local = &reader->config->local;
	int err = 0;

	for (size_t i = 0; i < local->list_count && !err; i++)
		if (local->lists[i].url && local->lists[i].name)
			err = same_name_find(reader, i) ?: file_finish(reader, &local->lists[i]);
		else if (local->lists[i].file)
			err = file_finish(reader, &local->lists[i]);
	return err;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of zones that are transferred. */
#include "config/transfer_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/named_files.h"
#include "config/reader.h"
#include "dns/name.h"
#include "util/cleanup.h"

#define FROM_MAX 2000

void rb_transfer_begin(struct rb_reader *reader)
{
	rb_transfer_free(&reader->transfer);
}

static int from_add(struct rb_reader *reader, const char *text)
{
	struct rb_transfer *transfer = &reader->transfer;
	char *copy = strdup(text);
	int err =
		copy ? rb_array_append(&transfer->from, &transfer->from_count, sizeof(copy), &copy)
		     : -ENOMEM;

	if (err)
		free(copy);
	return err;
}

static int notifier_add(struct rb_reader *reader, const char *text, bool *ret_is_block)
{
	struct rb_transfer *transfer = &reader->transfer;
	struct rb_notifier added = {.prefix = 0};
	char block[64];

	/* IP[@port][#name] */
	snprintf(block, sizeof(block), "%.*s", (int)strcspn(text, "@#"), text);
	*ret_is_block = rb_value_netblock(block, added.addr, &added.prefix);
	return *ret_is_block ? rb_array_append(&transfer->notifiers, &transfer->notifier_count,
					       sizeof(added), &added)
			     : 0;
}

/* An address or a name, as forward-addr and forward-host have them. */
int rb_handle_transfer_primary(struct rb_reader *reader, const struct rb_directive *directive,
			       const struct rb_value *values)
{
	const char *text = values[0].text;
	char host[RB_NAME_TEXT_MAX];
	uint8_t name[RB_NAME_MAX];
	bool is_address = false;
	int err = notifier_add(reader, text, &is_address);

	snprintf(host, sizeof(host), "%.*s", (int)strcspn(text, "@#"), text);
	if (!err && strchr(text, '#'))
		return rb_config_error(reader->config, reader->location,
				       "%s: zones are not transferred over TLS", directive->name);
	if (!err && (strchr(text, '/') || (!is_address && rb_name_from_text(host, name) <= 1)))
		return rb_config_error(reader->config, reader->location,
				       "%s: expected an address or a name, with @port, not '%.60s'",
				       directive->name, text);
	return err ?: from_add(reader, text);
}

int rb_handle_transfer_url(struct rb_reader *reader, const struct rb_directive *directive,
			   const struct rb_value *values)
{
	const char *url = values[0].text;
	bool is_url = !strncasecmp(url, "http://", 7) || !strncasecmp(url, "https://", 8);

	for (const char *c = url; *c; c++)
		is_url &= *c > ' ' && *c < 0x7f;
	if (!is_url || strlen(url) > FROM_MAX)
		return rb_config_error(reader->config, reader->location,
				       "%s: expected a URL that begins with https:// or http://, "
				       "not '%.60s'",
				       directive->name, url);
	return from_add(reader, url);
}

int rb_handle_transfer_notify(struct rb_reader *reader, const struct rb_directive *directive,
			      const struct rb_value *values)
{
	bool is_block = false;
	int err = notifier_add(reader, values[0].text, &is_block);

	if (err || is_block)
		return err;
	return rb_config_warn(reader->config, reader->location,
			      "%s: '%.60s': NOTIFY is taken from addresses and netblocks alone, "
			      "not from names",
			      directive->name, values[0].text);
}

/* Primaries are asked before URLs, whatever the order of the lines. */
static void from_sort(struct rb_transfer *transfer)
{
	for (size_t i = 1; i < transfer->from_count; i++)
		for (size_t k = i; k > 0 && rb_transfer_is_url(transfer->from[k - 1]) &&
				   !rb_transfer_is_url(transfer->from[k]);
		     k--) {
			char *earlier = transfer->from[k - 1];

			transfer->from[k - 1] = transfer->from[k];
			transfer->from[k] = earlier;
		}
}

int rb_transfer_end(struct rb_reader *reader, const char *name, const char *zonefile, bool is_rpz,
		    size_t *ret_number)
{
	struct rb_config *config = reader->config;
	struct rb_transfer added = reader->transfer;
	int len = rb_name_from_text(name, added.name), err;

	*ret_number = 0;
	if (!added.from_count || len <= 0)
		return 0;
	from_sort(&added);
	added.name_len = (uint8_t)len;
	rb_name_lower(added.name, (size_t)len, added.name);
	added.is_rpz = is_rpz;
	added.label = strdup(name);
	added.path = zonefile ? strdup(zonefile) : NULL;
	if (!added.label || (zonefile && !added.path)) {
		free(added.label);
		return -ENOMEM;
	}
	err = rb_array_append(&config->transfers, &config->transfer_count, sizeof(added), &added);
	if (err) {
		free(added.label);
		free(added.path);
		return err;
	}
	reader->transfer = (struct rb_transfer){0};
	*ret_number = config->transfer_count;
	return 0;
}

/* Below the state directory, by the zone's name. NULL: no memory. */
static char *path_of(const struct rb_reader *reader, const struct rb_transfer *transfer)
{
	char *path;

	if (transfer->path && *transfer->path)
		return rb_named_file_path(reader, transfer->path);
	if (asprintf(&path, "%s/zone-%s", reader->config->state_directory, transfer->label) < 0)
		return NULL;
	for (char *c = path + strlen(reader->config->state_directory) + 1; *c; c++)
		if (*c == '/')
			*c = '_';
	return path;
}

int rb_transfers_finish(struct rb_reader *reader)
{
	struct rb_config *config = reader->config;

	for (size_t i = 0; i < config->transfer_count; i++) {
		char *path = path_of(reader, &config->transfers[i]);

		if (!path)
			return -ENOMEM;
		free(config->transfers[i].path);
		config->transfers[i].path = path;
	}
	return 0;
}

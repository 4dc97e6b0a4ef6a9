/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Zones of type redirect whose data is a CNAME (safe search, often): libunbound resolves their
 * names as if there were no such zone, so what was to be redirected would go through. Refused
 * aloud.
 */
#include "config/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/handlers.h"
#include "util/cleanup.h"

static int name_keep(struct rb_place place, const char *name, struct rb_name_at **names,
		     size_t *count)
{
	struct rb_name_at kept = {.place = place, .name = strdup(name)};
	size_t len;
	int err;

	if (!kept.name)
		return -ENOMEM;
	len = strlen(kept.name);
	if (len > 1 && kept.name[len - 1] == '.')
		kept.name[len - 1] = '\0';
	err = rb_reader_grow(names, count, sizeof(kept), &kept);
	if (err)
		free(kept.name);
	return err;
}

int rb_redirect_zone(struct rb_reader *reader, const char *name, const char *type)
{
	if (strcmp(type, "redirect") != 0 && strcmp(type, "inform_redirect") != 0)
		return 0;
	return name_keep(reader->place, name, &reader->redirects, &reader->redirect_count);
}

/* "name [TTL] [class] type data": the type is the first word that is neither TTL nor class. */
int rb_handle_local_data(struct rb_reader *reader, const struct rb_directive *directive,
			 const struct rb_value *values)
{
	_cleanup_free_ char *copy = strdup(values[0].text);
	char *position, *name, *word;

	(void)directive;
	if (!copy)
		return -ENOMEM;
	name = strtok_r(copy, " \t", &position);
	do
		word = strtok_r(NULL, " \t", &position);
	while (word && (!word[strspn(word, "0123456789smhdwSMHDW")] || !strcasecmp(word, "IN")));
	if (!name || !word || strcasecmp(word, "CNAME") != 0)
		return 0;
	return name_keep(reader->place, name, &reader->cnames, &reader->cname_count);
}

int rb_redirects_finish(struct rb_reader *reader)
{
	size_t i, k;
	int err = 0;

	for (i = 0; i < reader->cname_count && !err; i++) {
		const struct rb_name_at *cname = &reader->cnames[i];

		for (k = 0; k < reader->redirect_count && !err; k++)
			if (!strcasecmp(reader->redirects[k].name, cname->name))
				err = rb_config_error(
					reader->config, cname->place,
					"local-data: not supported: a CNAME for the zone %s of type "
					"redirect, whose names would be resolved as if it were not "
					"there; give it addresses",
					cname->name);
	}
	return err;
}

static void names_free(struct rb_name_at *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(names[i].name);
	free(names);
}

void rb_redirects_free(struct rb_reader *reader)
{
	names_free(reader->redirects, reader->redirect_count);
	names_free(reader->cnames, reader->cname_count);
}

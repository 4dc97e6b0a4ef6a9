/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocklists, compiled. */
#include <stdio.h>
#include <string.h>

#include "policy/compile_parts.h"
#include "policy/list_file.h"

#define SAID_BYTES 160

static int say_absent(const struct rb_local_list *list, const struct rb_policy_say *say)
{
	return say ? say->say(say->context, list->origin,
			      "blocklist: not fetched yet: until it is, it blocks nothing")
		   : 0;
}

static int say_counts(const struct rb_policy_list *list, const struct rb_policy_say *say)
{
	const struct rb_local_origin origin = {list->line, list->file};
	char text[SAID_BYTES];

	if (!say || !list->unusable)
		return 0;
	snprintf(text, sizeof(text),
		 "blocklist: %u names are used; ignored from here on: %u lines that name nothing "
		 "to block",
		 list->names, list->unusable);
	return say->say(say->context, origin, text);
}

static int list_add(struct rb_build *build, const struct rb_local_list *list)
{
	struct rb_policy_list added = {
		.tags = list->tags,
		.file = list->file_number,
		.action = list->action,
		.has4 = list->has4,
		.has16 = list->has16,
	};
	size_t len = list->name ? strlen(list->name) : 0;
	int err;

	memcpy(added.addr4, list->addr4, sizeof(added.addr4));
	memcpy(added.addr16, list->addr16, sizeof(added.addr16));
	added.name_len = (uint8_t)(len < UINT8_MAX ? len : UINT8_MAX);
	err = rb_build_bytes(build, list->name, added.name_len, &added.name);
	return err ?: rb_build_list(build, &added);
}

int rb_compile_lists(struct rb_build *build, const struct rb_local *local,
		     const struct rb_policy_say *say)
{
	int err = 0;

	build->listed_at = (uint32_t)build->bytes_len;
	for (size_t i = 0; i < local->list_count && !err; i++) {
		const struct rb_local_list *list = &local->lists[i];
		struct rb_list_counts counts = {0};

		err = list_add(build, list);
		if (!err && list->file)
			err = rb_list_file_read(build, list, (uint32_t)i, &counts);
		if (!err && counts.absent)
			err = say_absent(list, say);
		if (err)
			break;
		build->lists[i].unusable = (uint32_t)counts.unusable;
		build->lists[i].line = counts.line;
	}
	if (!err)
		err = rb_build_listed_settle(build);
	for (size_t i = 0; i < build->list_count && !err; i++)
		err = say_counts(&build->lists[i], say);
	return err;
}

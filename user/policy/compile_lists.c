/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocklists, compiled. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/compile_parts.h"
#include "policy/list_file.h"

#define SAID_BYTES 256

/* What a list does as long as there is no copy of it. */
static const char *without_copy(const struct rb_local_list *list)
{
	return list->action == RB_LIST_ALLOW ? "allows nothing" : "blocks nothing";
}

static int say_absent(const struct rb_local_list *list, const struct rb_policy_say *say)
{
	char text[SAID_BYTES];

	if (!say)
		return 0;
	snprintf(text, sizeof(text), "blocklist %s: not fetched yet: until it is, it %s",
		 list->name, without_copy(list));
	return say->say(say->context, list->origin, text);
}

static int say_unread(const struct rb_local_list *list, const struct rb_policy_fault *fault,
		      const struct rb_policy_say *say)
{
	char text[SAID_BYTES];

	snprintf(text, sizeof(text),
		 "blocklist %s: its copy cannot be read (%s): until it is fetched again, it %s",
		 list->name, fault->why, without_copy(list));
	return say->say(say->context, fault->origin, text);
}

/* number: of the list, which its configuration may have given no name. */
static int say_counts(const struct rb_policy_list *list, const struct rb_local_list *source,
		      size_t number, const struct rb_policy_say *say)
{
	const struct rb_local_origin origin = {list->line, list->file};
	char text[SAID_BYTES], label[16];

	if (!say || !list->unusable)
		return 0;
	snprintf(label, sizeof(label), "%zu", number + 1);
	snprintf(text, sizeof(text),
		 "blocklist %s: this line names nothing to block and is ignored, as are all such "
		 "lines: %u; names: %u",
		 source->name ?: label, list->unusable, list->names);
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
		if (err == -EINVAL && list->url && say && say->is_start)
			err = say_unread(list, &build->fault, say);
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
		err = say_counts(&build->lists[i], &local->lists[i], i, say);
	return err;
}

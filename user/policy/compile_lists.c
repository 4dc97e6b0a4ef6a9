/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocklists, compiled. */
#include <stdio.h>
#include <string.h>

#include "policy/compile_parts.h"
#include "policy/list_file.h"

#define SAID_BYTES 160

static int say_unusable(const struct rb_local_list *list, const struct rb_list_counts *counts,
			const struct rb_policy_say *say)
{
	const struct rb_local_origin origin = {counts->line, list->file_number};
	char text[SAID_BYTES];

	if (!say || !counts->unusable)
		return 0;
	snprintf(
		text, sizeof(text),
		"blocklist: %zu names are used; ignored from here on: %zu lines that name nothing to "
		"block",
		counts->names, counts->unusable);
	return say->say(say->context, origin, text);
}

int rb_compile_lists(struct rb_build *build, const struct rb_local *local,
		     const struct rb_policy_say *say)
{
	int err = 0;

	for (size_t i = 0; i < local->list_count && !err; i++) {
		const struct rb_local_list *list = &local->lists[i];
		struct rb_policy_list added = {
			.tags = list->tags,
			.file = list->file_number,
			.action = list->action,
		};
		struct rb_list_counts counts = {0};
		size_t len = list->name ? strlen(list->name) : 0;

		added.name_len = (uint8_t)(len < UINT8_MAX ? len : UINT8_MAX);
		err = rb_build_bytes(build, list->name, added.name_len, &added.name);
		if (!err)
			err = rb_build_list(build, &added);
		if (!err && list->file)
			err = rb_list_file_read(build, list, (uint32_t)i, &counts);
		if (!err)
			err = say_unusable(list, &counts, say);
	}
	return err ?: rb_build_lists_fit(build);
}

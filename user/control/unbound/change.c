/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of local policy: those with a single line, and the rows of all. */
#include "control/unbound/change.h"

#include <errno.h>
#include <string.h>

#include "control/unbound/bulk.h"
#include "control/unbound/words.h"
#include "util/cleanup.h"

void rb_change_say(const struct rb_policy_change *change, int err, FILE *out)
{
	if (err == -ENOENT)
		fprintf(out, "error no view with name: %s\n", change->view);
	else if (err == -EINVAL)
		fputs("error the zone's data contradicts the type that it is to have\n", out);
	else if (err == -EBUSY)
		fputs("error busy: too many changes wait until the table is swept\n", out);
	else
		fprintf(out, "error %s\n", strerror(-err));
}

/* A client that is told of the change may send a query at once: it is told when the table is swept. */
static bool one_line(struct rb_command_call *call)
{
	const struct rb_change_verb *verb = call->command->data;
	const char *text, *wrong = NULL;
	struct rb_policy_change change = {
		.verb = verb->verb, .texts = &text, .count = 1, .wrong = &wrong};
	char *ok = NULL;
	int err;

	if (verb->of_view)
		change.view = rb_word_next(&call->words);
	text = call->words + strspn(call->words, " \t");
	if (!*text) {
		fprintf(call->out, "error could not find next argument after %s\n",
			call->command->name);
		return false;
	}
	err = call->view->change(call->view->context, &change);
	if (err)
		rb_change_say(&change, err, call->out);
	else if (wrong)
		fprintf(call->out, "error %s: %s\n", text, wrong);
	else
		ok = strdup("ok\n");
	if (ok)
		rb_sweeper_tell(call->view->sweeper, call->upload->fd, ok);
	else if (!err && !wrong)
		fputs("ok\n", call->out);
	return ok;
}

#define VERB(...)                                                                                  \
	.data = &(const struct rb_change_verb)                                                     \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

static const struct rb_command rows[] = {
	{"local_zone", .take = one_line, VERB(RB_POLICY_ZONE_ADD, false, NULL, NULL)},
	{"local_zone_remove", .take = one_line, VERB(RB_POLICY_ZONE_REMOVE, false, NULL, NULL)},
	{"local_data", .take = one_line, VERB(RB_POLICY_DATA_ADD, false, NULL, NULL)},
	{"local_data_remove", .take = one_line, VERB(RB_POLICY_DATA_REMOVE, false, NULL, NULL)},
	{"view_local_zone", .take = one_line, VERB(RB_POLICY_ZONE_ADD, true, NULL, NULL)},
	{"view_local_zone_remove", .take = one_line, VERB(RB_POLICY_ZONE_REMOVE, true, NULL, NULL)},
	{"view_local_data", .take = one_line, VERB(RB_POLICY_DATA_ADD, true, NULL, NULL)},
	{"view_local_data_remove", .take = one_line, VERB(RB_POLICY_DATA_REMOVE, true, NULL, NULL)},
	{"rpz_enable", .take = one_line, VERB(RB_POLICY_RPZ_ENABLE, false, NULL, NULL)},
	{"rpz_disable", .take = one_line, VERB(RB_POLICY_RPZ_DISABLE, false, NULL, NULL)},
	{"local_zones", .take = rb_bulk_take, VERB(RB_POLICY_ZONE_ADD, false, "added", "zones")},
	{"local_zones_remove", .take = rb_bulk_take,
	 VERB(RB_POLICY_ZONE_REMOVE, false, "removed", "zones")},
	{"local_datas", .take = rb_bulk_take, VERB(RB_POLICY_DATA_ADD, false, "added", "datas")},
	{"local_datas_remove", .take = rb_bulk_take,
	 VERB(RB_POLICY_DATA_REMOVE, false, "removed", "datas")},
	{"view_local_datas", .take = rb_bulk_take,
	 VERB(RB_POLICY_DATA_ADD, true, "added", "datas")},
	{"view_local_datas_remove", .take = rb_bulk_take,
	 VERB(RB_POLICY_DATA_REMOVE, true, "removed", "datas")},
};

const struct rb_command_set rb_change_commands = RB_COMMAND_SET(rows);

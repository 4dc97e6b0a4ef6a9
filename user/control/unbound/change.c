/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes that are asked for in one line. */
#include "control/unbound/change.h"

#include <errno.h>
#include <string.h>

#include "control/unbound/words.h"
#include "util/cleanup.h"

static const struct rb_change_verb verbs[] = {
	{"local_zone", RB_POLICY_ZONE_ADD, false, NULL, NULL},
	{"local_zone_remove", RB_POLICY_ZONE_REMOVE, false, NULL, NULL},
	{"local_data", RB_POLICY_DATA_ADD, false, NULL, NULL},
	{"local_data_remove", RB_POLICY_DATA_REMOVE, false, NULL, NULL},
	{"view_local_zone", RB_POLICY_ZONE_ADD, true, NULL, NULL},
	{"view_local_zone_remove", RB_POLICY_ZONE_REMOVE, true, NULL, NULL},
	{"view_local_data", RB_POLICY_DATA_ADD, true, NULL, NULL},
	{"view_local_data_remove", RB_POLICY_DATA_REMOVE, true, NULL, NULL},
	{"rpz_enable", RB_POLICY_RPZ_ENABLE, false, NULL, NULL},
	{"rpz_disable", RB_POLICY_RPZ_DISABLE, false, NULL, NULL},
	{"local_zones", RB_POLICY_ZONE_ADD, false, "added", "zones"},
	{"local_zones_remove", RB_POLICY_ZONE_REMOVE, false, "removed", "zones"},
	{"local_datas", RB_POLICY_DATA_ADD, false, "added", "datas"},
	{"local_datas_remove", RB_POLICY_DATA_REMOVE, false, "removed", "datas"},
	{"view_local_datas", RB_POLICY_DATA_ADD, true, "added", "datas"},
	{"view_local_datas_remove", RB_POLICY_DATA_REMOVE, true, "removed", "datas"},
};

const struct rb_change_verb *rb_change_verb_find(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strlen(verbs[i].name) == len && !strncmp(verbs[i].name, name, len))
			return &verbs[i];
	return NULL;
}

void rb_change_say(const struct rb_policy_change *change, int err, FILE *out)
{
	if (err == -ENOENT)
		fprintf(out, "error no view with name: %s\n", change->view);
	else if (err == -EINVAL)
		fputs("error the zone's data contradicts the type that it is to have\n", out);
	else
		fprintf(out, "error %s\n", strerror(-err));
}

bool rb_change_run(const struct rb_control_view *view, const char *name, char *words, FILE *out)
{
	const struct rb_change_verb *verb = rb_change_verb_find(name, strlen(name));
	const char *text, *wrong = NULL;
	struct rb_policy_change change = {.texts = &text, .count = 1, .wrong = &wrong};
	int err;

	if (!verb || verb->done)
		return false;
	change.verb = verb->verb;
	if (verb->of_view)
		change.view = rb_word_next(&words);
	text = words + strspn(words, " \t");
	if (!*text) {
		fprintf(out, "error could not find next argument after %s\n", name);
		return true;
	}
	err = view->change(view->context, &change);
	if (err)
		rb_change_say(&change, err, out);
	else if (wrong)
		fprintf(out, "error %s: %s\n", text, wrong);
	else
		fputs("ok\n", out);
	return true;
}

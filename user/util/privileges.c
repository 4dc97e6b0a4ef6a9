/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities, given up and told of. */
#include "util/privileges.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "util/cleanup.h"

static void cap_freep(cap_t *caps)
{
	if (*caps)
		cap_free(*caps);
}

static void closedirp(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

static bool is_among(cap_value_t capability, const cap_value_t *capabilities, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (capabilities[i] == capability)
			return true;
	return false;
}

/* What execve() could give back, and nobody here calls that: best done where it is allowed. */
static void bound(const cap_value_t *capabilities, size_t count)
{
	for (cap_value_t cap = 0; CAP_IS_SUPPORTED(cap); cap++)
		if (!is_among(cap, capabilities, count))
			(void)cap_drop_bound(cap);
}

int rb_privileges_keep(const cap_value_t *capabilities, size_t count)
{
	_cleanup_(cap_freep) cap_t now = cap_get_proc(), kept = cap_init();

	if (!now || !kept)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		cap_flag_value_t has = CAP_CLEAR;

		if (cap_get_flag(now, capabilities[i], CAP_PERMITTED, &has) || has != CAP_SET)
			continue;
		cap_set_flag(kept, CAP_PERMITTED, 1, &capabilities[i], CAP_SET);
		cap_set_flag(kept, CAP_EFFECTIVE, 1, &capabilities[i], CAP_SET);
	}
	(void)cap_reset_ambient();
	bound(capabilities, count);
	return cap_set_proc(kept) ? -errno : 0;
}

int rb_privileges_drop(void)
{
	return rb_privileges_keep(NULL, 0);
}

static void text_of(uint64_t capabilities, char ret_text[RB_PRIVILEGES_TEXT])
{
	size_t used = 0;

	snprintf(ret_text, RB_PRIVILEGES_TEXT, "none");
	for (cap_value_t cap = 0; CAP_IS_SUPPORTED(cap); cap++) {
		char *name;

		if (!(capabilities >> cap & 1))
			continue;
		name = cap_to_name(cap);
		used += (size_t)snprintf(ret_text + used, RB_PRIVILEGES_TEXT - used, "%s%s",
					 used ? " " : "", name ? name : "?");
		cap_free(name);
		if (used >= RB_PRIVILEGES_TEXT)
			return;
	}
}

/* The permitted ones, as proc(5) tells of them. */
static uint64_t permitted(const char *task)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_fclose_ FILE *file = NULL;
	char line[256];
	uint64_t capabilities;

	if (asprintf(&path, "/proc/self/task/%s/status", task) < 0) {
		path = NULL; /* undefined after a failure */
		return 0;
	}
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "CapPrm: %" SCNx64, &capabilities) == 1)
			return capabilities;
	return 0;
}

void rb_privileges_text(char ret_text[RB_PRIVILEGES_TEXT])
{
	char own[32];

	snprintf(own, sizeof(own), "%d", (int)gettid());
	text_of(permitted(own), ret_text);
}

void rb_privileges_others_text(char ret_text[RB_PRIVILEGES_TEXT])
{
	_cleanup_(closedirp) DIR *tasks = opendir("/proc/self/task");
	const struct dirent *task;
	uint64_t capabilities = 0;

	while (tasks && (task = readdir(tasks)))
		if (task->d_name[0] != '.' && atoi(task->d_name) != (int)gettid())
			capabilities |= permitted(task->d_name);
	text_of(capabilities, ret_text);
}

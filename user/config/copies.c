/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the directories of fetched copies are there, and writable for the user that runbound becomes. */
#include "config/copies.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/array.h"
#include "util/cleanup.h"

#define GROUPS_MAX 64

/* The directories that have been looked at. */
struct checking {
	struct rb_reader *reader;
	const struct passwd *user; /* that root is going to become; NULL: nobody else */
	char *last;                /* most copies are in one */
};

static bool is_of_group(const struct passwd *user, gid_t group)
{
	gid_t groups[GROUPS_MAX];
	int count = GROUPS_MAX;

	if (getgrouplist(user->pw_name, user->pw_gid, groups, &count) < 0)
		return false;
	for (int i = 0; i < count; i++)
		if (groups[i] == group)
			return true;
	return false;
}

/* Whether files can be made in it. */
static int directory_err(const struct checking *checking, const char *directory)
{
	const struct passwd *user = checking->user;
	mode_t wanted = S_IWOTH | S_IXOTH;
	struct stat there;

	if (stat(directory, &there))
		return -errno;
	if (!S_ISDIR(there.st_mode))
		return -ENOTDIR;
	if (access(directory, W_OK | X_OK))
		return -errno;
	if (!user || !user->pw_uid)
		return 0;
	if (there.st_uid == user->pw_uid)
		wanted = S_IWUSR | S_IXUSR;
	else if (is_of_group(user, there.st_gid))
		wanted = S_IWGRP | S_IXGRP;
	return (there.st_mode & wanted) == wanted ? 0 : -EACCES;
}

/* The last directory of a path is made where it is missing. */
static int copy_check(struct checking *checking, struct rb_location location, const char *what,
		      const char *name, const char *path)
{
	_cleanup_free_ char *directory = strdup(path), *above = NULL;
	int err;

	if (!directory)
		return -ENOMEM;
	dirname(directory);
	if (checking->last && !strcmp(checking->last, directory))
		return 0;
	above = strdup(directory);
	if (!above)
		return -ENOMEM;
	err = directory_err(checking, directory);
	if (err == -ENOENT)
		err = directory_err(checking, dirname(above));
	free(checking->last);
	checking->last = TAKE_PTR(directory);
	if (!err)
		return 0;
	return rb_config_warn(
		checking->reader->config, location,
		"%s %s: its copy cannot be written to '%s'%s%s: %s. What is fetched would not be in "
		"force",
		what, name, checking->last, checking->user ? " by " : "",
		checking->user ? checking->user->pw_name : "", strerror(-err));
}

int rb_copies_check(struct rb_reader *reader)
{
	const struct rb_config *config = reader->config;
	struct checking checking = {.reader = reader};
	int err = 0;

	if (!geteuid() && config->username && *config->username)
		checking.user = getpwnam(config->username);
	for (size_t i = 0; i < config->local.list_count && !err; i++) {
		const struct rb_local_list *list = &config->local.lists[i];
		struct rb_location location = {config->files[list->origin.file], list->origin.line};

		if (list->url && list->name)
			err = copy_check(&checking, location, "blocklist", list->name, list->file);
	}
	for (size_t i = 0; i < config->transfer_count && !err; i++) {
		const struct rb_transfer *transfer = &config->transfers[i];
		struct rb_location location = {config->files[0], 0};

		err = copy_check(&checking, location, transfer->is_rpz ? "rpz" : "auth-zone",
				 transfer->label, transfer->path);
	}
	free(checking.last);
	return err;
}

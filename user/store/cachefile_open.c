/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens the cache-file, and has another one take its place. */
#include "store/cachefile_open.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

/* A file that only we and root can have written; else -EPERM. */
static int present_open(const char *path, int *ret_fd)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat there;

	if (fd < 0 || fstat(fd, &there))
		return -errno;
	if (!S_ISREG(there.st_mode) || (there.st_uid && there.st_uid != geteuid()) ||
	    there.st_mode & (S_IWGRP | S_IWOTH))
		return -EPERM;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* What a save that was killed left goes first. */
static int next_open(const char *new_path, int *ret_fd)
{
	int fd;

	if (unlink(new_path) && errno != ENOENT)
		return -errno;
	fd = open(new_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* So that the new name outlives a power cut, too. */
static int directory_sync(const char *path)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');
	_cleanup_close_ int fd = -1;

	snprintf(directory, sizeof(directory), "%.*s", slash ? (int)(slash - path) + 1 : 1,
		 slash ? path : ".");
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) ? -errno : 0;
}

static int next_takes_place(const char *new_path, const char *path)
{
	int err;

	if (!rename(new_path, path))
		return directory_sync(path);
	err = -errno;
	unlink(new_path);
	return err;
}

int rb_cachefile_open(const char *path, enum rb_opener_file file, int *ret_fd)
{
	char new_path[PATH_MAX];

	if (snprintf(new_path, sizeof(new_path), "%s.new", path) >= (int)sizeof(new_path))
		return -ENAMETOOLONG;
	switch (file) {
	case RB_OPENS_CACHE:
		return present_open(path, ret_fd);
	case RB_OPENS_CACHE_NEW:
		return next_open(new_path, ret_fd);
	case RB_OPENS_CACHE_SAVED:
		*ret_fd = -1;
		return next_takes_place(new_path, path);
	case RB_OPENS_CACHE_DROPPED:
		*ret_fd = -1;
		return unlink(new_path) ? -errno : 0;
	default:
		return -EINVAL;
	}
}

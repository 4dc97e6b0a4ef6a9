/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes and removes the pid file. */
#include "daemon/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/log.h"

static int number_write(int fd)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	return write(fd, text, (size_t)len) == len ? 0 : -EIO;
}

void rb_pidfile_write(const char *path, const char *username)
{
	const struct passwd *user = username && *username ? getpwnam(username) : NULL;
	_cleanup_close_ int fd = -1;
	int err;

	if (!path || !*path)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	err = fd < 0 ? -errno : number_write(fd);
	if (!err && user && !geteuid() && fchown(fd, user->pw_uid, user->pw_gid))
		err = -errno;
	if (err)
		rb_log_error("pidfile: %s: %s", path, strerror(-err));
}

void rb_pidfile_remove(const char *path)
{
	if (path && *path && unlink(path) && errno != ENOENT && truncate(path, 0))
		rb_log_warn("pidfile: %s: stays (%s)", path, strerror(errno));
}

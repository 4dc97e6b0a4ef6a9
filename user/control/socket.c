/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket: created with the right permissions, in place of one that was left behind. */
#include "control/socket.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/cleanup.h"

#define BACKLOG 16

static int address_make(const char *path, struct sockaddr_un *ret_addr)
{
	*ret_addr = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(ret_addr->sun_path))
		return -ENAMETOOLONG;
	memcpy(ret_addr->sun_path, path, strlen(path));
	return 0;
}

int rb_control_socket_connect(const char *path, int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_un addr;
	int err = address_make(path, &addr);

	if (err)
		return err;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&addr, sizeof(addr)))
		return -errno;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* A dead process's socket refuses connections. Other files are not ours to remove. */
static int leftover_remove(const char *path)
{
	_cleanup_close_ int fd = -1;
	struct stat there;
	int err;

	if (lstat(path, &there))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(there.st_mode))
		return -EEXIST;
	err = rb_control_socket_connect(path, &fd);
	if (!err)
		return -EADDRINUSE;
	if (err != -ECONNREFUSED)
		return err;
	return unlink(path) ? -errno : 0;
}

static int directory_make(const char *path)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return 0;
	snprintf(directory, sizeof(directory), "%.*s", (int)(slash - path), path);
	return mkdir(directory, 0755) && errno != EEXIST ? -errno : 0;
}

/* Before listen(): until then nobody can connect, whatever the mode. */
static int permit(const char *path)
{
	const struct group *group = getgrnam(RB_CONTROL_GROUP);

	/* Without the permission to change its group it stays our own. */
	if (group && lchown(path, (uid_t)-1, group->gr_gid) && errno != EPERM)
		return -errno;
	return chmod(path, 0660) ? -errno : 0;
}

int rb_control_socket_open(const char *path, int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_un addr;
	int err = address_make(path, &addr);

	if (!err)
		err = directory_make(path);
	if (!err)
		err = leftover_remove(path);
	if (err)
		return err;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&addr, sizeof(addr)))
		return -errno;
	err = permit(path);
	if (!err && listen(fd, BACKLOG))
		err = -errno;
	if (err) {
		unlink(path);
		return err;
	}
	*ret_fd = TAKE_FD(fd);
	return 0;
}

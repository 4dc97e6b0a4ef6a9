/* SPDX-License-Identifier: BSD-2-Clause */
/* The operator's listening sockets in systemd's descriptor store. */
#include "control/kept.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "control/socket.h"
#include "serve/inherited.h"
#include "util/cleanup.h"
#include "util/fnv.h"

#define NAME_BYTES (RB_INHERITED_NAME + 16)

static void unix_name(const char *path, char name[NAME_BYTES])
{
	snprintf(name, NAME_BYTES, "unix-%08x", rb_fnv(RB_FNV_START, path, strlen(path)));
}

static bool take(struct rb_inherited *inherited, const char *name, int *ret_fd)
{
	if (!inherited || !rb_inherited_has(inherited, name, 1))
		return false;
	rb_inherited_take(inherited, name, ret_fd);
	return true;
}

/* Whether those who connect to the path come to this socket. */
static bool is_at(int fd, const char *path)
{
	struct sockaddr_un addr = {0};
	socklen_t len = sizeof(addr);
	struct stat there;

	return !getsockname(fd, (struct sockaddr *)&addr, &len) && addr.sun_family == AF_UNIX &&
	       !strncmp(addr.sun_path, path, sizeof(addr.sun_path)) && !lstat(path, &there) &&
	       S_ISSOCK(there.st_mode);
}

int rb_kept_unix(struct rb_inherited *inherited, const char *path, int *ret_fd, bool *ret_is_kept)
{
	_cleanup_close_ int fd = -1;
	char name[NAME_BYTES];
	int err = 0;

	unix_name(path, name);
	if (take(inherited, name, &fd) && !is_at(fd, path)) {
		rb_inherited_drop(name);
		rb_closep(&fd);
		fd = -1;
	}
	if (fd < 0)
		err = rb_control_socket_open(path, &fd);
	if (err)
		return err;
	*ret_is_kept = rb_inherited_keep(name, &fd, 1);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int rb_kept_tcp(struct rb_inherited *inherited, const char *role,
		const struct sockaddr_storage *addr, int backlog, int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	char address[RB_INHERITED_NAME], name[NAME_BYTES];
	int err = 0;

	rb_inherited_name(addr, SOCK_STREAM, RB_SOCKET_LOCAL, address);
	snprintf(name, sizeof(name), "%.12s-%s", role, address);
	if (!take(inherited, name, &fd))
		err = rb_socket_open(addr, SOCK_STREAM, RB_SOCKET_ALONE, RB_SOCKET_LOCAL, &fd);
	if (!err && listen(fd, backlog))
		err = -errno;
	if (err)
		return err;
	rb_inherited_keep(name, &fd, 1);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

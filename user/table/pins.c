/* SPDX-License-Identifier: BSD-2-Clause */
/* The pin directory: made, locked; and the bpffs below it. */
#include "table/pins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "table/table.h"
#include "util/cleanup.h"

#define BPFFS_DIR "/sys/fs/bpf"

static int check_bpffs(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs))
		return -errno;
	return fs.f_type == BPF_FS_MAGIC ? 0 : -ENOTSUP;
}

static void closedirp(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

/* Make path and its parents, if all of them are on a bpffs. Elsewhere nothing is made. */
static int make_directory(const char *path)
{
	char copy[PATH_MAX];
	int err = check_bpffs(path);

	if (err != -ENOENT)
		return err;
	/* The directory below exists in the end: "/" or "." stops this. */
	memcpy(copy, path, strlen(path) + 1);
	err = make_directory(dirname(copy));
	if (err)
		return err;
	return mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
}

int rb_pins_lock(const char *pin_dir, int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	int err;

	if (strlen(pin_dir) >= PATH_MAX)
		return -ENAMETOOLONG;
	err = make_directory(pin_dir);
	if (err)
		return err;
	fd = open(pin_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int rb_pins_give(const char *pin_dir, uid_t uid, gid_t gid)
{
	_cleanup_(closedirp) DIR *directory = NULL;
	const struct dirent *pin;
	int err = strlen(pin_dir) >= PATH_MAX ? -ENAMETOOLONG : make_directory(pin_dir);

	if (err == -ENOTSUP && !rb_table_mount_bpffs())
		err = make_directory(pin_dir);
	if (err)
		return err;
	directory = opendir(pin_dir);
	if (!directory)
		return -errno;
	while ((pin = readdir(directory)))
		if (pin->d_name[0] != '.' &&
		    fchownat(dirfd(directory), pin->d_name, uid, gid, AT_SYMLINK_NOFOLLOW))
			return -errno;
	return fchown(dirfd(directory), uid, gid) ? -errno : 0;
}

int rb_pins_path(const char *pin_dir, const char *name, char ret_path[PATH_MAX])
{
	int len = snprintf(ret_path, PATH_MAX, "%s/%s", pin_dir, name);

	return len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int rb_table_mount_bpffs(void)
{
	int err = check_bpffs(BPFFS_DIR);

	if (err != -ENOTSUP)
		return err;
	if (mount("bpf", BPFFS_DIR, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RELATIME,
		  "mode=0700"))
		return -errno;
	return 0;
}

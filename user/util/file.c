/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens files that an operator names. */
#include "util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "util/cleanup.h"

static bool is_of_kind(const struct stat *file, enum rb_file_kind kind)
{
	if (S_ISCHR(file->st_mode))
		return file->st_rdev == makedev(1, 3); /* /dev/null */
	return S_ISREG(file->st_mode) || (kind == RB_FILE_OR_PIPE && S_ISFIFO(file->st_mode));
}

int rb_file_open(const char *path, enum rb_file_kind kind, FILE **ret_file)
{
	/* Without O_NONBLOCK the opening of a FIFO waits for a writer. */
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat file;
	FILE *opened;

	if (fd < 0 || fstat(fd, &file))
		return -errno;
	if (S_ISDIR(file.st_mode))
		return -EISDIR;
	if (!is_of_kind(&file, kind))
		return -EMEDIUMTYPE;
	if (fcntl(fd, F_SETFL, O_RDONLY))
		return -errno;
	opened = fdopen(fd, "r");
	if (!opened)
		return -errno;
	TAKE_FD(fd);
	*ret_file = opened;
	return 0;
}

bool rb_file_is_pipe(FILE *file)
{
	struct stat there;

	return !fstat(fileno(file), &there) && S_ISFIFO(there.st_mode);
}

const char *rb_file_strerror(int err)
{
	return err == -EMEDIUMTYPE || err == -ENXIO ? "Not a regular file" : strerror(-err);
}

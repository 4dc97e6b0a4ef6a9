/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes in a memfd that nobody can change any more. */
#include "util/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "util/cleanup.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0)
			return -errno;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

int rb_sealed_new(const char *name, const char *bytes, size_t len, int *ret_fd)
{
	_cleanup_close_ int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, bytes, len);
	if (err)
		return err;
	if (fcntl(fd, F_ADD_SEALS, SEALS))
		return -errno;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Changed local policy between servers. */
#include "daemon/policy_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/decide.h"
#include "util/cleanup.h"

static int bytes_write(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t written = write(fd, bytes, len);

		if (written < 0)
			return -errno;
		bytes += written;
		len -= (size_t)written;
	}
	return 0;
}

int rb_policy_file_write(const struct rb_config *config, struct rb_note_policy *ret_note,
			 int *ret_fd)
{
	const struct rb_policy_images *images = &config->policy;
	_cleanup_close_ int fd = -1;
	int err = 0;

	/* Without feeds it is the one that was compiled from the files. */
	if (images->feeds) {
		fd = memfd_create("policy", MFD_CLOEXEC);
		err = fd < 0 ? -errno
			     : bytes_write(fd, rb_blob_bytes(images->zones),
					   rb_blob_len(images->zones));
	}
	if (err)
		return err;
	ret_note->changed = config->changed;
	memcpy(ret_note->rpzs_off, images->rpzs_off, sizeof(ret_note->rpzs_off));
	*ret_fd = TAKE_FD(fd);
	return 0;
}

void rb_policy_file_forget(struct rb_policy_file *file)
{
	if (file->is_kept)
		rb_closep(&file->zones_fd);
	file->is_kept = false;
}

void rb_policy_file_keep(struct rb_policy_file *file, const struct rb_note_policy *note, int fd)
{
	rb_policy_file_forget(file);
	file->is_kept = true;
	file->zones_fd = fd;
	file->note = *note;
}

static int blob_read(int fd, struct rb_blob **ret_blob)
{
	_cleanup_free_ void *bytes = NULL;
	struct stat about;
	size_t len;

	if (fstat(fd, &about))
		return -errno;
	len = (size_t)about.st_size;
	bytes = malloc(len + 1);
	if (!bytes)
		return -ENOMEM;
	for (size_t at = 0; at < len;) {
		ssize_t got = pread(fd, (char *)bytes + at, len - at, (off_t)at);

		if (got <= 0)
			return got ? -errno : -EPROTO;
		at += (size_t)got;
	}
	return rb_blob_new(TAKE_PTR(bytes), len, ret_blob);
}

int rb_policy_file_apply(const struct rb_policy_file *file, struct rb_config *config)
{
	struct rb_policy_images images = config->policy;
	struct rb_blob *zones = NULL;
	struct rb_policy policy;
	int err;

	if (!file->is_kept)
		return 0;
	if (file->zones_fd >= 0) {
		err = blob_read(file->zones_fd, &zones);
		if (err)
			return err;
		images.feeds = images.zones;
		images.zones = zones;
	}
	memcpy(images.rpzs_off, file->note.rpzs_off, sizeof(images.rpzs_off));
	err = images.zones ? rb_policy_open_images(&images, &policy) : 0;
	if (err) {
		rb_blob_unref(zones);
		return err;
	}
	config->policy = images;
	config->changed = file->note.changed;
	return 0;
}

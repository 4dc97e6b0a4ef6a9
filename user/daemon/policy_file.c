/* SPDX-License-Identifier: BSD-2-Clause */
/* Changed local policy between servers. */
#include "daemon/policy_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/resolver_edit.h"
#include "policy/decide.h"
#include "util/cleanup.h"
#include "util/fnv.h"

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

	/* Without feeds, the image is the one that was compiled from the files. */
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

int rb_policy_file_write_upstreams(const struct rb_config *config, int *ret_fd)
{
	_cleanup_close_ int fd = memfd_create("upstreams", MFD_CLOEXEC);
	int err = fd < 0 ? -errno
			 : bytes_write(fd, config->resolver_text, strlen(config->resolver_text));

	if (!err)
		*ret_fd = TAKE_FD(fd);
	return err;
}

void rb_policy_file_forget(struct rb_policy_file *file)
{
	if (file->is_kept)
		rb_closep(&file->zones_fd);
	file->is_kept = false;
	if (file->has_upstreams)
		rb_closep(&file->upstreams_fd);
	file->has_upstreams = false;
}

void rb_policy_file_keep_upstreams(struct rb_policy_file *file, int fd)
{
	if (file->has_upstreams)
		rb_closep(&file->upstreams_fd);
	file->has_upstreams = fd >= 0;
	file->upstreams_fd = fd;
}

void rb_policy_file_keep(struct rb_policy_file *file, const struct rb_note_policy *note, int fd)
{
	if (file->is_kept)
		rb_closep(&file->zones_fd);
	file->is_kept = true;
	file->zones_fd = fd;
	file->note = *note;
}

/* Read the bytes, and add a NUL. */
static int bytes_read(int fd, void **ret_bytes, size_t *ret_len)
{
	_cleanup_free_ char *bytes = NULL;
	struct stat about;
	size_t len = 0;

	if (fstat(fd, &about))
		return -errno;
	len = (size_t)about.st_size;
	bytes = malloc(len + 1);
	if (!bytes)
		return -ENOMEM;
	for (size_t at = 0; at < len;) {
		ssize_t got = pread(fd, bytes + at, len - at, (off_t)at);

		if (got <= 0)
			return got ? -errno : -EPROTO;
		at += (size_t)got;
	}
	bytes[len] = '\0';
	*ret_bytes = TAKE_PTR(bytes);
	*ret_len = len;
	return 0;
}

static int blob_read(int fd, struct rb_blob **ret_blob)
{
	void *bytes = NULL;
	size_t len = 0;
	int err = bytes_read(fd, &bytes, &len);

	return err ?: rb_blob_new(bytes, len, ret_blob);
}

static int upstreams_apply(const struct rb_policy_file *file, struct rb_config *config)
{
	void *text = NULL;
	size_t len = 0;
	int err = file->has_upstreams ? bytes_read(file->upstreams_fd, &text, &len) : 0;

	if (err || !file->has_upstreams)
		return err;
	if (!rb_resolver_edit_is_of(text, config->resolver_text)) {
		free(text);
		return -EPROTO;
	}
	free(config->resolver_text);
	config->resolver_text = text;
	return 0;
}

static uint32_t lines_hash(const struct rb_config *config)
{
	struct rb_local local = config->local;

	local.contents = 0;
	return rb_local_hash(&local, RB_FNV_START);
}

bool rb_policy_file_goes_with(const struct rb_config *former, const struct rb_config *next)
{
	return lines_hash(former) == lines_hash(next);
}

int rb_policy_file_apply(const struct rb_policy_file *file, struct rb_config *config)
{
	struct rb_policy_images images = config->policy;
	struct rb_blob *zones = NULL;
	struct rb_policy policy;
	int err;

	err = upstreams_apply(file, config);
	if (err || !file->is_kept)
		return err;
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

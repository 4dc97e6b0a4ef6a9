/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads key, certificates and ticket keys, and sees when there are others. */
#include "config/tls_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "config/reader.h"
#include "util/array.h"
#include "util/cleanup.h"

#define TEXT_MAX (1U << 30)

int rb_tls_files_add(struct rb_tls_files *files, const char *directive,
		     const struct rb_location *location, char *path)
{
	struct rb_tls_file file = {.directive = directive,
				   .named_in = location->file,
				   .line = location->line,
				   .path = path};
	int err = path ? rb_array_append(&files->list, &files->count, sizeof(file), &file)
		       : -ENOMEM;

	if (err)
		free(path);
	return err;
}

int rb_tls_files_copy(const struct rb_tls_files *files, struct rb_tls_files *ret_files)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct rb_tls_file *file = &files->list[i];
		const struct rb_location location = {file->named_in, file->line};
		int err =
			rb_tls_files_add(ret_files, file->directive, &location, strdup(file->path));

		if (err)
			return err;
		ret_files->list[i].stamp = file->stamp;
	}
	return 0;
}

static int stamp_get(const char *path, struct rb_file_stamp *ret_stamp)
{
	struct stat about;

	if (stat(path, &about))
		return -errno;
	*ret_stamp = (struct rb_file_stamp){
		.device = about.st_dev,
		.inode = about.st_ino,
		.bytes = (uint64_t)about.st_size,
		.modified = about.st_mtim,
		.changed = about.st_ctim,
	};
	return 0;
}

static bool stamps_equal(const struct rb_file_stamp *a, const struct rb_file_stamp *b)
{
	return a->device == b->device && a->inode == b->inode && a->bytes == b->bytes &&
	       a->modified.tv_sec == b->modified.tv_sec &&
	       a->modified.tv_nsec == b->modified.tv_nsec &&
	       a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

static void text_forget(struct rb_tls_file *file)
{
	if (file->text)
		explicit_bzero(file->text, file->bytes);
	free(file->text);
	file->text = NULL;
	file->bytes = 0;
}

/* The stamp first: what changes while it is read differs from it later. */
static int file_read(struct rb_tls_file *file)
{
	int err;

	file->stamp = (struct rb_file_stamp){0};
	err = stamp_get(file->path, &file->stamp);
	if (err)
		return err;
	text_forget(file);
	err = rb_reader_load(file->path, RB_FILE_PLAIN, &file->text, &file->bytes);
	if (!err)
		file->text[file->bytes] = '\0'; /* it has room to go on reading */
	return err;
}

int rb_tls_files_read(struct rb_tls_files *files, const struct rb_tls_file **ret_failed)
{
	int first = 0;

	for (size_t i = 0; i < files->count; i++) {
		int err = file_read(&files->list[i]);

		if (!err || first)
			continue;
		first = err;
		*ret_failed = &files->list[i];
	}
	return first;
}

void rb_tls_files_look(struct rb_tls_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		files->list[i].stamp = (struct rb_file_stamp){0};
		(void)stamp_get(files->list[i].path, &files->list[i].stamp);
	}
}

void rb_tls_files_forget(struct rb_tls_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		text_forget(&files->list[i]);
}

bool rb_tls_files_differ(const struct rb_tls_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		struct rb_file_stamp now = {0};

		(void)stamp_get(files->list[i].path, &now);
		if (!stamps_equal(&now, &files->list[i].stamp))
			return true;
	}
	return false;
}

bool rb_tls_files_same(const struct rb_tls_files *a, const struct rb_tls_files *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->list[i].path, b->list[i].path) != 0 ||
		    !stamps_equal(&a->list[i].stamp, &b->list[i].stamp))
			return false;
	return true;
}

/* Of each its length, then all of it. */
int rb_tls_files_write(const struct rb_tls_files *files, int *ret_fd)
{
	_cleanup_close_ int fd = memfd_create("keys", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	for (size_t i = 0; i < files->count; i++) {
		uint64_t bytes = files->list[i].bytes;
		const struct iovec parts[] = {
			{&bytes, sizeof(bytes)},
			{files->list[i].text, files->list[i].bytes},
		};

		if (writev(fd, parts, 2) != (ssize_t)(sizeof(bytes) + bytes))
			return errno ? -errno : -EIO;
	}
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int rb_tls_files_take(struct rb_tls_files *files, int fd)
{
	off_t at = 0;

	for (size_t i = 0; i < files->count; i++) {
		struct rb_tls_file *file = &files->list[i];
		uint64_t bytes;

		text_forget(file);
		if (pread(fd, &bytes, sizeof(bytes), at) != sizeof(bytes) || bytes > TEXT_MAX)
			return -EPROTO;
		at += (off_t)sizeof(bytes);
		file->text = calloc(1, bytes + 1);
		if (!file->text)
			return -ENOMEM;
		file->bytes = bytes;
		if (pread(fd, file->text, bytes, at) != (ssize_t)bytes)
			return -EPROTO;
		at += (off_t)bytes;
	}
	return 0;
}

void rb_tls_files_free(struct rb_tls_files *files)
{
	rb_tls_files_forget(files);
	for (size_t i = 0; i < files->count; i++)
		free(files->list[i].path);
	free(files->list);
	*files = (struct rb_tls_files){0};
}

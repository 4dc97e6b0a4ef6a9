/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies on disk. */
#include "daemon/feed_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

#define NOTES_SUFFIX   ".from"
#define NEW_SUFFIX     ".new"
#define EXPIRED_SUFFIX ".expired"
#define COMPARED_BYTES 16384
#define FILE_MODE      0644 /* resolver processes, which are another user's, read zones */
#define DIR_MODE       0755

static char *path_with(const char *path, const char *suffix)
{
	char *text;

	return asprintf(&text, "%s%s", path, suffix) < 0 ? NULL : text;
}

static void word_take(const char *line, const char *name, char *out, size_t room)
{
	size_t len = strlen(name);

	if (strncmp(line, name, len) != 0 || line[len] != ' ')
		return;
	line += len + 1;
	snprintf(out, room, "%.*s", (int)strcspn(line, "\n"), line);
}

static void number_take(const char *line, const char *name, uint64_t *number)
{
	char text[24] = "";

	word_take(line, name, text, sizeof(text));
	if (*text)
		*number = strtoull(text, NULL, 10);
}

static void line_take(const char *line, struct rb_feed_copy *copy)
{
	uint64_t serial = copy->serial, refresh = copy->refresh_s, retry = copy->retry_s,
		 expire = copy->expire_s;

	word_take(line, "source", copy->source, sizeof(copy->source));
	word_take(line, "etag", copy->etag, sizeof(copy->etag));
	word_take(line, "modified", copy->modified, sizeof(copy->modified));
	number_take(line, "bytes", &copy->bytes);
	number_take(line, "checked", &copy->checked_s);
	number_take(line, "serial", &serial);
	number_take(line, "refresh", &refresh);
	number_take(line, "retry", &retry);
	number_take(line, "expire", &expire);
	copy->serial = (uint32_t)serial;
	copy->refresh_s = (uint32_t)refresh;
	copy->retry_s = (uint32_t)retry;
	copy->expire_s = (uint32_t)expire;
}

static bool size_of(const char *path, uint64_t *ret_bytes)
{
	struct stat stat_of;

	if (stat(path, &stat_of) || !S_ISREG(stat_of.st_mode))
		return false;
	*ret_bytes = (uint64_t)stat_of.st_size;
	return true;
}

bool rb_feed_copy_is_whole(const char *path, const struct rb_feed_copy *copy)
{
	uint64_t bytes;

	return copy->exists && size_of(path, &bytes) && bytes == copy->bytes;
}

void rb_feed_copy_read(const char *path, struct rb_feed_copy *ret_copy)
{
	_cleanup_free_ char *notes = path_with(path, NOTES_SUFFIX), *line = NULL;
	_cleanup_fclose_ FILE *file = notes ? fopen(notes, "re") : NULL;
	uint64_t bytes;
	size_t room = 0;
	bool is_there;

	*ret_copy = (struct rb_feed_copy){0};
	is_there = size_of(path, &bytes);
	ret_copy->bytes = is_there ? bytes : 0;
	while (file && getline(&line, &room, file) >= 0)
		line_take(line, ret_copy);
	ret_copy->exists = is_there;
	/* An expired one's pause remains. */
	if (!is_there)
		*ret_copy = (struct rb_feed_copy){.retry_s = ret_copy->retry_s};
	else if (ret_copy->bytes != bytes)
		*ret_copy = (struct rb_feed_copy){.exists = true, .bytes = bytes};
}

/* In place of what is there, once all of it is on disk. */
static int replace(int fd, const char *from, const char *to)
{
	if (fchmod(fd, FILE_MODE) || fsync(fd) || rename(from, to))
		return -errno;
	return 0;
}

static int directory_make(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	return mkdir(dirname(copy), DIR_MODE) && errno != EEXIST ? -errno : 0;
}

static int new_open(const char *path, int *ret_fd)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

bool rb_feed_copy_is(const char *path, int fd)
{
	_cleanup_close_ int copy_fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char ours[COMPARED_BYTES], theirs[COMPARED_BYTES];
	off_t at = 0;
	ssize_t len;

	if (copy_fd < 0)
		return false;
	do {
		len = pread(copy_fd, ours, sizeof(ours), at);
		if (len < 0 || pread(fd, theirs, sizeof(theirs), at) != len ||
		    memcmp(ours, theirs, (size_t)len) != 0)
			return false;
		at += len;
	} while (len > 0);
	return true;
}

int rb_feed_copy_expire(const char *path)
{
	_cleanup_free_ char *expired = path_with(path, EXPIRED_SUFFIX);

	if (!expired)
		return -ENOMEM;
	return rename(path, expired) ? -errno : 0;
}

int rb_feed_copy_put(const char *path, int fd, uint64_t bytes_max)
{
	_cleanup_free_ char *next = path_with(path, NEW_SUFFIX);
	_cleanup_close_ int out_fd = -1;
	struct stat stat_of;
	off_t at = 0;
	int err = next ? directory_make(path) : -ENOMEM;

	if (!err && fstat(fd, &stat_of))
		err = -errno;
	if (!err && (uint64_t)stat_of.st_size > bytes_max)
		err = -EFBIG;
	if (!err)
		err = new_open(next, &out_fd);
	while (!err && at < stat_of.st_size) {
		ssize_t sent = sendfile(out_fd, fd, &at, (size_t)(stat_of.st_size - at));

		if (sent <= 0)
			err = sent < 0 ? -errno : -EIO;
	}
	if (!err)
		err = replace(out_fd, next, path);
	if (err && out_fd >= 0)
		unlink(next);
	return err;
}

int rb_feed_copy_note(const char *path, const struct rb_feed_copy *copy)
{
	_cleanup_free_ char *notes = path_with(path, NOTES_SUFFIX);
	_cleanup_free_ char *next = notes ? path_with(notes, NEW_SUFFIX) : NULL;
	_cleanup_close_ int fd = -1;
	int err = next ? new_open(next, &fd) : -ENOMEM;

	if (!err && dprintf(fd,
			    "source %s\nbytes %" PRIu64 "\netag %s\nmodified %s\nchecked %" PRIu64
			    "\nserial %u\nrefresh %u\nretry %u\nexpire %u\n",
			    copy->source, copy->bytes, copy->etag, copy->modified, copy->checked_s,
			    copy->serial, copy->refresh_s, copy->retry_s, copy->expire_s) < 0)
		err = -EIO;
	return err ?: replace(fd, next, notes);
}

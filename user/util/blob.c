/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared bytes, counted. */
#include "util/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

struct rb_blob {
	void *bytes;
	size_t len;
	bool is_mapped;
	atomic_uint references;
};

int rb_blob_new(void *bytes, size_t len, struct rb_blob **ret_blob)
{
	struct rb_blob *blob = malloc(sizeof(*blob));

	if (!blob) {
		free(bytes);
		return -ENOMEM;
	}
	blob->bytes = bytes;
	blob->len = len;
	blob->is_mapped = false;
	atomic_init(&blob->references, 1);
	*ret_blob = blob;
	return 0;
}

int rb_blob_map(int fd, struct rb_blob **ret_blob)
{
	const int wanted = F_SEAL_SHRINK | F_SEAL_WRITE;
	int seals = fcntl(fd, F_GET_SEALS), err;
	struct rb_blob *blob;
	struct stat stat_of;

	if (seals < 0 || fstat(fd, &stat_of))
		return -errno;
	if ((seals & wanted) != wanted || stat_of.st_size <= 0)
		return -EPERM;
	err = rb_blob_new(NULL, (size_t)stat_of.st_size, &blob);
	if (err)
		return err;
	blob->is_mapped = true;
	blob->bytes = mmap(NULL, blob->len, PROT_READ, MAP_SHARED, fd, 0);
	if (blob->bytes == MAP_FAILED) {
		err = -errno;
		free(blob);
		return err;
	}
	*ret_blob = blob;
	return 0;
}

struct rb_blob *rb_blob_ref(struct rb_blob *blob)
{
	if (blob)
		atomic_fetch_add_explicit(&blob->references, 1, memory_order_relaxed);
	return blob;
}

void rb_blob_unref(struct rb_blob *blob)
{
	if (!blob || atomic_fetch_sub_explicit(&blob->references, 1, memory_order_acq_rel) != 1)
		return;
	if (blob->is_mapped)
		munmap(blob->bytes, blob->len);
	else
		free(blob->bytes);
	free(blob);
}

const void *rb_blob_bytes(const struct rb_blob *blob)
{
	return blob->bytes;
}

size_t rb_blob_len(const struct rb_blob *blob)
{
	return blob->len;
}

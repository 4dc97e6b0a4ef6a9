/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared bytes, counted. */
#include "util/blob.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

struct rb_blob {
	void *bytes;
	size_t len;
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
	atomic_init(&blob->references, 1);
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

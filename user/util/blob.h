/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An immutable block of bytes with several owners.
 *
 * Thread:   any thread may read the bytes, take references and give them back.
 * Lifetime: until the last reference is given back.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_UTIL_BLOB_H
#define RB_UTIL_BLOB_H

#include <stddef.h>

struct rb_blob;

/*
 * Take ownership of bytes, which free() will release, also on failure. The caller holds one
 * reference.
 */
int rb_blob_new(void *bytes, size_t len, struct rb_blob **ret_blob);

/*
 * Map all of a sealed memfd, which nobody can change or truncate any more. The caller keeps fd.
 * -EPERM: it is not sealed.
 */
int rb_blob_map(int fd, struct rb_blob **ret_blob);

/* Both accept NULL. */
struct rb_blob *rb_blob_ref(struct rb_blob *blob);
void rb_blob_unref(struct rb_blob *blob);

const void *rb_blob_bytes(const struct rb_blob *blob);
size_t rb_blob_len(const struct rb_blob *blob);

#endif

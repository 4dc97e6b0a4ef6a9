/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An immutable block of bytes with several owners.
 *
 * Thread:   the bytes may be read by any; references may be taken and given back by any.
 * Lifetime: until the last reference is given back.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_UTIL_BLOB_H
#define RB_UTIL_BLOB_H

#include <stddef.h>

struct rb_blob;

/* Takes over bytes, which free() is to release, also on failure. The caller holds one reference. */
int rb_blob_new(void *bytes, size_t len, struct rb_blob **ret_blob);

/*
 * All of a memfd that is sealed: what is in it nobody can change or cut off any more. The caller keeps
 * fd. -EPERM: it is not sealed.
 */
int rb_blob_map(int fd, struct rb_blob **ret_blob);

/* NULL is allowed in both. */
struct rb_blob *rb_blob_ref(struct rb_blob *blob);
void rb_blob_unref(struct rb_blob *blob);

const void *rb_blob_bytes(const struct rb_blob *blob);
size_t rb_blob_len(const struct rb_blob *blob);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flush for the resolver processes: it makes sure that one of them has not cached the names.
 *
 * Thread:   any, inside the family's lock, which is released while it waits for the starter.
 * Errors:   0 or -errno.
 */
#ifndef RB_RESOLVE_FLUSH_H
#define RB_RESOLVE_FLUSH_H

#include "dns/flush.h"
#include "resolve/family.h"

/* See rb_resolvers_flush(). */
int rb_family_flush(struct rb_family *family, const struct rb_flush *flush);

#endif

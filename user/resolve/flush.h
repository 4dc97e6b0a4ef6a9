/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flush as the resolver processes see it: there is to be one that cannot remember what is
 * flushed.
 *
 * Thread:   any, inside the family's lock, which is left while it waits for the starter.
 * Errors:   0 or -errno.
 */
#ifndef RB_RESOLVE_FLUSH_H
#define RB_RESOLVE_FLUSH_H

#include "dns/flush.h"
#include "resolve/family.h"

/* As rb_resolvers_flush() says. */
int rb_family_flush(struct rb_family *family, const struct rb_flush *flush);

#endif

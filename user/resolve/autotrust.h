/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of trust anchors that is kept by RFC 5011: each key's line tells its state in a comment
 * (";;state=2 [  VALID  ]"), as Unbound and unbound-anchor write it.
 *
 * Thread: any; no state.
 */
#ifndef RB_RESOLVE_AUTOTRUST_H
#define RB_RESOLVE_AUTOTRUST_H

#include <stddef.h>

/*
 * Keep only the lines of keys that are trusted now: those without a state, and the valid and the
 * missing ones. Returns the new length.
 */
size_t rb_autotrust_keep(char *bytes, size_t len);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arrays that grow member by member: the capacity is the power of two at or above the count.
 *
 * Thread: the owner's. Lifetime: free().
 */
#ifndef RB_UTIL_ARRAY_H
#define RB_UTIL_ARRAY_H

#include <stddef.h>

/*
 * Append a copy of member. array_pointer: the address of the variable that points to the first
 * member, NULL before the first call. Returns 0 or -ENOMEM; on failure nothing has changed.
 */
int rb_array_append(void *array_pointer, size_t *count, size_t member_bytes, const void *member);

#endif

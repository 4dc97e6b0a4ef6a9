/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes at the end of their memory. */
#ifndef RB_TESTS_EXACT_H
#define RB_TESTS_EXACT_H

#include <stddef.h>
#include <stdint.h>

/* A copy with nothing behind it, so that a sanitizer sees every byte that is read beyond; free().
 */
uint8_t *exact_copy(const uint8_t *bytes, size_t len);

#endif

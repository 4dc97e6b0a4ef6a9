/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domain names in wire format (RFC 1035 3.1, without compression) and in presentation format (5.1).
 *
 * Thread: any; pure functions. Lengths in bytes, with the root label. Errors: -errno.
 */
#ifndef RB_DNS_NAME_H
#define RB_DNS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../kern/wire.h"

/* Room for the longest presentation format: every byte as \ddd, the dots, the terminating zero. */
#define RB_NAME_TEXT_MAX 1025

/* Length of the well-formed uncompressed name at name, which has at most room bytes; -EBADMSG. */
int rb_name_len(const uint8_t *name, size_t room);

/* ASCII letters to lower case, RFC 4343. in and out may be the same. */
void rb_name_lower(const uint8_t *name, size_t len, uint8_t *out);

bool rb_name_equal(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len); /* any case */

/* Negative, 0 or positive, by the canonical order of names (RFC 4034 6.1): of well-formed ones. */
int rb_name_compare(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len);

/* Whether name is zone or below it; any case. */
bool rb_name_is_under(const uint8_t *name, size_t name_len, const uint8_t *zone, size_t zone_len);

/* Whether the XDP program can hold the name: no zero byte before the root label. */
bool rb_name_is_scannable(const uint8_t *name, size_t len);

/* NH sum of a lower-case scannable name (see kern/hash.h). */
uint64_t rb_name_hash_sum(const uint8_t *name, size_t len, const struct rb_hash_key *key);

/* Presentation format with a final dot and \ddd or \c escapes; out has RB_NAME_TEXT_MAX bytes. */
void rb_name_to_text(const uint8_t *name, size_t len, char *out);

/* Length, or -EINVAL. out has RB_NAME_MAX bytes. The final dot is optional. Case is kept. */
int rb_name_from_text(const char *text, uint8_t *out);

#endif

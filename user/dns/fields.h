/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data of a resource record in presentation form, field by field, as ldns' table of types
 * (ldns_rr_descript()) names the kinds of fields. Nothing is allocated, since ldns ends the process
 * if it gets no memory.
 *
 * Thread: any; pure functions.
 */
#ifndef RB_DNS_FIELDS_H
#define RB_DNS_FIELDS_H

#include <ldns/ldns.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/words.h"

struct rb_field {
	ldns_rdf_type kind;
	const uint8_t *origin; /* of relative names, in wire form */
};

/*
 * Read the field at *cursor, one word or all that are left, into out. Returns the number of bytes.
 * -EINVAL: not such a field; -ENOTSUP: ldns must read it.
 */
int rb_field_read(const struct rb_field *field, const char **cursor, uint8_t *out, size_t room);

/* How many bytes in wire format a field of this kind has; -EINVAL: there are too few. */
int rb_field_len(ldns_rdf_type kind, const uint8_t *bytes, size_t room);

#endif

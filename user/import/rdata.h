/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One resource record from its words to wire form: names and the data of frequent types here,
 * everything else by ldns.
 *
 * Thread: any; pure functions. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_IMPORT_RDATA_H
#define RB_IMPORT_RDATA_H

#include <stdint.h>

#include "../kern/abi.h"
#include "import/text.h"

struct rb_import_name {
	uint8_t bytes[RB_NAME_MAX]; /* wire form */
	uint16_t len;               /* 0: none */
};

/* origin: what relative names are relative to; len 0: they are none. -EINVAL. */
int rb_import_name_parse(const struct rb_import_word *word, const struct rb_import_name *origin,
			 struct rb_import_name *ret_name);

/* "AAAA", "TYPE28". 0: it is no type. */
uint16_t rb_import_type_parse(const struct rb_import_word *word);

#define RB_IMPORT_RDATA_MAX 65535

/*
 * The data of a record of this type; out has RB_IMPORT_RDATA_MAX bytes. -EINVAL: it cannot be.
 * -ENOTSUP: rb_import_rdata_by_ldns() knows more.
 */
int rb_import_rdata_parse(uint16_t type, const struct rb_import_word *words, size_t count,
			  const struct rb_import_name *origin, uint8_t *out, uint16_t *ret_len);

/* The same for all types, slowly. *ret_problem: what ldns says where it is -EINVAL; static. */
int rb_import_rdata_by_ldns(uint16_t type, const struct rb_import_word *words, size_t count,
			    const struct rb_import_name *origin, uint8_t *out, uint16_t *ret_len,
			    const char **ret_problem);

#endif

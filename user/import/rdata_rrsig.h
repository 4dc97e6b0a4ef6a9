/* SPDX-License-Identifier: BSD-2-Clause */
/* RRSIG data from their words. Thread: any; pure functions. */
#ifndef RB_IMPORT_RDATA_RRSIG_H
#define RB_IMPORT_RDATA_RRSIG_H

#include "import/rdata.h"

/* Length; out has RB_IMPORT_RDATA_MAX bytes. -ENOTSUP: unusual, or wrong; rb_import_rdata_by_ldns()
 * tells.
 */
int rb_import_rrsig_parse(const struct rb_import_word *words, size_t count,
			  const struct rb_import_name *origin, uint8_t *out);

#endif

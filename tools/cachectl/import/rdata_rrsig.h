/* SPDX-License-Identifier: BSD-2-Clause */
/* RRSIG data from their words. Thread: any; pure functions. */
#ifndef IMPORT_RDATA_RRSIG_H
#define IMPORT_RDATA_RRSIG_H

#include "rdata.h"

/* Length; out has IMPORT_RDATA_MAX bytes. -ENOTSUP: unusual, or wrong; import_rdata_by_ldns()
 * tells.
 */
int import_rrsig_parse(const struct import_word *words, size_t count,
		       const struct import_name *origin, uint8_t *out);

#endif

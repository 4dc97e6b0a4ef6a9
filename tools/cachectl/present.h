/* SPDX-License-Identifier: BSD-2-Clause */
/* Between a record of the table and DNS presentation form (RFC 1035 5.1), by way of ldns. */
#ifndef CACHECTL_PRESENT_H
#define CACHECTL_PRESENT_H

#include <ldns/ldns.h>
#include <stdint.h>

#include "table/table.h"

/* The reply that the record gives at now_ns, TTLs aged. ldns_pkt_free(). -EBADMSG, -ENOMEM. */
int present_reply(const struct rb_record *record, uint64_t now_ns, ldns_pkt **ret_reply);

/* "A", "TYPE65280" to its number; -EINVAL. */
int present_type_from_text(const char *text, uint16_t *ret_type);

/* The caller frees them; NULL: no memory. */
char *present_type(uint16_t type);
char *present_rcode(unsigned int rcode);
char *present_rr(const ldns_rr *rr); /* without a newline */

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data of rare types (LOC, APL, IPSECKEY ...) in presentation format, read by ldns, which may
 * end the process if it gets no memory.
 *
 * Thread: any.
 */
#ifndef RB_CONFIG_RECORD_LDNS_H
#define RB_CONFIG_RECORD_LDNS_H

#include "config/record.h"

/* Read only the data, of the record's type. Errors as rb_record_parse(). */
int rb_record_by_ldns(const char *data, const struct rb_record_context *context,
		      struct rb_text_record *record, const char **ret_wrong);

#endif

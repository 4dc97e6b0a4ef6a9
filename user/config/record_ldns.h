/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data of rare types (LOC, APL, IPSECKEY ...) in presentation form, by way of ldns. Where it
 * gets no memory, it may end the process.
 *
 * Thread: any.
 */
#ifndef RB_CONFIG_RECORD_LDNS_H
#define RB_CONFIG_RECORD_LDNS_H

#include "config/record.h"

/* The data alone, of the record's type. As rb_record_parse(). */
int rb_record_by_ldns(const char *data, const struct rb_record_context *context,
		      struct rb_text_record *record, const char **ret_wrong);

#endif

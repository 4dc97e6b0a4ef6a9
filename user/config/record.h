/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A resource record in presentation form, as ldns reads it, and as Unbound does where ldns would
 * not take what is right or would change it.
 *
 * Thread: any.
 */
#ifndef RB_CONFIG_RECORD_H
#define RB_CONFIG_RECORD_H

#include <ldns/ldns.h>

#define RB_RECORD_TTL_S 3600 /* as Unbound: of one without a TTL */

/*
 * The record, with its data in wire form. 0; -ENOMEM; -EINVAL: it is none, for the reason in
 * ret_wrong. Outputs are set on success alone, and ret_wrong on -EINVAL.
 */
int rb_record_parse(const char *text, ldns_rr **ret_rr, ldns_buffer **ret_rdata,
		    const char **ret_wrong);

#endif

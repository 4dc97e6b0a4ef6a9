/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A resource record in presentation form, read as Unbound reads it.
 *
 * Thread: any.
 */
#ifndef RB_CONFIG_RECORD_H
#define RB_CONFIG_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "../kern/wire.h"

#define RB_RECORD_TTL_S 3600 /* as Unbound: of one without a TTL */

/* Of relative names, and the owner of a record that begins with a blank; in wire form. */
struct rb_record_context {
	uint8_t origin[RB_NAME_MAX], owner[RB_NAME_MAX];
	uint8_t owner_len; /* 0: no record was before */
	uint32_t ttl_s;    /* of a record without one */
};

struct rb_text_record {
	uint8_t owner[RB_NAME_MAX];
	uint8_t owner_len;
	bool has_excess; /* words behind the data, which it is read without */
	uint16_t type, rr_class;
	uint32_t ttl_s;
	uint16_t rdata_len;
	uint8_t rdata[UINT16_MAX];
};

/*
 * 0; -ENOMEM; -EINVAL: it is none, for the reason in ret_wrong. Then ret_record is undefined. The
 * context remembers the owner; NULL: of one record, below the root.
 */
int rb_record_parse(const char *text, struct rb_record_context *context,
		    struct rb_text_record *ret_record, const char **ret_wrong);

#endif

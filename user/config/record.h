/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read a resource record in presentation format as Unbound does.
 *
 * Thread: any.
 */
#ifndef RB_CONFIG_RECORD_H
#define RB_CONFIG_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "../kern/wire.h"

#define RB_RECORD_TTL_S 3600 /* as in Unbound: for a record without a TTL */

/*
 * The origin of relative names, and the owner for a record that begins with a blank; in wire
 * format.
 */
struct rb_record_context {
	uint8_t origin[RB_NAME_MAX], owner[RB_NAME_MAX];
	uint8_t owner_len; /* 0: no earlier record */
	uint32_t ttl_s;    /* for a record without one */
};

struct rb_text_record {
	uint8_t owner[RB_NAME_MAX];
	uint8_t owner_len;
	bool has_excess; /* words after the data, which are ignored */
	uint16_t type, rr_class;
	uint32_t ttl_s;
	uint16_t rdata_len;
	uint8_t rdata[UINT16_MAX];
};

/*
 * 0; -ENOMEM; -EINVAL: not a record, for the reason in ret_wrong; ret_record is then undefined. The
 * context remembers the owner; NULL: a single record, with origin root.
 */
int rb_record_parse(const char *text, struct rb_record_context *context,
		    struct rb_text_record *ret_record, const char **ret_wrong);

#endif

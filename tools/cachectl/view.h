/* SPDX-License-Identifier: BSD-2-Clause */
/* One record of the table, as it is shown: to a person, as JSON, as lines of a zone file. */
#ifndef CACHECTL_VIEW_H
#define CACHECTL_VIEW_H

#include "cachectl.h"
#include "dns/name.h"
#include "present.h"

struct view {
	const struct cachectl *ctl;
	const struct rb_record *record; /* the caller's */
	struct rb_table_ref ref;
	char name[RB_NAME_TEXT_MAX];
	char *type;
	char *rcode;
	uint32_t left_s; /* until it expires, rounded up */
	ldns_pkt *reply;
};

/* -EBADMSG: no record that DNS could read. -ENOMEM. view_close() after success. */
int view_open(struct view *view, const struct cachectl *ctl, struct rb_table_ref ref,
	      const struct rb_record *record);
void view_close(struct view *view);

void view_print_text(const struct view *view);
void view_print_json(const struct view *view);

/* For `preload` to read: what the resource records do not say, and those. */
void view_print_description(const struct view *view);
void view_print_records(const struct view *view);

#endif

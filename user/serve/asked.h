/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is asked for most, and by whom: names, the zones that they are in, clients. Estimates, of
 * every so-manyth question (top-sample), whose weight halves every minute.
 *
 * Thread:   any. Who finds the lists in use does not wait: the question is not counted.
 * Lifetime: rb_asked_free(), when no worker runs.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_SERVE_ASKED_H
#define RB_SERVE_ASKED_H

#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "dns/name.h"
#include "dns/query.h"

struct rb_asked;

enum rb_asked_list {
	RB_ASKED_NAMES,
	RB_ASKED_ZONES,   /* the last two labels of names */
	RB_ASKED_CLIENTS, /* addresses as log-prefix-ipv4 and -ipv6 leave them */
	RB_ASKED_LISTS,
};

/* *ret_asked is NULL where nobody wants to know. */
int rb_asked_new(const struct rb_config *config, struct rb_asked **ret_asked);
void rb_asked_free(struct rb_asked *asked);

/* A question that stands for so many. client: 16 bytes, v4-mapped for IPv4. NULL: nothing. */
void rb_asked_add(struct rb_asked *asked, const struct rb_config *config, const uint8_t *client,
		  const struct rb_query *query, unsigned int weight);

struct rb_asked_row {
	uint64_t questions;
	char text[RB_NAME_TEXT_MAX];
};

/*
 * The first of a list, most first; *ret_all: the questions of all. room: of rows. How many there
 * are.
 */
size_t rb_asked_read(struct rb_asked *asked, enum rb_asked_list list, struct rb_asked_row *rows,
		     size_t room, uint64_t *ret_all);

#endif

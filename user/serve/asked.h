/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names that are queried most, their zones, and the clients that query most. These are
 * estimates from a sample of queries (top-sample), whose weight halves every minute.
 *
 * Thread:   any. No thread waits: while another uses the lists, a query is not counted.
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

/* *ret_asked is NULL if the configuration does not ask for it. */
int rb_asked_new(const struct rb_config *config, struct rb_asked **ret_asked);
void rb_asked_free(struct rb_asked *asked);

/* A query that stands for this many. client: 16 bytes, v4-mapped for IPv4. asked NULL: no-op. */
void rb_asked_add(struct rb_asked *asked, const struct rb_config *config, const uint8_t *client,
		  const struct rb_query *query, unsigned int weight);

struct rb_asked_row {
	uint64_t questions;
	char text[RB_NAME_TEXT_MAX];
};

/*
 * The first rows of a list, the most frequent first. room: how many rows fit. *ret_all: all
 * queries. Returns the number of rows.
 */
size_t rb_asked_read(struct rb_asked *asked, enum rb_asked_list list, struct rb_asked_row *rows,
		     size_t room, uint64_t *ret_all);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Zones that are transferred from elsewhere.
 *
 * Thread: any. Lifetime: of the configuration.
 */
#ifndef RB_CONFIG_TRANSFERS_H
#define RB_CONFIG_TRANSFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/name.h"

/* Who may send NOTIFY (RFC 1996): the primaries, and allow-notify:. */
struct rb_notifier {
	uint8_t addr[16]; /* v4-mapped for IPv4 */
	uint8_t prefix;   /* of the 128 bits */
};

struct rb_transfer {
	char *label; /* the zone's name, as written */
	char *path;  /* of the stored copy */
	char **from; /* primaries, then URLs */
	size_t from_count;
	struct rb_notifier *notifiers;
	size_t notifier_count;
	uint8_t name[RB_NAME_MAX]; /* wire form, lower case */
	uint8_t name_len;
	bool is_rpz; /* compiled into local policy; else libunbound's */
};

void rb_transfer_free(struct rb_transfer *transfer);

/* Whether it is from a URL, rather than a primary. */
bool rb_transfer_is_url(const char *from);

bool rb_transfer_may_notify(const struct rb_transfer *transfer, const uint8_t addr[16]);

#endif

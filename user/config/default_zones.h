/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The zones that a resolver answers by itself by default: RFC 6303 (reverse zones of private
 * addresses), RFC 6761 (localhost, test, invalid), RFC 7686 (onion), RFC 8375 (home.arpa), RFC 9462
 * (resolver.arpa), RFC 9665 (service.arpa).
 *
 * Thread: any; pure.
 */
#ifndef RB_CONFIG_DEFAULT_ZONES_H
#define RB_CONFIG_DEFAULT_ZONES_H

#include <stdbool.h>
#include <stdint.h>

#define RB_DEFAULT_TTL_S 10800

struct rb_default_zone {
	const char *name; /* presentation format */
	bool lan;         /* one that unblock-lan-zones leaves out */
};

/* Call visit for each; stop if visit returns non-zero, and return that. */
int rb_default_zones(int (*visit)(const struct rb_default_zone *zone, void *context),
		     void *context);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The upstreams of the configuration: forward-zone, stub-zone, auth-zone, domain-insecure. They are
 * read from libunbound's text.
 *
 * Thread: any; the configuration's.
 */
#ifndef RB_CONTROL_UNBOUND_ZONES_H
#define RB_CONTROL_UNBOUND_ZONES_H

#include <stdbool.h>
#include <stdio.h>

#include "config/config.h"

/* list_forwards, list_stubs, list_auth_zones, list_insecure: a line each. */
void rb_zones_print_forwards(const struct rb_config *config, FILE *out);
void rb_zones_print_stubs(const struct rb_config *config, FILE *out);
struct rb_feed_slot;

/* feeds: see struct rb_control_view. */
void rb_zones_print_auths(const struct rb_config *config, const struct rb_feed_slot *feeds,
			  FILE *out);

/* auth_zone_reload, auth_zone_transfer: whether there is such a zone, and whether it is fetched. */
bool rb_zones_is_auth(const struct rb_config *config, const char *name);
bool rb_zones_transfer(const struct rb_config *config, struct rb_feed_slot *feeds,
		       const char *name);
void rb_zones_print_insecure(const struct rb_config *config, FILE *out);

/* forward, without words: the upstreams of the root. */
void rb_zones_print_root(const struct rb_config *config, FILE *out);

/* lookup: the upstreams of the name. */
void rb_zones_print_lookup(const struct rb_config *config, const char *name, FILE *out);

/*
 * Print the values of a directive of the clause server, a line each; of one that has a single value
 * the last. Returns whether there are any.
 */
bool rb_zones_print_values(const struct rb_config *config, const char *directive, bool is_single,
			   FILE *out);

#endif

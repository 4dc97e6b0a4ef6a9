/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes of who is asked, in the text that libunbound reads: zones of upstreams put in and taken
 * out while the rest of it stays as the file has it.
 *
 * Thread: any; pure functions. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_CONFIG_RESOLVER_EDIT_H
#define RB_CONFIG_RESOLVER_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/name.h"

enum rb_resolver_zone {
	RB_RESOLVER_FORWARD,
	RB_RESOLVER_STUB,
	RB_RESOLVER_INSECURE, /* domain-insecure alone */
};

struct rb_resolver_edit {
	enum rb_resolver_zone zone;
	bool adds;     /* in place of the zone of that name; else it is taken out */
	bool insecure; /* domain-insecure with it */
	bool primes;   /* of a stub: stub-prime */
	uint8_t name[RB_NAME_MAX];
	size_t name_len;
	const char *const *servers; /* addresses or names of hosts, that no quotes need */
	size_t server_count;
};

/* The text with the change; free(). The lines that stay keep their numbers. */
int rb_resolver_edit(const char *text, const struct rb_resolver_edit *edit, char **ret_text);

/* Whether it can stand in the text as a server, and then whether it is an address. */
bool rb_resolver_edit_takes(const char *server, bool *ret_is_address);

/*
 * Whether text is own with nothing but such changes: it comes from who might have been taken over.
 * What files contain, own knows better: text is told.
 */
bool rb_resolver_edit_is_of(char *text, const char *own);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Names with what is said of each: the set under a guard. */
#ifndef RB_STORE_GUARD_SET_H
#define RB_STORE_GUARD_SET_H

#include <stddef.h>
#include <stdint.h>

#include "../kern/abi.h"

/* Of one name. */
enum {
	RB_SAID_LOCAL = 0x1,     /* it and what is below it is answered locally */
	RB_SAID_OPEN = 0x2,      /* neither, whatever is said above */
	RB_SAID_DATA = 0x4,      /* it alone is answered locally */
	RB_SAID_ANCHOR = 0x8,    /* it and what is below it is validated */
	RB_SAID_INSECURE = 0x10, /* is not */
};

struct rb_guard_name {
	uint8_t *name; /* wire form, lower case */
	uint16_t len;
	uint16_t said;
};

struct rb_guard {
	struct rb_guard_name *names; /* hashed; slots without name are free */
	size_t slots;                /* a power of two */
	size_t count;
};

/* Add what is said of a name, in wire form and any case. -ENOMEM. */
int rb_guard_say(struct rb_guard *guard, const uint8_t *name, size_t len, unsigned int said);

/* RB_SAID_* of this very name (lower case), 0: nothing. */
unsigned int rb_guard_said(const struct rb_guard *guard, const uint8_t *name, size_t len);

#endif

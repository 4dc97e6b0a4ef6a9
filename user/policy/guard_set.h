/* SPDX-License-Identifier: BSD-2-Clause */
/* Names with what is said of each: the set under a guard. */
#ifndef RB_POLICY_GUARD_SET_H
#define RB_POLICY_GUARD_SET_H

#include <stddef.h>
#include <stdint.h>

#include "../kern/abi.h"

/* Of one name. */
enum {
	RB_SAID_LOCAL = 0x1,       /* a local-zone that answers for it and what is below it */
	RB_SAID_OPEN = 0x2,        /* a local-zone that answers with local-data alone */
	RB_SAID_DATA = 0x4,        /* it has local-data */
	RB_SAID_ANCHOR = 0x8,      /* it and what is below it is validated */
	RB_SAID_INSECURE = 0x10,   /* is not */
	RB_SAID_TYPES = 0x20,      /* with OPEN: for types that the name has (typetransparent) */
	RB_SAID_PAST = 0x40,       /* with OPEN: not even so (always_transparent) */
	RB_SAID_CNAME = 0x80,      /* with DATA: a CNAME is among it */
	RB_SAID_AUTH = 0x100,      /* an auth-zone */
	RB_SAID_RESOLVED = 0x200,  /* with AUTH: it may not answer, and its names be resolved */
	RB_SAID_NODEFAULT = 0x400, /* no zone of Unbound's own */
};

struct rb_guard_name {
	uint8_t *name; /* wire form, lower case */
	uint16_t len;
	uint16_t type; /* 0: of the name; else of its local-data of this type, host order */
	uint16_t said;
};

struct rb_guard {
	struct rb_guard_name *names; /* hashed; slots without name are free */
	size_t slots;                /* a power of two */
	size_t count;
};

/* Add what is said of a name (of its type), in wire form and any case. -ENOMEM. */
int rb_guard_say(struct rb_guard *guard, const uint8_t *name, size_t len, uint16_t type,
		 unsigned int said);

/* RB_SAID_* of this very name (lower case) and type, 0: nothing. */
unsigned int rb_guard_said(const struct rb_guard *guard, const uint8_t *name, size_t len,
			   uint16_t type);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The names under a guard, with what the configuration says about each. */
#ifndef RB_POLICY_GUARD_SET_H
#define RB_POLICY_GUARD_SET_H

#include <stddef.h>
#include <stdint.h>

#include "../kern/abi.h"
#include "policy/decide.h"
#include "util/blob.h"

/* What is said about one name. */
enum {
	RB_SAID_ANCHOR = 0x1,    /* the name and all names below it are validated */
	RB_SAID_INSECURE = 0x2,  /* is not */
	RB_SAID_AUTH = 0x4,      /* an auth-zone */
	RB_SAID_RESOLVED = 0x8,  /* with AUTH: its names may be resolved instead */
	RB_SAID_UPSTREAM = 0x10, /* a forward-zone or stub-zone */
	RB_SAID_UNCACHED = 0x20, /* with UPSTREAM: its answers are not stored */
};

struct rb_guard_name {
	uint8_t *name; /* wire form, lower case */
	uint16_t len;
	uint16_t type; /* 0: the name itself; else its local-data of this type, host order */
	uint16_t said;
};

struct rb_guard {
	struct rb_guard_name *names; /* hashed; slots without name are free */
	size_t slots;                /* a power of two */
	size_t count;
	unsigned int said; /* RB_SAID_* that some name says */
	struct rb_policy_images images;
	struct rb_policy policy; /* if there are images */
};

/* Keep references to local policy; NULL: none. -EBADMSG. */
int rb_guard_use(struct rb_guard *guard, const struct rb_policy_images *images);

/* Add what is said about a name (and type), in wire format and any case. -ENOMEM. */
int rb_guard_say(struct rb_guard *guard, const uint8_t *name, size_t len, uint16_t type,
		 unsigned int said);

/* RB_SAID_* of exactly this name (lower case) and type; 0: nothing. */
unsigned int rb_guard_said(const struct rb_guard *guard, const uint8_t *name, size_t len,
			   uint16_t type);

#endif

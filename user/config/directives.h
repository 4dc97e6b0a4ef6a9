/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of directives: every attribute of unbound.conf and what runbound does with it.
 *
 * Thread: constant data, any.
 */
#ifndef RB_CONFIG_DIRECTIVES_H
#define RB_CONFIG_DIRECTIVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/values.h"

#define RB_VALUES_MAX 3

struct rb_reader;
struct rb_directive;

/* A value as written in the file. */
struct rb_value {
	char *text;
	char quote; /* '"', '\'' or 0: kept, so that libunbound reads exactly the same bytes */
};

/*
 * The function of a directive with a meaning of its own; its values have been checked. Returns 0,
 * or an error that ends the reading.
 */
typedef int rb_handler(struct rb_reader *reader, const struct rb_directive *directive,
		       const struct rb_value *values);

enum rb_effect {
	RB_EFFECT_NONE,    /* nothing to do and nothing lost: no message */
	RB_EFFECT_IGNORED, /* warn, unless the value is inert */
	RB_EFFECT_REFUSED, /* an error, unless the value is inert */
	RB_EFFECT_HANDLED, /* supported, see the other members */
};

struct rb_directive {
	const char *name;
	enum rb_value_kind kinds[RB_VALUES_MAX];
	uint64_t min, max; /* of a number or size; max 0: only the type's limit */
	enum rb_effect effect;
	const char *inert; /* the value that asks for what happens anyway; NULL: none */
	const char *note;  /* what is lost, or why it is refused */
	size_t offset;     /* of the field in struct rb_config, if width is not 0 */
	size_t width;
	bool passed; /* to libunbound */
	bool newer;  /* passed if libunbound knows it: not every version does */
	bool shared; /* passed, but every resolver process gets its share of the number */
	rb_handler *handle;
};

enum rb_clause_kind {
	RB_CLAUSE_SERVER,
	RB_CLAUSE_FORWARD,
	RB_CLAUSE_STUB,
	RB_CLAUSE_AUTH,
	RB_CLAUSE_VIEW,
	RB_CLAUSE_RPZ,
	RB_CLAUSE_BLOCKLIST,
	RB_CLAUSE_OTHER,
};

struct rb_clause {
	const char *name;
	enum rb_clause_kind kind;
	enum rb_effect effect; /* HANDLED: see its directives; else of the whole clause */
	const char *note;
	const struct rb_directive *directives; /* the last has no name */
};

extern const struct rb_clause rb_clauses[];
extern const size_t rb_clause_count;

/* NULL: no clause with that name. */
const struct rb_clause *rb_clause_find(const char *name);
const struct rb_directive *rb_directive_find(const struct rb_clause *clause, const char *name);

/* The clause that has the directive; NULL: none. */
const struct rb_clause *rb_clause_of(const char *directive);

/* The known name that is most like a mistyped one; clause: the one it is in, NULL: none. */
const char *rb_directive_nearest(const struct rb_clause *clause, const char *name);

#endif

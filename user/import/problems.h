/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What could not be taken from an input: each thing with its line and reason, up to a bound, and
 * all of them counted.
 *
 * Thread: one.
 */
#ifndef RB_IMPORT_PROBLEMS_H
#define RB_IMPORT_PROBLEMS_H

#include <stdio.h>

/* X(identifier, name for programs, text for people) */
#define RB_IMPORT_REASONS(X)                                                                       \
	X(SYNTAX, "syntax", "cannot be read")                                                      \
	X(DIRECTIVE, "directive", "a directive that is not followed")                              \
	X(CLASS, "class", "another class than IN")                                                 \
	X(TYPE, "type", "a type that answers no question")                                         \
	X(NAME, "name", "a name that the kernel's table cannot hold")                              \
	X(NO_TTL, "no_ttl", "no TTL, and none before it")                                          \
	X(ZERO_TTL, "zero_ttl", "a TTL of 0: not to be kept")                                      \
	X(WILDCARD, "wildcard", "a wildcard, which is no name to be asked for")                    \
	X(OUT_OF_ZONE, "out_of_zone", "not in the zone")                                           \
	X(DELEGATION, "delegation", "at or below a delegation: another zone's to answer")          \
	X(DUPLICATE, "duplicate", "the same record again")                                         \
	X(CONFLICT, "conflict", "a CNAME beside other records")                                    \
	X(TOO_LARGE, "too_large", "more than a DNS message can hold")                              \
	X(ORPHAN, "orphan_signature", "a signature without its records")                           \
	X(MISSING, "missing_records", "refers to records that are not there")                      \
	X(BOGUS, "bogus", "failed validation")                                                     \
	X(ERROR, "error_answer", "an error, which is not worth keeping")                           \
	X(LOCAL, "local_data", "local data, which the configuration makes")                        \
	X(EXPIRED, "expired", "has expired")                                                       \
	X(UNRESOLVED, "unresolved", "was not resolved")

enum rb_import_reason {
#define X(id, name, text) RB_IMPORT_##id,
	RB_IMPORT_REASONS(X)
#undef X
		RB_IMPORT_REASON_COUNT,
};

struct rb_import_problem {
	unsigned long line;
	enum rb_import_reason reason;
	char *detail; /* may be NULL */
};

struct rb_import_problems {
	const char *source; /* what the input is called */
	unsigned long counts[RB_IMPORT_REASON_COUNT];
	unsigned long total;
	struct rb_import_problem *list;
	size_t listed;
};

/* detail NULL: the reason says it all. Where memory is short it is only counted. */
__attribute__((format(printf, 4, 5))) void rb_import_problem(struct rb_import_problems *problems,
							     unsigned long line,
							     enum rb_import_reason reason,
							     const char *detail, ...);

/* Those with lines, "FILE:LINE: reason: detail", and how many more there were. */
void rb_import_problems_print(const struct rb_import_problems *problems, FILE *out);

void rb_import_problems_free(struct rb_import_problems *problems);

const char *rb_import_reason_name(enum rb_import_reason reason);
const char *rb_import_reason_text(enum rb_import_reason reason);

#endif

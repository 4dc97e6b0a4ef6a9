/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds directives by name, or the one that a mistyped name is nearest to. */
#include "config/directives.h"

#include <string.h>

#define NAME_BYTES_MAX 48

const struct rb_clause *rb_clause_find(const char *name)
{
	size_t i;

	for (i = 0; i < rb_clause_count; i++)
		if (!strcmp(rb_clauses[i].name, name))
			return &rb_clauses[i];
	return NULL;
}

const struct rb_directive *rb_directive_find(const struct rb_clause *clause, const char *name)
{
	const struct rb_directive *directive;

	for (directive = clause->directives; directive->name; directive++)
		if (!strcmp(directive->name, name))
			return directive;
	return NULL;
}

const struct rb_clause *rb_clause_of(const char *directive)
{
	size_t i;

	for (i = 0; i < rb_clause_count; i++)
		if (rb_directive_find(&rb_clauses[i], directive))
			return &rb_clauses[i];
	return NULL;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Insertions, deletions and changed letters from one name to the other (Levenshtein). */
static size_t distance(const char *from, const char *to)
{
	size_t row[NAME_BYTES_MAX + 1], from_length = strlen(from), to_length = strlen(to), i, k;

	if (from_length > NAME_BYTES_MAX || to_length > NAME_BYTES_MAX)
		return SIZE_MAX;
	for (k = 0; k <= to_length; k++)
		row[k] = k;
	for (i = 1; i <= from_length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (k = 1; k <= to_length; k++) {
			size_t changed = diagonal + (from[i - 1] != to[k - 1]);

			diagonal = row[k];
			row[k] = least(changed, 1 + least(row[k], row[k - 1]));
		}
	}
	return row[to_length];
}

static void consider(const char *name, const char *candidate, size_t *best, const char **ret)
{
	size_t far = distance(name, candidate);

	if (far < *best) {
		*best = far;
		*ret = candidate;
	}
}

static void consider_all(const char *name, const struct rb_clause *clause, size_t *best,
			 const char **ret)
{
	const struct rb_directive *directive;

	for (directive = clause->directives; directive->name; directive++)
		consider(name, directive->name, best, ret);
}

const char *rb_directive_nearest(const struct rb_clause *clause, const char *name)
{
	/* Further away than a third of its letters nobody recognises a name. */
	size_t best = 2 + strlen(name) / 3, i;
	const char *nearest = NULL;

	if (clause)
		consider_all(name, clause, &best, &nearest);
	for (i = 0; i < rb_clause_count; i++)
		consider(name, rb_clauses[i].name, &best, &nearest);
	for (i = 0; i < rb_clause_count; i++)
		consider_all(name, &rb_clauses[i], &best, &nearest);
	return nearest;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Which lines of a log are kept back. */
#include "util/repeats.h"

#include <stdio.h>

#include "util/clock.h"

#define WINDOW_NS (RB_REPEATS_WINDOW_S * RB_NS_PER_S)

/* FNV-1a. */
static uint64_t hash_of(const char *line)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (; *line; line++)
		hash = (hash ^ (unsigned char)*line) * 0x100000001b3ULL;
	return hash;
}

static bool is_over(const struct rb_repeats_kind *kind, uint64_t now_ns)
{
	return now_ns - kind->since_ns >= WINDOW_NS;
}

/* That of the line, else one that is free or has nothing to tell any more. NULL: none. */
static struct rb_repeats_kind *kind_find(struct rb_repeats *repeats, uint64_t hash, uint64_t now_ns)
{
	struct rb_repeats_kind *unused = NULL;

	for (int i = 0; i < RB_REPEATS_KINDS; i++) {
		struct rb_repeats_kind *kind = &repeats->kinds[i];

		if (kind->count && kind->hash == hash)
			return kind;
		if (!kind->count || (kind->count <= RB_REPEATS_PRINTED && is_over(kind, now_ns)))
			unused = kind;
	}
	if (unused)
		*unused = (struct rb_repeats_kind){.hash = hash, .since_ns = now_ns};
	return unused;
}

bool rb_repeats_admit(struct rb_repeats *repeats, int level, const char *line, uint64_t now_ns)
{
	struct rb_repeats_kind *kind = kind_find(repeats, hash_of(line), now_ns);

	/* So many kinds at a time are no repetition. */
	if (!kind)
		return true;
	if (kind->count <= RB_REPEATS_PRINTED && is_over(kind, now_ns)) {
		kind->since_ns = now_ns;
		kind->count = 0;
	}
	if (++kind->count <= RB_REPEATS_PRINTED)
		return true;
	kind->level = level;
	snprintf(kind->line, sizeof(kind->line), "%s", line);
	return false;
}

bool rb_repeats_told(struct rb_repeats *repeats, uint64_t now_ns, uint64_t *ret_kept,
		     struct rb_repeats_kind *ret_kind)
{
	for (int i = 0; i < RB_REPEATS_KINDS; i++) {
		struct rb_repeats_kind *kind = &repeats->kinds[i];

		if (kind->count <= RB_REPEATS_PRINTED || !is_over(kind, now_ns))
			continue;
		*ret_kept = kind->count - RB_REPEATS_PRINTED;
		*ret_kind = *kind;
		kind->count = 0;
		return true;
	}
	return false;
}

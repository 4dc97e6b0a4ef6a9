/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines of a zone file (RFC 1035 5.1) without a look at data: where a record goes on, and whether
 * it is of the zone at all. What is above the zone's apex or beside it is not (RFC 1035 5.2), and
 * libunbound 1.17 seeks the proof that a name is not there in records above, without end.
 *
 * Thread: any; no memory of its own.
 */
#ifndef RB_CONFIG_ZONE_LINES_H
#define RB_CONFIG_ZONE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../kern/wire.h"

/*
 * How many parentheses are open behind the line, of which so many were open before. A string ends
 * with its line.
 */
unsigned int rb_zone_line_depth(const char *line, unsigned int depth);

struct rb_zone_lines {
	uint8_t zone[RB_NAME_MAX];
	size_t zone_len; /* 0: the zone's name is none, so nothing is outside of it */
	uint8_t origin[RB_NAME_MAX];
	unsigned int depth;
	bool outside; /* the record that the last line was of */
};

void rb_zone_lines_begin(struct rb_zone_lines *lines, const char *zone);

/*
 * Of each line in turn, those of included files in their place, whether it may stay: as for
 * libunbound, $ORIGIN and the last owner remain in force behind an included file. What cannot be
 * read stays.
 */
bool rb_zone_lines_keep(struct rb_zone_lines *lines, const char *line);

#endif

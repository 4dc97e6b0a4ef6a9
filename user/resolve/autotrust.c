/* SPDX-License-Identifier: BSD-2-Clause */
/* Which keys of a file of trust anchors are trusted. */
#include "resolve/autotrust.h"

#include <stdbool.h>
#include <string.h>

/* RFC 5011 4.2, as the files number them. */
enum state {
	STATE_VALID = 2,
	STATE_MISSING = 3,
};

static bool is_trusted(const char *line, size_t len)
{
	static const char mark[] = ";;state=";
	const char *state = memmem(line, len, mark, strlen(mark));

	if (!state || state + strlen(mark) == line + len)
		return true;
	state += strlen(mark);
	return *state == '0' + STATE_VALID || *state == '0' + STATE_MISSING;
}

size_t rb_autotrust_keep(char *bytes, size_t len)
{
	static const char revoked[] = ";;REVOKED";
	size_t kept = 0;

	/* Of the whole trust point: all its keys. */
	if (memmem(bytes, len, revoked, strlen(revoked)))
		return 0;
	for (size_t at = 0; at < len;) {
		const char *end = memchr(bytes + at, '\n', len - at);
		size_t line_len = end ? (size_t)(end - bytes) + 1 - at : len - at;

		if (is_trusted(bytes + at, line_len)) {
			memmove(bytes + kept, bytes + at, line_len);
			kept += line_len;
		}
		at += line_len;
	}
	return kept;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* A text in memory that is written through a stdio stream. */
#include "util/text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

#define ROOM_MIN 256

struct rb_text {
	FILE *stream;
	char *bytes; /* with a NUL behind len of them */
	size_t len, room;
	bool failed;
};

static bool room_make(struct rb_text *text, size_t more)
{
	size_t room = text->room ? text->room : ROOM_MIN;
	char *grown;

	while (room - text->len <= more)
		if (__builtin_mul_overflow(room, 2, &room))
			return false;
	if (room == text->room)
		return true;
	grown = realloc(text->bytes, room);
	if (!grown)
		return false;
	text->bytes = grown;
	text->room = room;
	return true;
}

/* 0 is an error for the stream. */
static ssize_t bytes_add(void *cookie, const char *bytes, size_t len)
{
	struct rb_text *text = cookie;

	if (text->failed || !room_make(text, len)) {
		text->failed = true;
		errno = ENOMEM;
		return 0;
	}
	memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
	text->bytes[text->len] = '\0';
	return (ssize_t)len;
}

/* Of where the next byte goes, for ftell(); there is no other place. */
static int position_tell(void *cookie, off64_t *position, int whence)
{
	const struct rb_text *text = cookie;

	if (*position || whence != SEEK_CUR) {
		errno = ESPIPE;
		return -1;
	}
	*position = (off64_t)text->len;
	return 0;
}

void rb_text_freep(struct rb_text **text)
{
	if (!*text)
		return;
	if ((*text)->stream)
		fclose((*text)->stream);
	free((*text)->bytes);
	free(*text);
	*text = NULL;
}

int rb_text_open(struct rb_text **ret_text, FILE **ret_stream)
{
	const cookie_io_functions_t functions = {.write = bytes_add, .seek = position_tell};
	_cleanup_(rb_text_freep) struct rb_text *text = calloc(1, sizeof(*text));

	if (!text)
		return -ENOMEM;
	text->stream = fopencookie(text, "w", functions);
	/* Room for the NUL at the least, so that an empty text is one, too. */
	if (!text->stream || bytes_add(text, "", 0) || text->failed)
		return -ENOMEM;
	*ret_stream = text->stream;
	*ret_text = TAKE_PTR(text);
	return 0;
}

int rb_text_close(struct rb_text *text, char **ret_bytes, size_t *ret_len)
{
	_cleanup_(rb_text_freep) struct rb_text *closing = text;
	bool failed = ferror(text->stream);

	failed |= fclose(text->stream) != 0;
	text->stream = NULL;
	if (failed || text->failed)
		return -ENOMEM;
	*ret_len = text->len;
	*ret_bytes = TAKE_PTR(closing->bytes);
	return 0;
}

char *rb_text_peek(struct rb_text *text)
{
	fflush(text->stream);
	return text->bytes;
}

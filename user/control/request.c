/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads HTTP requests. */
#include "control/request.h"

#include <string.h>
#include <strings.h>

/* A piece of the request line. */
struct word {
	const char *start;
	size_t len;
};

static bool is_word(struct word word, const char *text)
{
	return word.len == strlen(text) && !memcmp(word.start, text, word.len);
}

static bool begins_with(struct word word, const char *text)
{
	return word.len >= strlen(text) && !memcmp(word.start, text, strlen(text));
}

/* Whether there is an empty line: it ends the head. Lines may end without a carriage return. */
static bool is_complete(const char *bytes, size_t len)
{
	size_t line = 0; /* bytes of the line so far */

	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != '\n')
			line += bytes[i] != '\r';
		else if (!line)
			return true;
		else
			line = 0;
	}
	return false;
}

/* The next word of a line; single blanks separate words. */
static struct word word_next(struct word *rest)
{
	const char *blank = memchr(rest->start, ' ', rest->len);
	struct word word = {rest->start, blank ? (size_t)(blank - rest->start) : rest->len};
	size_t used = word.len + (blank ? 1 : 0);

	rest->start += used;
	rest->len -= used;
	return word;
}

/* The path of a target in origin or absolute form (RFC 9112 3.2), without a query. */
static struct word path_of(struct word target)
{
	static const char scheme[] = "http://";
	const char *end;

	if (begins_with(target, scheme)) {
		const char *host = target.start + strlen(scheme);
		const char *slash = memchr(host, '/', target.len - strlen(scheme));

		if (!slash)
			return (struct word){"/", 1};
		target.len -= (size_t)(slash - target.start);
		target.start = slash;
	}
	end = memchr(target.start, '?', target.len);
	if (end)
		target.len = (size_t)(end - target.start);
	return target;
}

static enum rb_request_status line_read(struct word line, struct word *ret_path,
					bool *ret_head_alone)
{
	struct word method = word_next(&line), target = word_next(&line);

	*ret_head_alone = is_word(method, "HEAD");
	if (!method.len || !target.len || line.len != strlen("HTTP/1.1") ||
	    !begins_with(line, "HTTP/"))
		return RB_REQUEST_BAD;
	if (!begins_with(line, "HTTP/1."))
		return RB_REQUEST_VERSION;
	if (!*ret_head_alone && !is_word(method, "GET"))
		return RB_REQUEST_METHOD;
	*ret_path = path_of(target);
	return RB_REQUEST_OK;
}

/* The next line of lines, without its end; false: there is none. */
static bool line_next(struct word *lines, struct word *ret_line)
{
	const char *end = memchr(lines->start, '\n', lines->len);
	size_t len = end ? (size_t)(end - lines->start) : 0;

	if (!end)
		return false;
	*ret_line = (struct word){lines->start, len && end[-1] == '\r' ? len - 1 : len};
	lines->start += len + 1;
	lines->len -= len + 1;
	return true;
}

/* The token of the first field line that has one. */
static struct word token_of(struct word lines)
{
	static const char field[] = "authorization:", scheme[] = "bearer ";
	size_t field_len = sizeof(field) - 1, scheme_len = sizeof(scheme) - 1;
	struct word line;

	while (line_next(&lines, &line) && line.len) {
		if (line.len < field_len || strncasecmp(line.start, field, field_len) != 0)
			continue;
		line.start += field_len;
		line.len -= field_len;
		while (line.len && (*line.start == ' ' || *line.start == '\t')) {
			line.start++;
			line.len--;
		}
		if (line.len > scheme_len && !strncasecmp(line.start, scheme, scheme_len))
			return (struct word){line.start + scheme_len, line.len - scheme_len};
	}
	return (struct word){NULL, 0};
}

struct rb_request rb_request_read(const char *bytes, size_t len)
{
	struct rb_request request = {.status = RB_REQUEST_MORE};
	struct word lines, line, path, token;

	/* RFC 9112 2.2: an empty line in front is to be ignored. */
	while (len && (*bytes == '\r' || *bytes == '\n')) {
		bytes++;
		len--;
	}
	lines = (struct word){bytes, len};
	if (!is_complete(bytes, len) || !line_next(&lines, &line)) {
		if (len >= RB_REQUEST_BYTES)
			request.status = RB_REQUEST_LARGE;
		return request;
	}
	request.status = line_read(line, &path, &request.head_alone);
	if (request.status != RB_REQUEST_OK)
		return request;
	token = token_of(lines);
	request.path = path.start;
	request.path_len = path.len;
	request.token = token.start;
	request.token_len = token.len;
	return request;
}

const char *rb_request_reason(enum rb_request_status status)
{
	switch (status) {
	case RB_REQUEST_OK:
		return "OK";
	case RB_REQUEST_UNAUTHORIZED:
		return "Unauthorized";
	case RB_REQUEST_NOT_FOUND:
		return "Not Found";
	case RB_REQUEST_METHOD:
		return "Method Not Allowed";
	case RB_REQUEST_LARGE:
		return "Request Header Fields Too Large";
	case RB_REQUEST_VERSION:
		return "HTTP Version Not Supported";
	case RB_REQUEST_MORE:
	case RB_REQUEST_BAD:
		break;
	}
	return "Bad Request";
}

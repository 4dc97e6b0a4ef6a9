/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of an HTTP request (RFC 9112), as far as a server with a few documents needs it.
 *
 * Thread: any; pure functions over bytes that may be anything.
 */
#ifndef RB_CONTROL_REQUEST_H
#define RB_CONTROL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#define RB_REQUEST_BYTES 8192 /* of a head, all lines with their ends */

enum rb_request_status {
	RB_REQUEST_MORE, /* the head is not complete */
	RB_REQUEST_OK = 200,
	RB_REQUEST_BAD = 400,
	RB_REQUEST_UNAUTHORIZED = 401,
	RB_REQUEST_NOT_FOUND = 404,
	RB_REQUEST_METHOD = 405,
	RB_REQUEST_LARGE = 431,
	RB_REQUEST_VERSION = 505,
};

struct rb_request {
	enum rb_request_status status;
	bool head_alone; /* HEAD: no body is to be sent */
	/* Of the bytes that were read: */
	const char *path; /* with RB_REQUEST_OK; the caller looks it up */
	size_t path_len;
	const char *token; /* of Authorization: Bearer (RFC 6750 2.1); NULL: none */
	size_t token_len;
};

/* Read what has come so far, at most RB_REQUEST_BYTES of it. */
struct rb_request rb_request_read(const char *bytes, size_t len);

const char *rb_request_reason(enum rb_request_status status);

#endif

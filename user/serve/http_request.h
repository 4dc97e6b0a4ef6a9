/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Check what an HTTP request asks for (RFC 8484 4.1): method, path and content type.
 *
 * Thread: any; pure functions. Nothing is kept.
 */
#ifndef RB_SERVE_HTTP_REQUEST_H
#define RB_SERVE_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rb_http_method {
	RB_HTTP_GET,
	RB_HTTP_POST,
	RB_HTTP_OTHER,   /* known to HTTP, but not supported here */
	RB_HTTP_UNKNOWN, /* unknown */
};

enum rb_http_status {
	RB_HTTP_OK = 200,
	RB_HTTP_BAD_REQUEST = 400,
	RB_HTTP_NOT_FOUND = 404,
	RB_HTTP_METHOD_NOT_ALLOWED = 405,
	RB_HTTP_CONTENT_TOO_LARGE = 413,
	RB_HTTP_URI_TOO_LONG = 414,
	RB_HTTP_UNSUPPORTED_MEDIA_TYPE = 415,
	RB_HTTP_NOT_IMPLEMENTED = 501,
};

enum rb_http_method rb_http_method_of(const uint8_t *name, size_t len);

/* Whether the value of content-type: is that of a DNS message. */
bool rb_http_is_dns_message(const uint8_t *value, size_t len);

/* Whether the path, before any question mark, is http-endpoint. */
bool rb_http_is_endpoint(const char *path, size_t len, const char *endpoint);

/*
 * Decode the parameter dns of a GET request's path. out has room for as many bytes as path has.
 * RB_HTTP_OK: *ret_len bytes.
 */
enum rb_http_status rb_http_path_decode(const char *path, size_t len, uint8_t *out,
					size_t *ret_len);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Write the HTTP response to a request: the document, or why there is none. */
#include "control/http_reply.h"

#include <errno.h>
#include <event2/buffer.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "control/documents.h"
#include "util/cleanup.h"
#include "util/text.h"

/* NULL: no memory. */
static char *text_make(const struct rb_control_view *view, const struct rb_document *document,
		       size_t *ret_len)
{
	struct rb_text *memory;
	char *text = NULL;
	FILE *out;

	if (rb_text_open(&memory, &out))
		return NULL;
	document->print(view, out);
	(void)rb_text_close(memory, &text, ret_len);
	return text;
}

/* document NULL: an error. */
static void head_put(struct evbuffer *output, enum rb_request_status status,
		     const struct rb_document *document, size_t body_bytes)
{
	evbuffer_add_printf(output,
			    "HTTP/1.1 %d %s\r\n"
			    "Content-Type: %s\r\n"
			    "Content-Length: %zu\r\n"
			    "Cache-Control: no-store\r\n"
			    "X-Content-Type-Options: nosniff\r\n"
			    "%s%s%s"
			    "Connection: close\r\n"
			    "\r\n",
			    (int)status, rb_request_reason(status),
			    document ? document->type : "text/plain", body_bytes,
			    status == RB_REQUEST_METHOD ? "Allow: GET, HEAD\r\n" : "",
			    status == RB_REQUEST_UNAUTHORIZED ? "WWW-Authenticate: Bearer\r\n" : "",
			    document && document->headers ? document->headers() : "");
}

/* Compare in a time that does not tell how much of the token is right. */
static bool is_token(const char *token, const struct rb_request *request)
{
	return request->token && request->token_len == strlen(token) &&
	       !CRYPTO_memcmp(request->token, token, request->token_len);
}

/* The requested document; NULL: there is none, and *status says why. */
static const struct rb_document *document_find(const char *token, const struct rb_request *request,
					       enum rb_request_status *status)
{
	const struct rb_document *document;

	if (*status != RB_REQUEST_OK)
		return NULL;
	document = rb_document_find(request->path, request->path_len);
	if (!document)
		*status = RB_REQUEST_NOT_FOUND;
	else if (document->is_private && token && !is_token(token, request))
		*status = RB_REQUEST_UNAUTHORIZED;
	return *status == RB_REQUEST_OK ? document : NULL;
}

int rb_http_reply(const struct rb_control_view *view, const char *token,
		  const struct rb_request *request, struct evbuffer *output)
{
	enum rb_request_status status = request->status;
	const struct rb_document *document = document_find(token, request, &status);
	_cleanup_free_ char *text = NULL;
	size_t len = 0;

	if (document) {
		text = text_make(view, document, &len);
		if (!text)
			return -ENOMEM;
	}
	head_put(output, status, document, len);
	return len && !request->head_alone && evbuffer_add(output, text, len) ? -ENOMEM : 0;
}

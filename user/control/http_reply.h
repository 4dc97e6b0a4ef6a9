/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HTTP response to one request, apart from the connection.
 *
 * Thread: any; the documents say what they read.
 */
#ifndef RB_CONTROL_HTTP_REPLY_H
#define RB_CONTROL_HTTP_REPLY_H

#include "control/request.h"
#include "control/view.h"

struct evbuffer;

/* token: required for private documents; NULL: none. -ENOMEM: output is then unusable. */
int rb_http_reply(const struct rb_control_view *view, const char *token,
		  const struct rb_request *request, struct evbuffer *output);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Serve metrics and a page by HTTP (see documents.h), in a separate thread, so that a slow client
 * delays nobody.
 *
 * Thread: started and stopped by main. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_CONTROL_HTTP_H
#define RB_CONTROL_HTTP_H

#include "control/view.h"

#define RB_METRICS_PORT 9167

struct rb_http;
struct rb_inherited;

/* interface: IP or IP@PORT. inherited NULL: the socket is opened in any case. */
int rb_http_listen(const char *interface, struct rb_inherited *inherited, int *ret_fd);

/* fd: listening; it is duplicated. token: metrics-token, which is copied; NULL, "": none. */
int rb_http_start(int fd, const char *token, const struct rb_control_view *view,
		  struct rb_http **ret_http);

/* NULL is allowed. */
void rb_http_stop(struct rb_http *http);

#endif

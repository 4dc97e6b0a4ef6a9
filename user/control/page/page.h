/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page for people: page.html with page.css and page.js in it, so that it loads nothing else
 * except /status.json.
 *
 * Thread: any.
 */
#ifndef RB_CONTROL_PAGE_PAGE_H
#define RB_CONTROL_PAGE_PAGE_H

#include <stdio.h>

struct rb_control_view;

void rb_page_print(const struct rb_control_view *view, FILE *out);

/* Its Content-Security-Policy: its own style and script, by their hashes, and requests to us. */
const char *rb_page_headers(void);

#endif

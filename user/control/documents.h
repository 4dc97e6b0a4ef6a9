/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The documents served by HTTP: /metrics for Prometheus, /status.json for programs, and / for
 * people.
 *
 * Thread: any.
 */
#ifndef RB_CONTROL_DOCUMENTS_H
#define RB_CONTROL_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "control/view.h"

struct rb_document {
	const char *path, *type;
	bool is_private; /* requires metrics-token, if that is set */
	void (*print)(const struct rb_control_view *view, FILE *out);
	const char *(*headers)(void); /* additional headers, as lines; NULL: none */
};

/* NULL: no such document. */
const struct rb_document *rb_document_find(const char *path, size_t len);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What there is to be had by HTTP: /metrics for Prometheus, /status.json for programs, and / for
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
	bool is_private; /* metrics-token is wanted for it, where there is one */
	void (*print)(const struct rb_control_view *view, FILE *out);
	const char *(*headers)(void); /* more of them, as lines; NULL: none */
};

/* NULL: there is none. */
const struct rb_document *rb_document_find(const char *path, size_t len);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of documents. */
#include "control/documents.h"

#include <string.h>

#include "control/metrics.h"
#include "control/page/page.h"
#include "control/status_json.h"
#include "util/cleanup.h"

static const struct rb_document documents[] = {
	{"/metrics", RB_METRICS_TYPE, true, rb_metrics_print, NULL},
	{"/status.json", "application/json", true, rb_status_json_print, NULL},
	/* Not private: it contains no data, and requests the document before it. */
	{"/", "text/html; charset=utf-8", false, rb_page_print, rb_page_headers},
};

const struct rb_document *rb_document_find(const char *path, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(documents); i++)
		if (strlen(documents[i].path) == len && !memcmp(documents[i].path, path, len))
			return &documents[i];
	return NULL;
}

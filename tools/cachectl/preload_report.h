/* SPDX-License-Identifier: BSD-2-Clause */
/* What `preload` has done, in words or as JSON: the summary, and the exit code that it means. */
#ifndef CACHECTL_PRELOAD_REPORT_H
#define CACHECTL_PRELOAD_REPORT_H

#include "cachectl.h"
#include "import/input.h"
#include "resolve.h"

/* answer: the daemon's, cut into lines here. */
enum cachectl_exit preload_report_answers(const struct cachectl *ctl, enum rb_import_format format,
					  const struct rb_import_problems *problems, uint64_t sent,
					  char *answer);

/* Nothing was sent: --strict, or --check, which found so many answers. */
enum cachectl_exit preload_report_strict(const struct cachectl *ctl, enum rb_import_format format,
					 const struct rb_import_problems *problems);
enum cachectl_exit preload_report_check(const struct cachectl *ctl, enum rb_import_format format,
					const struct rb_import_problems *problems,
					uint64_t answers);

enum cachectl_exit preload_report_names(const struct cachectl *ctl,
					const struct rb_import_problems *problems,
					const struct resolve_result *result);

#endif

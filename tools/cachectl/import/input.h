/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An input of any of the forms that hold answers, from its text to the sink.
 *
 * Thread: one. Errors: 0 or -errno; ret_ arguments untouched on failure. Never prints.
 */
#ifndef IMPORT_INPUT_H
#define IMPORT_INPUT_H

#include "compose.h"
#include "problems.h"
#include "text.h"

/* The names are those of --format. */
enum import_format {
	IMPORT_ZONE,       /* zone */
	IMPORT_DUMP_CACHE, /* dump_cache: unbound-control's */
	IMPORT_DUMP,       /* dump: our own */
	IMPORT_NAMES,      /* names: no answers; see names.h */
	IMPORT_FORMATS,
};

const char *import_format_name(enum import_format format);

/* -EINVAL. */
int import_format_parse(const char *name, enum import_format *ret_format);

/* By its first lines. The text stands at its beginning afterwards. */
enum import_format import_format_guess(struct import_text *text);

struct import_input;

/* Read text, which must outlive the input. origin may be NULL. -EINVAL: it is no name. */
int import_input_open(enum import_format format, const char *origin, struct import_text *text,
		      struct import_problems *problems, struct import_input **ret_input);
void import_input_close(struct import_input *input);
void import_input_closep(struct import_input **input);

/* Roughly how many answers it holds; 0: nobody knows. */
size_t import_input_count(const struct import_input *input);

/* Of the configuration that made the answers, see rb_store_begin(); 0: of none. */
uint32_t import_input_fingerprint(const struct import_input *input);

/* All answers to the sink. May be called again. now_ns: when the TTLs are those of the text. */
int import_input_put(struct import_input *input, uint64_t now_ns, struct import_problems *problems,
		     const struct import_sink *sink);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An input of any of the forms that hold answers, from its text to the sink.
 *
 * Thread: one. Errors: 0 or -errno; ret_ arguments untouched on failure. Never prints.
 */
#ifndef RB_IMPORT_INPUT_H
#define RB_IMPORT_INPUT_H

#include "import/compose.h"
#include "import/problems.h"
#include "import/text.h"

/* The names are those of --format. */
enum rb_import_format {
	RB_IMPORT_ZONE,       /* zone */
	RB_IMPORT_DUMP_CACHE, /* dump_cache: unbound-control's */
	RB_IMPORT_DUMP,       /* dump: our own */
	RB_IMPORT_NAMES,      /* names: no answers; see names.h */
	RB_IMPORT_FORMATS,
};

const char *rb_import_format_name(enum rb_import_format format);

/* -EINVAL. */
int rb_import_format_parse(const char *name, enum rb_import_format *ret_format);

/* By its first lines. The text stands at its beginning afterwards. */
enum rb_import_format rb_import_format_guess(struct rb_import_text *text);

struct rb_import_input;

/* Read text, which must outlive the input. origin may be NULL. -EINVAL: it is no name. */
int rb_import_input_open(enum rb_import_format format, const char *origin,
			 struct rb_import_text *text, struct rb_import_problems *problems,
			 struct rb_import_input **ret_input);
void rb_import_input_close(struct rb_import_input *input);
void rb_import_input_closep(struct rb_import_input **input);

/* Roughly how many answers it holds; 0: nobody knows. */
size_t rb_import_input_count(const struct rb_import_input *input);

/* Of the configuration that made the answers, see rb_store_begin(); 0: of none. */
uint32_t rb_import_input_fingerprint(const struct rb_import_input *input);

/* All answers to the sink. May be called again. now_ns: when the TTLs are those of the text. */
int rb_import_input_put(struct rb_import_input *input, uint64_t now_ns,
			struct rb_import_problems *problems, const struct rb_import_sink *sink);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzing: any bytes as a zone file, a dump of Unbound's or our own; what ldns reads is left out.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "import/input.h"
#include "import/rdata.h"
#include "dns/name.h"
#include "util/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* Other people's parser has its own fuzzing; slow work would only hide our faults. */
int rb_import_rdata_by_ldns(uint16_t type, const struct rb_import_word *words, size_t count,
			    const struct rb_import_name *origin, uint8_t *out, uint16_t *ret_len,
			    const char **ret_problem)
{
	(void)type;
	(void)origin;
	if (!count || !words[0].len || words[0].len > RB_IMPORT_RDATA_MAX) {
		*ret_problem = "nothing";
		return -EINVAL;
	}
	memcpy(out, words[0].text, words[0].len);
	*ret_len = (uint16_t)words[0].len;
	return 0;
}

static int put(const struct rb_store_record *record, void *context)
{
	const struct rb_answer *answer = record->answer;
	size_t i;

	(void)context;
	check(rb_name_len(record->qname, record->qname_len) == record->qname_len);
	check(answer->ttl_s);
	check(answer->traits & RB_SERVES_MASK);
	for (i = 0; i < answer->ttl_count; i++)
		check(answer->ttl_offsets[i] + 4 <= answer->body_len);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct rb_import_sink sink = {put, NULL};
	struct rb_import_problems problems = {.source = "fuzz"};
	enum rb_import_format format;
	struct rb_import_input *input;
	struct rb_import_text text;

	if (rb_import_text_copy(data, len, &text))
		return 0;
	format = rb_import_format_guess(&text);
	if (format == RB_IMPORT_NAMES)
		format = RB_IMPORT_ZONE;
	if (!rb_import_input_open(format, NULL, &text, &problems, &input)) {
		rb_import_input_put(input, 1000 * RB_NS_PER_S, &problems, &sink);
		rb_import_input_close(input);
	}
	check(problems.listed <= problems.total);
	rb_import_problems_free(&problems);
	rb_import_text_free(&text);
	return 0;
}

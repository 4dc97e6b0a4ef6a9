/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzing: any bytes as a zone file, a dump of Unbound's or our own; what ldns reads is left out.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../tools/cachectl/import/input.h"
#include "../tools/cachectl/import/rdata.h"
#include "dns/name.h"
#include "util/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* Other people's parser has its own fuzzing; slow work would only hide our faults. */
int import_rdata_by_ldns(uint16_t type, const struct import_word *words, size_t count,
			 const struct import_name *origin, uint8_t *out, uint16_t *ret_len,
			 const char **ret_problem)
{
	(void)type;
	(void)origin;
	if (!count || !words[0].len || words[0].len > IMPORT_RDATA_MAX) {
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
	const struct import_sink sink = {put, NULL};
	struct import_problems problems = {.source = "fuzz"};
	enum import_format format;
	struct import_input *input;
	struct import_text text;

	if (import_text_copy(data, len, &text))
		return 0;
	format = import_format_guess(&text);
	if (format == IMPORT_NAMES)
		format = IMPORT_ZONE;
	if (!import_input_open(format, NULL, &text, &problems, &input)) {
		import_input_put(input, 1000 * RB_NS_PER_S, &problems, &sink);
		import_input_close(input);
	}
	check(problems.listed <= problems.total);
	import_problems_free(&problems);
	import_text_free(&text);
	return 0;
}

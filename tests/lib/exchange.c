/* SPDX-License-Identifier: BSD-2-Clause */
/* A question to the XDP program and what becomes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/bpf.h>
#include <string.h>

#include "lib/exchange.h"

#define LATE_S 20 /* so much later a slow guest may ask for what was stored */

ldns_pkt *exchange(struct program *program, const struct ask *ask, enum rb_result expected)
{
	struct frame query, reply;
	enum rb_result result;
	int action;

	frame_query(ask, &query);
	action = program_run(program, &query, &reply, &result);
	/* A miss whose tag another name's record has by chance is one all the same. */
	if (expected == RB_MISS && result == RB_COLLISION)
		result = RB_MISS;
	if (result != expected)
		fail_msg("%s: %s instead of %s", ask->name, result_name(result),
			 result_name(expected));
	if (rb_result_group(expected) != RB_GROUP_REPLY) {
		assert_int_equal(action,
				 rb_result_group(expected) == RB_GROUP_DROP ? XDP_DROP : XDP_PASS);
		assert_int_equal(reply.len, query.len);
		assert_memory_equal(reply.bytes, query.bytes, query.len);
		return NULL;
	}
	assert_int_equal(action, XDP_TX);
	return frame_decode_reply(&query, &reply, ask);
}

void exchange_assert_section(const ldns_rr_list *section, const char *lines, uint32_t ttl_s)
{
	char *copy = strdup(lines), *save = NULL;
	size_t i = 0;

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		ldns_rr *rr = NULL;
		uint32_t most;

		assert_int_equal(ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL), LDNS_STATUS_OK);
		assert_true(i < ldns_rr_list_rr_count(section));
		assert_int_equal(ldns_rr_compare(ldns_rr_list_rr(section, i), rr), 0);
		most = ttl_s ? ttl_s : ldns_rr_ttl(rr);
		assert_in_range(ldns_rr_ttl(ldns_rr_list_rr(section, i)),
				most > LATE_S ? most - LATE_S : 0, most);
		ldns_rr_free(rr);
		i++;
	}
	assert_int_equal(ldns_rr_list_rr_count(section), i);
	free(copy);
}

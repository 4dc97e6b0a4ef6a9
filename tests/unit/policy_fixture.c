/* SPDX-License-Identifier: BSD-2-Clause */
/* Cases of local policy. */
#include "policy_fixture.h"

#include "config_fixture.h"

#include <arpa/inet.h>

#include "dns/name.h"
#include "policy/acl.h"
#include "policy/chain.h"
#include "util/blob.h"

static void put(char *out, const char *format, ...)
{
	va_list args;
	size_t len = strlen(out);

	va_start(args, format);
	vsnprintf(out + len, VERDICT_ROOM - len, format, args);
	va_end(args);
}

static void records_put(const struct rb_policy_verdict *verdict, char *out)
{
	struct rb_policy_record record;
	char addr[INET_ADDRSTRLEN];
	size_t at = 0;

	if (!verdict->answer.count)
		return;
	put(out, ":");
	if (verdict->answer.type != RB_TYPE_A)
		put(out, " type %u", verdict->answer.type);
	while (verdict->answer.type == RB_TYPE_A && rb_policy_next(&verdict->answer, &at, &record))
		put(out, " %s", inet_ntop(AF_INET, record.rdata, addr, sizeof(addr)));
}

void verdict_text(const struct rb_policy_verdict *verdict,
		  const struct rb_policy_question *question, char *out)
{
	static const char *const actions[] = {"pass", "answer", "drop", "alias"};
	struct rb_policy_record record;
	uint8_t target[RB_NAME_MAX];
	char text[RB_NAME_TEXT_MAX];
	size_t at = 0, len;

	snprintf(out, VERDICT_ROOM, "%s", actions[verdict->action]);
	if (verdict->action == RB_POLICY_ANSWER) {
		put(out, " %u", verdict->rcode);
		records_put(verdict, out);
	} else if (verdict->action == RB_POLICY_ALIAS) {
		struct rb_policy_chain *chain = NULL;

		assert_int_equal(rb_chain_add(&chain, verdict, question, target, &len), 0);
		rb_chain_free(chain);
		rb_name_to_text(target, len, text);
		put(out, " %s", text);
	}
	if (verdict->null_address)
		put(out, verdict->list_address ? " address %u" : " null %u", verdict->null_address);
	if (rb_policy_next(&verdict->soa, &at, &record))
		put(out, " soa %u", record.ttl_s);
	if (verdict->by_address)
		put(out, " by address");
	if (verdict->inform)
		put(out, " inform");
	if (verdict->rpz_log)
		put(out, " log");
	if (rb_policy_ede(verdict))
		put(out, rb_policy_ede(verdict) == RB_EDE_FILTERED + 1 ? " filtered" : " blocked");
	if (verdict->truncate)
		put(out, " truncated");
	if (verdict->without_ra)
		put(out, " without RA");
	if (verdict->passthru)
		put(out, " passthru");
}

void cases_check(struct rb_config *config, const struct policy_case *cases, size_t count)
{
	struct rb_policy policy;
	struct rb_acl *acl;

	assert_int_equal(rb_acl_new(config->acl, config->acl_count, &acl), 0);
	assert_int_equal(rb_policy_open_images(&config->policy, &policy), 0);
	for (size_t i = 0; i < count; i++) {
		uint8_t addr[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1},
			name[RB_NAME_MAX];
		int len = rb_name_from_text(cases[i].name, name);
		const struct rb_policy_question question = {name, (uint16_t)len, cases[i].type,
							    RB_CLASS_IN};
		struct rb_policy_client client = {.addr = addr};
		struct rb_policy_verdict verdict;
		char said[VERDICT_ROOM];

		assert_true(len > 0);
		if (cases[i].client)
			assert_int_equal(inet_pton(AF_INET, cases[i].client, addr + 12), 1);
		client.client_class = rb_acl_find(acl, addr).class_id;
		rb_policy_decide(&policy, &question, &client, &verdict);
		verdict_text(&verdict, &question, said);
		if (strcmp(said, cases[i].verdict) != 0)
			fail_msg("%s type %u from %s: %s, not %s", cases[i].name, cases[i].type,
				 cases[i].client ?: "anybody", said, cases[i].verdict);
	}
	rb_acl_free(acl);
	rb_config_free(config);
}

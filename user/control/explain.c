/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks local policy as the server does, and explains the result. */
#include "control/explain.h"

#include <arpa/inet.h>
#include <ldns/ldns.h>
#include <string.h>

#include "dns/name.h"
#include "policy/acl.h"
#include "policy/answer.h"
#include "policy/decide.h"
#include "policy/inventory.h"
#include "policy/lists.h"
#include "policy/respond.h"
#include "policy/rpz.h"
#include "policy/text.h"
#include "util/cleanup.h"

struct explaining {
	const struct rb_config *config;
	struct rb_policy policy;
	struct rb_policy_question question;
	struct rb_policy_client client;
	struct rb_client access;
	uint8_t name[RB_NAME_MAX];
	uint8_t addr[16];
	FILE *out;
};

/* --- where something is written --- */

static void origin_print(const struct explaining *explaining, uint16_t file, uint32_t line)
{
	if (file == RB_LOCAL_RUN_TIME)
		fputs(" (added at run time)", explaining->out);
	else if (!line)
		fputs(" (a default zone)", explaining->out);
	else if (file < explaining->config->file_count)
		fprintf(explaining->out, " (%s:%u)", explaining->config->files[file], line);
}

static const char *view_name(const struct explaining *explaining, uint8_t view)
{
	const struct rb_local *local = &explaining->config->local;

	return view && view <= local->view_count ? local->views[view - 1].name : "";
}

/* --- who asks --- */

static void tags_print(const struct explaining *explaining, uint64_t tags)
{
	const struct rb_local *local = &explaining->config->local;

	fputs(", tags", explaining->out);
	for (size_t i = 0; i < local->tag_count; i++)
		if (tags >> i & 1)
			fprintf(explaining->out, " %s", local->tags[i]);
}

static void client_print(const struct explaining *explaining)
{
	static const char *const actions[] = {
		[RB_ACL_DENY] = "deny",
		[RB_ACL_REFUSE] = "refuse",
		[RB_ACL_ALLOW] = "allow",
		[RB_ACL_ALLOW_SETRD] = "allow_setrd",
		[RB_ACL_ALLOW_SNOOP] = "allow_snoop",
		[RB_ACL_DENY_NON_LOCAL] = "deny_non_local",
		[RB_ACL_REFUSE_NON_LOCAL] = "refuse_non_local",
	};
	const struct rb_local *local = &explaining->config->local;
	uint8_t number = explaining->access.class_id;
	const struct rb_local_class *of_client =
		number && number <= local->class_count ? &local->classes[number - 1] : NULL;
	char addr[INET6_ADDRSTRLEN];

	if (!explaining->client.addr) {
		fputs("client: anybody that access-control allows, without view and tags\n",
		      explaining->out);
		return;
	}
	rb_policy_addr_text(explaining->addr, addr);
	fprintf(explaining->out, "client: %s, access-control: %s", addr,
		actions[explaining->access.action]);
	if (of_client && of_client->view)
		fprintf(explaining->out, ", view %s", view_name(explaining, of_client->view));
	if (of_client && of_client->tags)
		tags_print(explaining, of_client->tags);
	if (explaining->access.unknown && explaining->config->acl_interface_count)
		fputs(" (of an interface that interface-action: names, that of the interface)",
		      explaining->out);
	fputc('\n', explaining->out);
}

/* --- what decides --- */

static void zone_print(const struct explaining *explaining, const struct rb_policy_verdict *verdict)
{
	struct rb_policy_record record;
	char name[RB_NAME_TEXT_MAX];
	size_t at = 0;

	rb_name_to_text(verdict->zone_name, verdict->zone->name_len, name);
	fprintf(explaining->out, "local-zone %s %s", name,
		rb_zone_type_name((enum rb_zone_type)verdict->zone->type));
	if (verdict->zone->view)
		fprintf(explaining->out, " of view %s", view_name(explaining, verdict->zone->view));
	origin_print(explaining, verdict->zone->file, verdict->zone->line);
	if (verdict->zone->line && rb_policy_next(&verdict->answer, &at, &record)) {
		fputs(", its data", explaining->out);
		origin_print(explaining, record.file, record.line);
	}
	if (verdict->by_address)
		fputs(", or its local-zone-override", explaining->out);
}

static void rpz_print(const struct explaining *explaining, const struct rb_policy_verdict *verdict)
{
	const struct rb_policy feeds = rb_policy_feeds(&explaining->policy);
	const struct rb_policy_rpz *rpz = verdict->rpz;
	const uint8_t *zone = rb_policy_bytes(&feeds, rpz->name, rpz->name_len);
	char name[RB_NAME_TEXT_MAX] = "", trigger[RB_NAME_TEXT_MAX] = "";

	if (zone)
		rb_name_to_text(zone, rpz->name_len, name);
	if (verdict->net)
		rb_policy_net_text(verdict->net, trigger);
	else if (verdict->trigger_name)
		rb_name_to_text(verdict->trigger_name, verdict->trigger->name_len, trigger);
	fprintf(explaining->out, "response policy zone %s, trigger %s, action %s", name, trigger,
		rb_rpz_action_name((enum rb_rpz_action)verdict->rpz_action));
	if (verdict->net)
		origin_print(explaining, verdict->net->file, verdict->net->line);
	else if (verdict->trigger)
		origin_print(explaining, verdict->trigger->file, verdict->trigger->line);
}

/* A list without a name is called by its number. */
static void listed_print(const struct explaining *explaining, const struct rb_policy_listed *listed)
{
	const struct rb_policy feeds = rb_policy_feeds(&explaining->policy);
	const uint8_t *end = explaining->question.qname + explaining->question.qname_len;
	struct rb_inventory_list list;
	char name[RB_NAME_TEXT_MAX];

	if (!rb_inventory_list_of(explaining->config, &feeds, listed->list, &list))
		return;
	rb_name_to_text(end - listed->name_len, listed->name_len, name);
	fprintf(explaining->out, "blocklist %s, name %s", list.label, name);
	origin_print(explaining, list.list->file, listed->line);
}

/* A list has the name, and something lets it pass all the same. */
static bool spared_print(const struct explaining *explaining,
			 const struct rb_policy_verdict *verdict)
{
	const struct rb_policy feeds = rb_policy_feeds(&explaining->policy);
	struct rb_policy_spared spared;
	struct rb_policy_labels labels;

	rb_policy_labels_init(&feeds, explaining->question.qname, explaining->question.qname_len,
			      &labels);
	if (verdict->action != RB_POLICY_PASS || verdict->passthru ||
	    !rb_policy_lists_spare(&feeds, &explaining->question, &labels, &explaining->client,
				   &spared))
		return false;
	fputs("rule: ", explaining->out);
	listed_print(explaining, &spared.by);
	fputs(", which lets it pass\nwithout that: ", explaining->out);
	listed_print(explaining, &spared.from);
	fputc('\n', explaining->out);
	return true;
}

static void rule_print(const struct explaining *explaining, const struct rb_policy_verdict *verdict)
{
	bool lets_pass = verdict->zone && !verdict->list && !verdict->rpz &&
			 verdict->action == RB_POLICY_PASS;

	if (spared_print(explaining, verdict))
		return;
	fputs("rule: ", explaining->out);
	if (verdict->list)
		listed_print(explaining, &verdict->listed);
	else if (verdict->rpz)
		rpz_print(explaining, verdict);
	else if (verdict->zone)
		zone_print(explaining, verdict);
	else
		fputs("none", explaining->out);
	fputs(lets_pass ? ", which lets it pass\n" : "\n", explaining->out);
}

/* What is said of responses that show the name as that of a name server. */
static void servers_print(const struct explaining *explaining)
{
	const struct rb_policy feeds = rb_policy_feeds(&explaining->policy);

	for (uint32_t i = 0; rb_policy_rpz_at(&feeds, i); i++) {
		struct rb_policy_verdict verdict = {.action = RB_POLICY_PASS};
		bool ends = rb_policy_rpz_is_for(&feeds, i, &explaining->client) &&
			    rb_policy_rpz_server(&feeds, i, explaining->question.qname,
						 explaining->question.qname_len,
						 &explaining->question, &explaining->client,
						 &verdict);

		if (!verdict.rpz)
			continue;
		fputs("as a name server: ", explaining->out);
		rpz_print(explaining, &verdict);
		fputc('\n', explaining->out);
		if (ends)
			return;
	}
}

/* --- the answer --- */

static void records_print(const struct explaining *explaining,
			  const struct rb_policy_verdict *verdict)
{
	_cleanup_free_ uint8_t *message = NULL;
	ldns_pkt *packet = NULL;
	char *text;
	size_t len;

	if (rb_policy_message(verdict, &explaining->question, &message, &len) ||
	    ldns_wire2pkt(&packet, message, len) != LDNS_STATUS_OK)
		return;
	text = ldns_rr_list2str(ldns_pkt_answer(packet));
	fputs(text ?: "", explaining->out);
	free(text);
	text = ldns_rr_list2str(ldns_pkt_authority(packet));
	fputs(text ?: "", explaining->out);
	free(text);
	ldns_pkt_free(packet);
}

static const char *rcode_name(uint16_t rcode)
{
	const ldns_lookup_table *name = ldns_lookup_by_id(ldns_rcodes, rcode);

	return name ? name->name : "an error";
}

static void answer_print(const struct explaining *explaining,
			 const struct rb_policy_verdict *verdict)
{
	uint8_t ede = explaining->config->ede ? rb_policy_ede(verdict) : 0;

	switch (verdict->action) {
	case RB_POLICY_PASS:
		if (explaining->access.action == RB_ACL_DENY_NON_LOCAL ||
		    explaining->access.action == RB_ACL_REFUSE_NON_LOCAL) {
			fprintf(explaining->out,
				"answer: %s, unless an auth-zone has it: this client gets local data alone\n",
				explaining->access.action == RB_ACL_DENY_NON_LOCAL ? "none at all"
										   : "REFUSED");
			return;
		}
		fprintf(explaining->out, "answer: what is resolved%s\n",
			rb_policy_has_responses(&explaining->policy) && !verdict->passthru
				? ", unless response policy or response-ip have something against "
				  "its names, addresses or name servers"
				: "");
		return;
	case RB_POLICY_DROP:
		fputs("answer: none at all\n", explaining->out);
		return;
	case RB_POLICY_ALIAS:
		fputs("answer: an alias, and what is resolved for its target\n", explaining->out);
		break;
	case RB_POLICY_ANSWER:
		fprintf(explaining->out, "answer: %s", rcode_name(verdict->rcode));
		if (!verdict->rcode && !verdict->null_address && !verdict->answer.count &&
		    !verdict->truncate)
			fputs(", no record of this type", explaining->out);
		if (verdict->truncate)
			fputs(", truncated: it has to be asked by TCP", explaining->out);
		if (ede)
			fprintf(explaining->out, ", with the extended error %s",
				ede == RB_EDE_FILTERED + 1 ? "Filtered" : "Blocked");
		fputc('\n', explaining->out);
		break;
	}
	records_print(explaining, verdict);
}

/* Who answers, once it is known. */
static void kernel_print(const struct explaining *explaining,
			 const struct rb_policy_verdict *verdict)
{
	const char *why = NULL;

	if (explaining->access.action != RB_ACL_ALLOW)
		why = "access-control has another action than allow for the client";
	else if (explaining->access.class_id >= RB_CLASSES_MAX)
		why = "there are too many combinations of view and tags for the table";
	else if (explaining->access.apart)
		why = "a response policy zone names the client's address";
	else if (verdict->by_address)
		why = "it depends on the client's address, or on TCP";
	else if (verdict->inform || verdict->rpz_log ||
		 (explaining->config->log_local_actions && verdict->zone_name))
		why = "each question is logged";
	else if (verdict->action == RB_POLICY_DROP)
		why = "silence is not stored";
	if (why)
		fprintf(explaining->out, "kernel: does not answer it: %s\n", why);
	else
		fputs("kernel: answers it from the hot table, once it is there\n", explaining->out);
}

/* --- the command --- */

/* NULL: nothing is wrong. */
static const char *words_read(struct explaining *explaining, char *words)
{
	char *position, *name = strtok_r(words, " ", &position);
	char *type = name ? strtok_r(NULL, " ", &position) : NULL;
	char *client = type ? strtok_r(NULL, " ", &position) : NULL;
	int len = name ? rb_name_from_text(name, explaining->name) : -1;

	if (len <= 0)
		return "expected a domain name";
	rb_name_lower(explaining->name, (size_t)len, explaining->name);
	explaining->question = (struct rb_policy_question){
		.qname = explaining->name,
		.qname_len = (uint16_t)len,
		.qtype = type ? (uint16_t)ldns_get_rr_type_by_name(type) : RB_TYPE_A,
		.qclass = RB_CLASS_IN,
	};
	if (!explaining->question.qtype)
		return "expected a type, such as AAAA";
	if (!client)
		return NULL;
	memset(explaining->addr + 10, 0xff, 2);
	if (inet_pton(AF_INET, client, explaining->addr + 12) != 1 &&
	    inet_pton(AF_INET6, client, explaining->addr) != 1)
		return "expected the address of a client";
	explaining->client.addr = explaining->addr;
	return NULL;
}

static int access_find(struct explaining *explaining)
{
	_cleanup_(rb_acl_freep) struct rb_acl *acl = NULL;
	int err;

	if (!explaining->client.addr)
		return 0;
	err = rb_acl_new_of(explaining->config, &acl);
	if (err)
		return err;
	explaining->access = rb_acl_find(acl, explaining->addr);
	explaining->client.client_class = explaining->access.class_id;
	return 0;
}

void rb_explain(const struct rb_config *config, char *words, FILE *out)
{
	struct explaining explaining = {
		.config = config, .access = {.action = RB_ACL_ALLOW}, .out = out};
	const char *wrong = words_read(&explaining, words);
	_cleanup_free_ char *type = NULL;
	struct rb_policy_verdict verdict;
	char name[RB_NAME_TEXT_MAX];

	if (wrong) {
		fprintf(out, "error %s\n", wrong);
		return;
	}
	if (access_find(&explaining) || !config->policy.zones ||
	    rb_policy_open_images(&config->policy, &explaining.policy)) {
		fputs("error out of memory\n", out);
		return;
	}
	rb_name_to_text(explaining.name, explaining.question.qname_len, name);
	type = ldns_rr_type2str((ldns_rr_type)explaining.question.qtype);
	fprintf(out, "question: %s %s\n", name, type ?: "");
	client_print(&explaining);
	if (explaining.access.action == RB_ACL_DENY || explaining.access.action == RB_ACL_REFUSE) {
		fprintf(out, "rule: access-control\nanswer: %s\n",
			explaining.access.action == RB_ACL_DENY ? "none at all" : "REFUSED");
		return;
	}
	rb_policy_decide(&explaining.policy, &explaining.question, &explaining.client, &verdict);
	rule_print(&explaining, &verdict);
	answer_print(&explaining, &verdict);
	servers_print(&explaining);
	kernel_print(&explaining, &verdict);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Logs a client, its question, and the policy that decided. */
#include "serve/local_log.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <string.h>

#include "dns/name.h"
#include "policy/text.h"
#include "util/cleanup.h"
#include "util/log.h"

#define CLASS_CH 3

/* "192.0.2.1@53 www.example. A IN" */
static void who_text(const struct rb_policy_question *question, const uint8_t client[16],
		     uint16_t port, char *out, size_t room)
{
	char addr[INET6_ADDRSTRLEN], name[RB_NAME_TEXT_MAX];
	_cleanup_free_ char *type = ldns_rr_type2str((ldns_rr_type)question->qtype);

	rb_policy_addr_text(client, addr);
	rb_name_to_text(question->qname, question->qname_len, name);
	snprintf(out, room, "%s@%u %s %s %s", addr, port, name, type ?: "",
		 question->qclass == CLASS_CH ? "CH" : "IN");
}

static void rpz_log(const struct rb_policy_verdict *verdict, const char *who)
{
	const struct rb_policy_rpz *rpz = verdict->rpz;
	char trigger[RB_NAME_TEXT_MAX], name[UINT8_MAX + 4] = "";
	const char *action = rb_rpz_action_name((enum rb_rpz_action)verdict->rpz_action);
	const char *kind = verdict->net && verdict->by_address ? "clientip " : "";

	if (verdict->by_server)
		kind = verdict->net ? "nsip " : "nsdname ";
	if (verdict->net)
		rb_policy_net_text(verdict->net, trigger);
	else
		rb_name_to_text(verdict->trigger_name, verdict->trigger->name_len, trigger);
	if (rpz->log_name_len && verdict->rpz_name)
		snprintf(name, sizeof(name), "[%.*s] ", rpz->log_name_len, verdict->rpz_name);
	rb_log_notice("rpz: applied %s%s%s rpz-%s %s", name, kind, trigger, action, who);
}

void rb_local_log(const struct rb_policy_verdict *verdict,
		  const struct rb_policy_question *question, const uint8_t client[16],
		  uint16_t port)
{
	char who[INET6_ADDRSTRLEN + RB_NAME_TEXT_MAX + 32], what[RB_NAME_TEXT_MAX];

	if (!verdict->inform && !verdict->rpz_log)
		return;
	who_text(question, client, port, who, sizeof(who));
	if (verdict->inform && verdict->zone_name) {
		rb_name_to_text(verdict->zone_name, verdict->zone->name_len, what);
		rb_log_notice("%s %s %s", what,
			      rb_zone_type_name((enum rb_zone_type)verdict->zone->type), who);
	} else if (verdict->inform && verdict->net) {
		rb_policy_net_text(verdict->net, what);
		rb_log_notice("%s %s %s", what,
			      rb_zone_type_name((enum rb_zone_type)verdict->net->action), who);
	}
	if (verdict->rpz_log && (verdict->net || verdict->trigger_name))
		rpz_log(verdict, who);
}

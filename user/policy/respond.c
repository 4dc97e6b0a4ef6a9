/* SPDX-License-Identifier: BSD-2-Clause */
/* Goes through the sections of a response. */
#include "policy/respond.h"

#include <stdlib.h>
#include <string.h>

#include "dns/bytes.h"
#include "dns/rrs.h"
#include "policy/rpz.h"
#include "policy/servers.h"
#include "policy/tags.h"
#include "util/cleanup.h"

#define HEADER_BYTES 12

bool rb_policy_has_responses(const struct rb_policy *policy)
{
	const struct rb_policy feeds = rb_policy_feeds(policy);

	if (feeds.header->rpzs.count)
		return true;
	for (uint32_t i = 0; i <= feeds.header->views.count; i++)
		if (rb_policy_net_any(&feeds, i))
			return true;
	return false;
}

/* One response, and what is asked of it. */
struct asking {
	const struct rb_policy *policy;
	const struct rb_policy_question *question;
	const struct rb_policy_client *client;
	const uint8_t *message;
	size_t len;
	unsigned int count; /* of the answer section */
};

static void owner_set(struct rb_policy_response *response, const struct rb_expanded *owner)
{
	response->owner_len = owner->len;
	rb_name_lower(owner->name, owner->len, response->owner);
}

/* --- names --- */

/* Whether the target of a CNAME triggers anything. */
static bool target_ask(const struct asking *asking, const struct rb_rr *rr,
		       struct rb_policy_response *response)
{
	struct rb_policy_question question = *asking->question;
	struct rb_expanded target;
	size_t at = rr->rdata;

	if (rb_expand_name(asking->message, asking->len, &at, &target))
		return false;
	owner_set(response, &target);
	question.qname = response->owner;
	question.qname_len = response->owner_len;
	return rb_policy_rpz_name(asking->policy, &question, asking->client, &response->verdict);
}

/* Whether a name on the chain of CNAMEs triggers anything; passthru is something, too. */
static bool names_ask(const struct asking *asking, struct rb_policy_response *response)
{
	struct rb_rrs rrs;
	struct rb_rr rr;

	if (!asking->policy->header->rpzs.count || asking->client->passthru ||
	    asking->question->qtype == RB_TYPE_CNAME || asking->question->qtype == RB_TYPE_ANY ||
	    rb_rrs_begin(&rrs, asking->message, asking->len))
		return false;
	for (unsigned int i = 0; i < asking->count && rb_rrs_next(&rrs, &rr) == 1; i++) {
		if (rr.type != RB_TYPE_CNAME || !target_ask(asking, &rr, response))
			continue;
		response->by_name = true;
		response->kept = (uint16_t)(i + 1);
		return true;
	}
	return false;
}

/* --- addresses --- */

/* The first address that is in a netblock of the set; sets kept and owner. */
static const struct rb_policy_net *address_find(const struct asking *asking, uint32_t set,
						struct rb_policy_response *response)
{
	struct rb_expanded owner = {.len = 0};
	uint16_t type = 0;
	struct rb_rrs rrs;
	struct rb_rr rr;

	if (!rb_policy_net_any(asking->policy, set) ||
	    rb_rrs_begin(&rrs, asking->message, asking->len))
		return NULL;
	for (unsigned int i = 0; i < asking->count && rb_rrs_next(&rrs, &rr) == 1; i++) {
		const struct rb_policy_net *net;
		uint8_t addr[16];

		if (rr.type != type ||
		    !rb_name_equal(owner.name, owner.len, rr.owner.name, rr.owner.len)) {
			owner = rr.owner;
			type = rr.type;
			response->kept = (uint16_t)i;
		}
		if (!rb_rr_address(asking->message, &rr, addr))
			continue;
		net = rb_policy_net_find(asking->policy, set, addr);
		if (net) {
			owner_set(response, &owner);
			return net;
		}
	}
	return NULL;
}

static bool redirect(const struct asking *asking, const struct rb_policy_net *net, int tag,
		     struct rb_policy_verdict *verdict)
{
	uint16_t qtype = asking->question->qtype;
	const struct rb_policy_rrset *set =
		rb_policy_tag_data(asking->policy, asking->client->client_class, tag, qtype);

	if (!set)
		set = rb_policy_set_find(asking->policy, net->rrset, qtype);
	verdict->action = RB_POLICY_ANSWER;
	if (!set)
		return true;
	if (set->type == RB_TYPE_CNAME && qtype != RB_TYPE_CNAME)
		verdict->action = RB_POLICY_ALIAS;
	rb_policy_take(asking->policy, set, &verdict->answer);
	return true;
}

/* What response-ip says of a netblock. */
static bool response_ip(const struct asking *asking, const struct rb_policy_net *net,
			enum rb_zone_type type, int tag, struct rb_policy_response *response)
{
	struct rb_policy_verdict *verdict = &response->verdict;

	verdict->net = net;
	switch (type) {
	case RB_ZONE_INFORM:
		verdict->inform = true;
		return false;
	case RB_ZONE_INFORM_DENY:
		verdict->inform = true;
		verdict->action = RB_POLICY_DROP;
		return true;
	case RB_ZONE_DENY:
		verdict->action = RB_POLICY_DROP;
		return true;
	case RB_ZONE_INFORM_REDIRECT:
		verdict->inform = true;
		return redirect(asking, net, tag, verdict);
	case RB_ZONE_REDIRECT:
		return redirect(asking, net, tag, verdict);
	case RB_ZONE_REFUSE:
	case RB_ZONE_ALWAYS_REFUSE:
		response->kept = 0;
		verdict->rcode = RB_RCODE_REFUSED;
		break;
	case RB_ZONE_ALWAYS_NXDOMAIN:
		verdict->rcode = RB_RCODE_NXDOMAIN;
		break;
	case RB_ZONE_STATIC:
	case RB_ZONE_ALWAYS_NODATA:
		break;
	default:
		return false;
	}
	verdict->blocked = true;
	verdict->action = RB_POLICY_ANSWER;
	return true;
}

/* --- response policy zones --- */

/* What a trigger on a server says is said of the first name that is in the server's zone. */
static void server_take(const struct rb_policy_servers *servers,
			const struct rb_policy_server *server, struct rb_policy_response *response)
{
	const struct rb_policy_server_alias *alias = &servers->aliases[server->alias];

	response->kept = alias->kept;
	response->owner_len = alias->len;
	memcpy(response->owner, alias->name, alias->len);
}

/* The zone of this number on the servers' names, and then on their addresses. */
static bool servers_ask(const struct asking *asking, const struct rb_policy_servers *servers,
			uint32_t number, struct rb_policy_response *response)
{
	const struct rb_policy *policy = asking->policy;
	uint32_t set = rb_policy_server_set(policy->header->views.count, number);
	const struct rb_policy_server *server;
	const struct rb_policy_net *net;

	for (unsigned int i = 0; i < servers->count; i++) {
		server = &servers->list[i];
		if (!rb_policy_rpz_server(policy, number, server->name, server->len,
					  asking->question, asking->client, &response->verdict))
			continue;
		server_take(servers, server, response);
		return true;
	}
	net = rb_policy_servers_net(policy, set, servers, asking->message, asking->len, &server);
	if (!net || !rb_policy_rpz_address(policy, number, net, asking->question, asking->client,
					   &response->verdict))
		return false;
	server_take(servers, server, response);
	return true;
}

/* addresses: those in the answer count, too. */
static bool rpzs_ask(const struct asking *asking, bool addresses,
		     struct rb_policy_response *response)
{
	uint32_t views = asking->policy->header->views.count;
	const struct rb_policy_rpz *rpz;
	struct rb_policy_servers servers;
	bool is_searched = false;

	if (asking->client->passthru || response->verdict.passthru)
		return false;
	for (uint32_t i = 0; (rpz = rb_policy_rpz_at(asking->policy, i)); i++) {
		const struct rb_policy_net *net = NULL;

		if (!rb_policy_rpz_is_for(asking->policy, i, asking->client))
			continue;
		if (addresses)
			net = address_find(asking, rb_policy_response_set(views, i), response);
		if (net && rb_policy_rpz_address(asking->policy, i, net, asking->question,
						 asking->client, &response->verdict))
			return response->verdict.action != RB_POLICY_PASS;
		if (rpz->servers && !is_searched)
			rb_policy_servers_find(asking->question, asking->message, asking->len,
					       &servers);
		is_searched |= rpz->servers;
		if (rpz->servers && servers_ask(asking, &servers, i, response))
			return response->verdict.action != RB_POLICY_PASS;
	}
	return false;
}

/* response-ip; where it has nothing of the addresses, the response policy zones. */
static bool response_ask(const struct asking *asking, struct rb_policy_response *response)
{
	const struct rb_policy *policy = asking->policy;
	const struct rb_policy_class *of_client =
		rb_policy_class_at(policy, asking->client->client_class);
	uint8_t number = of_client ? of_client->view : 0;
	const struct rb_policy_view *view =
		number ? rb_policy_member(policy, policy->header->views, number - 1U, sizeof(*view))
		       : NULL;
	uint16_t qtype = asking->question->qtype;
	const struct rb_policy_net *net;
	int tag = -1;

	if (qtype != RB_TYPE_A && qtype != RB_TYPE_AAAA && qtype != RB_TYPE_ANY)
		return rpzs_ask(asking, false, response);
	net = view ? address_find(asking, number, response) : NULL;
	if (net)
		return response_ip(asking, net, net->action, tag, response);
	/* The addresses in the answer are the view's alone, but the servers are not. */
	if (view && !view->first)
		return rpzs_ask(asking, false, response);
	net = address_find(asking, 0, response);
	if (!net)
		return rpzs_ask(asking, true, response);
	return response_ip(asking, net, rb_policy_tag_type(of_client, net->tags, net->action, &tag),
			   tag, response);
}

bool rb_policy_respond(const struct rb_policy *policy, const struct rb_policy_question *question,
		       const struct rb_policy_client *client, const uint8_t *message, size_t len,
		       struct rb_policy_response *ret_response)
{
	const struct rb_policy feeds = rb_policy_feeds(policy);
	const struct asking asking = {
		.policy = &feeds,
		.question = question,
		.client = client,
		.message = message,
		.len = len,
		.count = len >= HEADER_BYTES ? rb_bytes_get16(message + 6) : 0,
	};

	ret_response->verdict = (struct rb_policy_verdict){.action = RB_POLICY_PASS};
	ret_response->by_name = false;
	ret_response->kept = 0;
	ret_response->owner_len = 0;
	return (names_ask(&asking, ret_response) &&
		ret_response->verdict.action != RB_POLICY_PASS) ||
	       response_ask(&asking, ret_response);
}

bool rb_policy_responses_differ(const struct rb_policy *policy)
{
	const struct rb_policy feeds = rb_policy_feeds(policy);
	const struct rb_policy_net *net;
	const struct rb_policy_rpz *rpz;

	if (feeds.header->classes.count <= 1)
		return false;
	for (uint32_t i = 0; (rpz = rb_policy_rpz_at(&feeds, i)); i++)
		if (rpz->tags)
			return true;
	for (uint32_t i = 0; (net = rb_policy_member(&feeds, feeds.header->nets, i, sizeof(*net)));
	     i++)
		if (net->set <= feeds.header->views.count && (net->set || net->tags))
			return true;
	/* A view may keep its clients from what is said outside of it. */
	return feeds.header->views.count && rb_policy_has_responses(&feeds);
}

/* The answer as a reply to the question; NULL: out of memory. */
static uint8_t *message_make(const struct rb_policy_question *question,
			     const struct rb_answer *answer, size_t asked)
{
	uint8_t *message = calloc(1, asked + answer->body_len);

	if (!message)
		return NULL;
	rb_bytes_put16(message + 4, 1);
	rb_bytes_put16(message + 6, answer->ancount);
	rb_bytes_put16(message + 8, answer->nscount);
	rb_bytes_put16(message + 10, answer->arcount);
	memcpy(message + HEADER_BYTES, question->qname, question->qname_len);
	rb_bytes_put16(message + HEADER_BYTES + question->qname_len, question->qtype);
	rb_bytes_put16(message + HEADER_BYTES + question->qname_len + 2, question->qclass);
	if (answer->body_len)
		memcpy(message + asked, answer->body, answer->body_len);
	return message;
}

uint64_t rb_policy_held_back(const struct rb_policy *policy,
			     const struct rb_policy_question *question,
			     const struct rb_answer *answer, uint64_t classes)
{
	size_t asked = HEADER_BYTES + question->qname_len + RB_QUESTION_TAIL;
	_cleanup_free_ uint8_t *message = NULL;
	struct rb_policy_response response;
	uint64_t held = 0, left = classes;
	bool differ;

	if ((!answer->ancount && !answer->nscount) || !classes || !rb_policy_has_responses(policy))
		return 0;
	message = message_make(question, answer, asked);
	if (!message)
		return classes;
	differ = rb_policy_responses_differ(policy);
	while (left) {
		uint64_t one = left & -left;
		const struct rb_policy_client client = {.client_class =
								(uint8_t)__builtin_ctzll(one)};

		left &= ~one;
		if (!rb_policy_respond(policy, question, &client, message, asked + answer->body_len,
				       &response) &&
		    !response.verdict.by_address && !response.verdict.inform &&
		    !response.verdict.rpz_log)
			one = 0;
		held |= one;
		if (!differ)
			return one ? classes : 0;
	}
	return held;
}

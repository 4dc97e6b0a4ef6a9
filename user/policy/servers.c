/* SPDX-License-Identifier: BSD-2-Clause */
/* Collects name servers from the sections of a response. */
#include "policy/servers.h"

#include "dns/bytes.h"
#include "dns/rrs.h"

/* Of the sections in front of the additional one. */
static unsigned int records_before_additional(const uint8_t *message)
{
	return (unsigned int)rb_bytes_get16(message + 6) + rb_bytes_get16(message + 8);
}

static void alias_add(struct rb_policy_servers *servers, const uint8_t *name, size_t len,
		      unsigned int kept)
{
	struct rb_policy_server_alias *added = &servers->aliases[servers->alias_count];

	if (servers->alias_count == RB_SERVER_ALIASES_MAX)
		return;
	rb_name_lower(name, len, added->name);
	added->len = (uint8_t)len;
	added->kept = (uint16_t)kept;
	servers->alias_count++;
}

/* An NS record counts if a name that was looked for is in its zone. */
static void server_add(struct rb_policy_servers *servers, const struct rb_expanded *zone,
		       const struct rb_expanded *name)
{
	struct rb_policy_server *added = &servers->list[servers->count];
	uint8_t lower[RB_NAME_MAX];

	if (servers->count == RB_SERVERS_MAX)
		return;
	rb_name_lower(zone->name, zone->len, lower);
	for (unsigned int i = 0; i < servers->alias_count; i++) {
		const struct rb_policy_server_alias *alias = &servers->aliases[i];

		if (!rb_name_is_under(alias->name, alias->len, lower, zone->len))
			continue;
		rb_name_lower(name->name, name->len, added->name);
		added->len = (uint8_t)name->len;
		added->alias = (uint8_t)i;
		servers->count++;
		return;
	}
}

static void aliases_find(const struct rb_policy_question *question, const uint8_t *message,
			 size_t len, struct rb_policy_servers *servers)
{
	struct rb_expanded target;
	struct rb_rrs rrs;
	struct rb_rr rr;

	alias_add(servers, question->qname, question->qname_len, 0);
	/* These questions end at the first CNAME. */
	if (question->qtype == RB_TYPE_CNAME || question->qtype == RB_TYPE_ANY ||
	    rb_rrs_begin(&rrs, message, len))
		return;
	for (unsigned int i = 0; i < rb_bytes_get16(message + 6) && rb_rrs_next(&rrs, &rr) == 1;
	     i++) {
		size_t at = rr.rdata;

		if (rr.type == RB_TYPE_CNAME && !rb_expand_name(message, len, &at, &target))
			alias_add(servers, target.name, target.len, i + 1);
	}
}

void rb_policy_servers_find(const struct rb_policy_question *question, const uint8_t *message,
			    size_t len, struct rb_policy_servers *ret_servers)
{
	struct rb_expanded name;
	struct rb_rrs rrs;
	struct rb_rr rr;

	ret_servers->count = 0;
	ret_servers->alias_count = 0;
	if (question->qclass != RB_CLASS_IN || rb_rrs_begin(&rrs, message, len))
		return;
	aliases_find(question, message, len, ret_servers);
	for (unsigned int i = records_before_additional(message); i && rb_rrs_next(&rrs, &rr) == 1;
	     i--) {
		size_t at = rr.rdata;

		if (rr.type == RB_TYPE_NS && !rb_expand_name(message, len, &at, &name))
			server_add(ret_servers, &rr.owner, &name);
	}
}

static const struct rb_policy_server *server_of(const struct rb_policy_servers *servers,
						const struct rb_expanded *name)
{
	for (unsigned int i = 0; i < servers->count; i++)
		if (rb_name_equal(servers->list[i].name, servers->list[i].len, name->name,
				  name->len))
			return &servers->list[i];
	return NULL;
}

const struct rb_policy_net *rb_policy_servers_net(const struct rb_policy *policy, uint32_t set,
						  const struct rb_policy_servers *servers,
						  const uint8_t *message, size_t len,
						  const struct rb_policy_server **ret_server)
{
	struct rb_rrs rrs;
	struct rb_rr rr;
	unsigned int before;

	if (!servers->count || !rb_policy_net_any(policy, set) || rb_rrs_begin(&rrs, message, len))
		return NULL;
	before = records_before_additional(message);
	for (unsigned int i = 0; rb_rrs_next(&rrs, &rr) == 1; i++) {
		const struct rb_policy_server *server;
		const struct rb_policy_net *net;
		uint8_t addr[16];

		if (i < before || !rb_rr_address(message, &rr, addr))
			continue;
		net = rb_policy_net_find(policy, set, addr);
		server = net ? server_of(servers, &rr.owner) : NULL;
		if (!server)
			continue;
		*ret_server = server;
		return net;
	}
	return NULL;
}

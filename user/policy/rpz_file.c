/* SPDX-License-Identifier: BSD-2-Clause */
/* From a zone file in presentation format (RFC 1035 5) to triggers and actions. */
#include "policy/rpz_file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/zone_text.h"
#include "dns/name.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/fnv.h"

#define LABELS_MAX 128

/* Kinds of triggers, by the last label. */
enum kind {
	KIND_QNAME,
	KIND_CLIENT_IP,
	KIND_RESPONSE_IP,
	KIND_SERVER_NAME,
	KIND_SERVER_IP,
};

/* One file while it is read. */
struct reading {
	struct rb_build *build;
	const struct rb_local *local;
	const struct rb_local_rpz *rpz;
	uint32_t number;
	struct rb_rpz_counts *counts;
};

/* Whether a name ends with the label; *len becomes that of what is in front of it. */
static bool ends_with(const uint8_t *name, const char *label, size_t *len)
{
	size_t label_len = strlen(label), tail = 1 + label_len;

	if (*len < tail || name[*len - tail] != label_len ||
	    memcmp(name + *len - label_len, label, label_len) != 0)
		return false;
	/* What looks like its length byte must begin a label. */
	for (size_t at = 0; at < *len; at += 1 + (size_t)name[at]) {
		if (at == *len - tail) {
			*len = at;
			return true;
		}
	}
	return false;
}

/* *len: without the root label. */
static enum kind kind_of(const uint8_t *name, size_t *len)
{
	if (ends_with(name, "rpz-client-ip", len))
		return KIND_CLIENT_IP;
	if (ends_with(name, "rpz-ip", len))
		return KIND_RESPONSE_IP;
	if (ends_with(name, "rpz-nsip", len))
		return KIND_SERVER_IP;
	if (ends_with(name, "rpz-nsdname", len))
		return KIND_SERVER_NAME;
	return KIND_QNAME;
}

static enum rb_rpz_action action_of(const struct rb_text_record *rr)
{
	static const struct {
		const char *target;
		enum rb_rpz_action action;
	} actions[] = {
		{"", RB_RPZ_NXDOMAIN},
		{"\1*", RB_RPZ_NODATA},
		{"\014rpz-passthru", RB_RPZ_PASSTHRU},
		{"\010rpz-drop", RB_RPZ_DROP},
		{"\014rpz-tcp-only", RB_RPZ_TCP_ONLY},
	};
	const uint8_t *target;
	size_t len;

	if (rr->type != RB_TYPE_CNAME)
		return RB_RPZ_DATA;
	target = rr->rdata;
	len = rr->rdata_len;
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (rb_name_equal(target, len, (const uint8_t *)actions[i].target,
				  strlen(actions[i].target) + 1))
			return actions[i].action;
	/* rpz-something: an action that is not known. */
	if (len > 6 && target[0] == len - 2 && !memcmp(target + 1, "rpz-", 4))
		return RB_RPZ_NONE;
	return RB_RPZ_DATA;
}

/* --- netblocks: LENGTH.ADDRESS-BACKWARDS, "zz" for "::" --- */

static bool number_of(const uint8_t *label, unsigned long max, unsigned long *ret_number)
{
	char text[8], *end;

	if (!label[0] || label[0] >= sizeof(text))
		return false;
	memcpy(text, label + 1, label[0]);
	text[label[0]] = '\0';
	*ret_number = strtoul(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && *ret_number <= max;
}

static bool v4_of(const uint8_t *const *labels, uint8_t addr[16], uint8_t *ret_prefix)
{
	unsigned long number;

	memset(addr, 0, 10);
	memset(addr + 10, 0xff, 2);
	for (size_t i = 0; i < 4; i++) {
		if (!number_of(labels[4 - i], UINT8_MAX, &number))
			return false;
		addr[12 + i] = (uint8_t)number;
	}
	if (!number_of(labels[0], 32, &number))
		return false;
	*ret_prefix = (uint8_t)(96 + number);
	return true;
}

static bool v6_of(const uint8_t *const *labels, size_t count, uint8_t addr[16], uint8_t *ret_prefix)
{
	char text[INET6_ADDRSTRLEN + 8];
	unsigned long number;
	size_t len = 0;

	for (size_t i = count - 1; i > 0; i--) {
		bool zeros = labels[i][0] == 2 && !memcmp(labels[i] + 1, "zz", 2);

		if (labels[i][0] > 4 || len + 6 > sizeof(text))
			return false;
		/* "zz" at an end is "::", in the middle the colon in front of it is there. */
		if (zeros) {
			len += (size_t)snprintf(text + len, sizeof(text) - len, len ? ":" : "::");
			continue;
		}
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%.*s%s", labels[i][0],
					(const char *)labels[i] + 1, i > 1 ? ":" : "");
	}
	if (!number_of(labels[0], 128, &number) || inet_pton(AF_INET6, text, addr) != 1)
		return false;
	*ret_prefix = (uint8_t)number;
	return true;
}

/* name: len bytes of labels. */
static bool netblock_of(const uint8_t *name, size_t len, uint8_t addr[16], uint8_t *ret_prefix)
{
	const uint8_t *labels[LABELS_MAX];
	size_t count = 0;
	bool has_zeros = false;

	for (size_t at = 0; at < len && count < LABELS_MAX; at += 1 + (size_t)name[at]) {
		has_zeros |= name[at] == 2 && !memcmp(name + at + 1, "zz", 2);
		labels[count++] = name + at;
	}
	if (count == 5 && !has_zeros)
		return v4_of(labels, addr, ret_prefix);
	return count > 1 && count <= 9 && v6_of(labels, count, addr, ret_prefix);
}

/* --- triggers --- */

static void ignore(struct reading *reading, size_t *counter, uint32_t line)
{
	(*counter)++;
	if (!reading->counts->line)
		reading->counts->line = line;
}

/* Types that belong to the zone, not to its policy. */
static bool is_of_zone(uint16_t type)
{
	switch (type) {
	case LDNS_RR_TYPE_SOA:
	case LDNS_RR_TYPE_NS:
	case LDNS_RR_TYPE_DNAME:
	case LDNS_RR_TYPE_DNSKEY:
	case LDNS_RR_TYPE_DS:
	case LDNS_RR_TYPE_RRSIG:
	case LDNS_RR_TYPE_NSEC:
	case LDNS_RR_TYPE_NSEC3:
	case LDNS_RR_TYPE_NSEC3PARAM:
		return true;
	default:
		return false;
	}
}

/*
 * What a trigger does, and with which data: into the members of its node or netblock. A second
 * action is ignored, more data is not.
 */
static int action_put(struct reading *reading, const struct rb_text_record *rr, uint32_t line,
		      uint8_t *action, uint32_t *rrset)
{
	enum rb_rpz_action wanted = action_of(rr);
	struct rb_local_rr added = {
		.type = rr->type,
		.qclass = RB_CLASS_IN,
		.ttl_s = rr->ttl_s,
		.origin = {line, reading->rpz->file_number},
		.rdata_len = rr->rdata_len,
	};

	/* What is said twice is said. */
	if (wanted == *action && wanted != RB_RPZ_DATA && wanted != RB_RPZ_NONE)
		return 0;
	if (wanted == RB_RPZ_NONE ||
	    (*action && (*action != RB_RPZ_DATA || wanted != RB_RPZ_DATA))) {
		ignore(reading, &reading->counts->unusable, line);
		return 0;
	}
	*action = (uint8_t)wanted;
	reading->counts->triggers++;
	return wanted == RB_RPZ_DATA ? rb_build_record(reading->build, rrset, &added, rr->rdata)
				     : 0;
}

static int name_put(struct reading *reading, const struct rb_text_record *rr, uint32_t scope,
		    const uint8_t *name, size_t len, uint32_t line)
{
	struct rb_policy_node *node;
	uint32_t index, rrset;
	uint8_t action;
	int err;

	if (action_of(rr) == RB_RPZ_NONE) {
		ignore(reading, &reading->counts->unusable, line);
		return 0;
	}
	err = rb_build_trigger(reading->build, scope | reading->number, name, len, &node);
	if (err)
		return err;
	index = (uint32_t)(node - reading->build->nodes);
	action = node->action;
	rrset = node->rrset;
	err = action_put(reading, rr, line, &action, &rrset);
	node = &reading->build->nodes[index];
	if (!node->action) {
		node->line = line;
		node->file = reading->rpz->file_number;
	}
	node->action = action;
	node->rrset = rrset;
	return err;
}

static int net_put(struct reading *reading, const struct rb_text_record *rr, uint32_t set,
		   const uint8_t *name, size_t len, uint32_t line)
{
	struct rb_policy_net *net;
	uint8_t addr[16], prefix;
	int err;

	if (action_of(rr) == RB_RPZ_NONE || !netblock_of(name, len, addr, &prefix)) {
		ignore(reading, &reading->counts->unusable, line);
		return 0;
	}
	err = rb_build_net(reading->build, (uint16_t)set, addr, prefix, &net);
	if (err)
		return err;
	if (!net->action) {
		net->line = line;
		net->file = reading->rpz->file_number;
	}
	return action_put(reading, rr, line, &net->action, &net->rrset);
}

/* A trigger on name servers; name: len bytes of labels, and room for the root's. */
static int server_put(struct reading *reading, const struct rb_text_record *rr, enum kind kind,
		      uint8_t *name, size_t len, uint32_t line)
{
	struct rb_build *build = reading->build;
	size_t before = reading->counts->triggers;
	int err;

	if (!len) {
		ignore(reading, &reading->counts->unusable, line);
		return 0;
	}
	name[len] = 0;
	/* Versions that ignored these stored other answers from the same file. */
	build->contents = rb_fnv(build->contents, name, len);
	err = kind == KIND_SERVER_IP
		      ? net_put(reading, rr,
				rb_policy_server_set((uint32_t)build->view_count, reading->number),
				name, len, line)
		      : name_put(reading, rr, RB_POLICY_SERVER_SCOPE, name, len + 1, line);
	reading->counts->servers += reading->counts->triggers - before;
	return err;
}

static int record_use(struct reading *reading, const struct rb_text_record *rr, uint32_t line)
{
	struct rb_build *build = reading->build;
	uint32_t views = (uint32_t)build->view_count;
	const uint8_t *zone = reading->local->bytes + reading->rpz->name;
	size_t owner_len = rr->owner_len, len;
	uint8_t name[RB_NAME_MAX];

	if (is_of_zone(rr->type))
		return 0;
	rb_name_lower(rr->owner, owner_len, name);
	if (rr->rr_class != RB_CLASS_IN ||
	    !rb_name_is_under(name, owner_len, zone, reading->rpz->name_len)) {
		ignore(reading, &reading->counts->unusable, line);
		return 0;
	}
	build->contents = rb_fnv(build->contents, name, owner_len);
	build->contents = rb_fnv(build->contents, rr->rdata, rr->rdata_len);
	len = owner_len - reading->rpz->name_len;
	name[len] = 0;
	if (!len)
		return 0;
	switch (kind_of(name, &len)) {
	case KIND_CLIENT_IP:
		return net_put(reading, rr, rb_policy_client_set(views, reading->number), name, len,
			       line);
	case KIND_RESPONSE_IP:
		return net_put(reading, rr, rb_policy_response_set(views, reading->number), name,
			       len, line);
	case KIND_SERVER_IP:
		return server_put(reading, rr, KIND_SERVER_IP, name, len, line);
	case KIND_SERVER_NAME:
		return server_put(reading, rr, KIND_SERVER_NAME, name, len, line);
	case KIND_QNAME:
		break;
	}
	return name_put(reading, rr, RB_POLICY_RPZ_SCOPE, name, len + 1, line);
}

static int fault(struct reading *reading, unsigned int line, const char *why)
{
	reading->build->fault.origin.line = line;
	reading->build->fault.origin.file = reading->rpz->file_number;
	reading->build->fault.why = why;
	return -EINVAL;
}

static int file_use(struct reading *reading, struct rb_zone_text *zone)
{
	struct rb_text_record record;
	const char *wrong;
	int got;

	while ((got = rb_zone_text_next(zone, &record, &wrong)) > 0) {
		int err = record_use(reading, &record, zone->line);

		if (err)
			return err;
	}
	if (wrong)
		return fault(reading, zone->line, wrong);
	return got && got != -ENOMEM ? fault(reading, zone->line, strerror(-got)) : got;
}

int rb_rpz_file_read(struct rb_build *build, const struct rb_local *local, uint32_t number,
		     struct rb_rpz_counts *ret_counts)
{
	const struct rb_local_rpz *rpz = &local->rpzs[number];
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_(rb_zone_text_free) struct rb_zone_text zone = {
		.base = rpz->base,
		.context.ttl_s = RB_RECORD_TTL_S,
		.next_line = 1,
	};
	struct reading reading = {
		.build = build,
		.local = local,
		.rpz = rpz,
		.number = number,
		.counts = ret_counts,
	};
	int err;

	*ret_counts = (struct rb_rpz_counts){0};
	memcpy(zone.context.origin, local->bytes + rpz->name, rpz->name_len);
	err = rb_file_open(rpz->file, RB_FILE_PLAIN, &file);
	if (err == -ENOENT && rpz->transfer) {
		ret_counts->absent = true;
		return 0;
	}
	if (err)
		return fault(&reading, 0, rb_file_strerror(err));
	zone.file = file;
	return file_use(&reading, &zone);
}

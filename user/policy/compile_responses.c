/* SPDX-License-Identifier: BSD-2-Clause */
/* What is done about responses, compiled. */
#include <stdio.h>
#include <string.h>

#include "dns/name.h"
#include "policy/compile_parts.h"
#include "policy/rpz_file.h"

#define SAID_BYTES  256
#define CNAME_TTL_S 3600 /* of rpz-cname-override */

static bool is_redirect(uint8_t type)
{
	return type == RB_ZONE_REDIRECT || type == RB_ZONE_INFORM_REDIRECT;
}

/* Of two lines for one netblock the first counts. */
static int nets_add(struct rb_build *build, const struct rb_local *local)
{
	int err = 0;

	for (size_t i = local->net_count; i-- > 0 && !err;) {
		const struct rb_local_net *one = &local->nets[i];
		struct rb_policy_net *net;

		err = rb_build_net(build, one->view, one->addr, one->prefix, &net);
		if (err)
			break;
		net->tags |= one->tags;
		if (!one->type)
			continue;
		net->action = one->type;
		net->line = one->origin.line;
		net->file = one->origin.file;
	}
	return err;
}

static bool is_v4(const struct rb_local_net_rr *one)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return one->prefix >= 96 && !memcmp(one->addr, mapped, sizeof(mapped));
}

static int net_data_add(struct rb_build *build, const struct rb_local *local)
{
	int err = 0;

	for (size_t i = local->net_rr_count; i-- > 0 && !err;) {
		const struct rb_local_net_rr *one = &local->net_rrs[i];
		struct rb_policy_net *net;
		uint16_t type;

		err = rb_build_net(build, one->rr.view, one->addr, one->prefix, &net);
		if (err)
			break;
		type = net->rrset ? build->rrsets[net->rrset - 1].type : 0;
		if (!is_redirect(net->action))
			return rb_compile_fault(build, one->rr.origin,
						"response-ip-data: there is no response-ip of this "
						"netblock with the action redirect");
		if (type && (type == RB_TYPE_CNAME || one->rr.type == RB_TYPE_CNAME))
			return rb_compile_fault(build, one->rr.origin,
						"response-ip-data: a CNAME must be the only record "
						"of its netblock");
		if (one->rr.type == (is_v4(one) ? RB_TYPE_AAAA : RB_TYPE_A))
			return rb_compile_fault(build, one->rr.origin,
						"response-ip-data: an address of the other family "
						"than its netblock's");
		err = rb_build_record(build, &net->rrset, &one->rr, local->bytes + one->rr.rdata);
	}
	return err;
}

static int rpz_say(const struct rb_local_rpz *rpz, const struct rb_rpz_counts *counts,
		   const struct rb_policy_say *say)
{
	const struct rb_local_origin origin = {counts->line, rpz->file_number};
	char text[SAID_BYTES];
	int err = 0;

	if (say && counts->absent)
		return say->say(say->context, rpz->origin,
				"rpz: not transferred yet: until it is, it decides nothing");
	if (say && counts->servers) {
		snprintf(text, sizeof(text),
			 "rpz: %zu triggers on name servers (rpz-nsdname, rpz-nsip) see only those "
			 "that a response shows: by default, in answers to questions for NS",
			 counts->servers);
		err = say->say(say->context, rpz->origin, text);
	}
	if (err || !say || !counts->unusable)
		return err;
	snprintf(
		text, sizeof(text),
		"rpz: %zu triggers are used; ignored from here on: %zu that are no trigger or action",
		counts->triggers, counts->unusable);
	return say->say(say->context, origin, text);
}

static int rpz_add(struct rb_build *build, const struct rb_local *local, uint32_t number,
		   const struct rb_policy_say *say)
{
	const struct rb_local_rpz *rpz = &local->rpzs[number];
	const struct rb_local_rr cname = {
		.type = RB_TYPE_CNAME,
		.ttl_s = CNAME_TTL_S,
		.rdata_len = rpz->cname_len,
		.origin = rpz->origin,
	};
	struct rb_policy_rpz added = {
		.tags = rpz->tags,
		.name_len = rpz->name_len,
		.log_name_len = rpz->log_name ? (uint8_t)strlen(rpz->log_name) : 0,
		.override = rpz->override,
		.log = rpz->log,
		.signal_ra = rpz->signal_ra,
	};
	struct rb_rpz_counts counts;
	int err = rb_build_bytes(build, local->bytes + rpz->name, rpz->name_len, &added.name);

	if (!err)
		err = rb_build_bytes(build, rpz->log_name, added.log_name_len, &added.log_name);
	if (!err && rpz->cname_len)
		err = rb_build_record(build, &added.cname, &cname, local->bytes + rpz->cname);
	if (!err)
		err = rb_build_rpz(build, &added);
	if (!err && rpz->file)
		err = rb_rpz_file_read(build, local, number, &counts);
	if (err || !rpz->file)
		return err;
	build->rpzs[number].servers = counts.servers > 0;
	return rpz_say(rpz, &counts, say);
}

int rb_compile_responses(struct rb_build *build, const struct rb_local *local,
			 const struct rb_policy_say *say)
{
	int err = rb_build_net_sets(build,
				    1 + local->view_count + RB_POLICY_RPZ_SETS * local->rpz_count);

	if (!err)
		err = nets_add(build, local);
	if (!err)
		err = net_data_add(build, local);
	for (size_t i = 0; i < local->rpz_count && !err; i++)
		err = rpz_add(build, local, (uint32_t)i, say);
	return err;
}

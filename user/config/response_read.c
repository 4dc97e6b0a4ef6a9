/* SPDX-License-Identifier: BSD-2-Clause */
/* response-ip:, response-ip-data: and response-ip-tag:. */
#include "config/response_read.h"

#include <errno.h>
#include <stdio.h>

#include "config/local_read.h"
#include "config/reader.h"
#include "util/cleanup.h"

static bool is_response_type(enum rb_zone_type type)
{
	switch (type) {
	case RB_ZONE_DENY:
	case RB_ZONE_REDIRECT:
	case RB_ZONE_INFORM:
	case RB_ZONE_INFORM_DENY:
	case RB_ZONE_INFORM_REDIRECT:
	case RB_ZONE_ALWAYS_TRANSPARENT:
	case RB_ZONE_ALWAYS_REFUSE:
	case RB_ZONE_ALWAYS_NXDOMAIN:
	case RB_ZONE_ALWAYS_NODATA:
		return true;
	default:
		return false;
	}
}

int rb_handle_response_ip(struct rb_reader *reader, const struct rb_directive *directive,
			  const struct rb_value *values)
{
	struct rb_local_net net = {
		.type = rb_zone_type_of(values[1].text),
		.view = reader->view,
		.origin = rb_local_origin(reader),
	};

	if (!is_response_type(net.type))
		return rb_config_error(reader->config, reader->location,
				       "%s: expected deny, redirect, inform, inform_deny, "
				       "inform_redirect, always_transparent, always_refuse, "
				       "always_nxdomain or always_nodata, not '%.60s'",
				       directive->name, values[1].text);
	rb_value_netblock(values[0].text, net.addr, &net.prefix);
	return rb_local_add_net(&reader->config->local, &net);
}

/* The data is a record without its owner: "A 192.0.2.1". */
int rb_handle_response_ip_data(struct rb_reader *reader, const struct rb_directive *directive,
			       const struct rb_value *values)
{
	_cleanup_free_ char *line = NULL;
	struct rb_local_net_rr added = {0};
	bool wrong;
	int err;

	rb_value_netblock(values[0].text, added.addr, &added.prefix);
	if (asprintf(&line, ". %s", values[1].text) < 0) {
		line = NULL;
		return -ENOMEM;
	}
	err = rb_local_record(reader, directive->name, line, &added.rr, &wrong);
	return err || wrong ? err : rb_local_add_net_rr(&reader->config->local, &added);
}

int rb_handle_response_ip_tag(struct rb_reader *reader, const struct rb_directive *directive,
			      const struct rb_value *values)
{
	struct rb_local_net net = {.origin = rb_local_origin(reader)};
	bool wrong;
	int err = rb_local_tags(reader, directive->name, values[1].text, &net.tags, &wrong);

	if (err || wrong)
		return err;
	rb_value_netblock(values[0].text, net.addr, &net.prefix);
	return rb_local_add_net(&reader->config->local, &net);
}

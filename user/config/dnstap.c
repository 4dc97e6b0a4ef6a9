/* SPDX-License-Identifier: BSD-2-Clause */
/* The clause dnstap. */
#include "config/dnstap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/reader.h"
#include "config/values.h"

int rb_handle_dnstap_enable(struct rb_reader *reader, const struct rb_directive *directive,
			    const struct rb_value *values)
{
	struct rb_config_dnstap *dnstap = &reader->config->dnstap;

	rb_value_yesno(values[0].text, &dnstap->enabled);
	reader->dnstap_at = reader->location;
	if (!dnstap->enabled)
		return 0;
	return rb_config_warn(
		reader->config, reader->location,
		"%s: what the kernel answers is not among it; xdp: no has all queries "
		"answered by the workers",
		directive->name);
}

/* "" is none. */
int rb_handle_dnstap_ip(struct rb_reader *reader, const struct rb_directive *directive,
			const struct rb_value *values)
{
	const char *text = values[0].text;
	struct sockaddr_storage addr;

	if (!*text || (strchr(text, '@') && rb_value_address(text, 0, &addr)))
		return 0;
	return rb_config_error(reader->config, reader->location,
			       "%s: expected an address and a port, such as 192.0.2.1@6000, not "
			       "'%s'",
			       directive->name, text);
}

static bool is_given(const char *text)
{
	return text && *text;
}

int rb_dnstap_finish(struct rb_reader *reader)
{
	struct rb_config_dnstap *dnstap = &reader->config->dnstap;

	if (!dnstap->enabled)
		return 0;
	if (!is_given(dnstap->socket_path) && !is_given(dnstap->ip)) {
		free(dnstap->socket_path);
		dnstap->socket_path = strdup(RB_DNSTAP_SOCKET);
		return dnstap->socket_path ? 0 : -ENOMEM;
	}
	/* It would be sent in clear text where a file asks for the opposite. */
	if (!is_given(dnstap->socket_path) && dnstap->tls)
		return rb_config_error(reader->config, reader->dnstap_at,
				       "dnstap-ip: is spoken to without TLS alone: add dnstap-tls: "
				       "no, or use dnstap-socket-path");
	return 0;
}

void rb_config_dnstap_free(struct rb_config_dnstap *dnstap)
{
	free(dnstap->socket_path);
	free(dnstap->ip);
	free(dnstap->identity);
	free(dnstap->version);
}

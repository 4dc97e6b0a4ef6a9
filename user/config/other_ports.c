/* SPDX-License-Identifier: BSD-2-Clause */
/* The ports where clients speak something else than plain DNS, or are spoken for. */
#include <stdlib.h>
#include <string.h>

#include "config/handlers.h"
#include "config/reader.h"

#define TLS_PORT   853
#define HTTPS_PORT 443

static bool is_one_of_many(const struct rb_directive *directive)
{
	return strstr(directive->name, "additional") ||
	       !strcmp(directive->name, "proxy-protocol-port");
}

/* One port of each kind, of which a later line takes the place, but for those of which there are many.
 */
static int other_port_add(struct rb_reader *reader, const struct rb_directive *directive,
			  uint16_t port, enum rb_speech speech)
{
	struct rb_other_port other = {.directive = directive, .port = port, .speech = speech};
	size_t i;

	for (i = 0; i < reader->other_port_count; i++) {
		struct rb_other_port *known = &reader->other_ports[i];

		if (!is_one_of_many(directive) && !is_one_of_many(known->directive) &&
		    known->speech == speech && known->directive->note == directive->note) {
			known->port = port;
			return 0;
		}
	}
	return rb_array_append(&reader->other_ports, &reader->other_port_count, sizeof(other),
			       &other);
}

int rb_handle_other_port(struct rb_reader *reader, const struct rb_directive *directive,
			 const struct rb_value *values)
{
	return other_port_add(reader, directive, (uint16_t)atoi(values[0].text), RB_SPEECH_NONE);
}

int rb_handle_tls_port(struct rb_reader *reader, const struct rb_directive *directive,
		       const struct rb_value *values)
{
	return other_port_add(reader, directive, (uint16_t)atoi(values[0].text), RB_SPEECH_TLS);
}

int rb_handle_https_port(struct rb_reader *reader, const struct rb_directive *directive,
			 const struct rb_value *values)
{
	return other_port_add(reader, directive, (uint16_t)atoi(values[0].text), RB_SPEECH_HTTPS);
}

int rb_handle_proxy_port(struct rb_reader *reader, const struct rb_directive *directive,
			 const struct rb_value *values)
{
	struct rb_other_port other = {
		.directive = directive, .port = (uint16_t)atoi(values[0].text), .proxied = true};

	return rb_array_append(&reader->other_ports, &reader->other_port_count, sizeof(other),
			       &other);
}

int rb_handle_proxy_allow(struct rb_reader *reader, const struct rb_directive *directive,
			  const struct rb_value *values)
{
	struct rb_config *config = reader->config;
	struct rb_netblock block;

	(void)directive;
	rb_value_netblock(values[0].text, block.addr, &block.prefix);
	return rb_array_append(&config->proxy_allow, &config->proxy_allow_count, sizeof(block),
			       &block);
}

int rb_other_ports_init(struct rb_reader *reader)
{
	const struct rb_clause *server = rb_clause_find("server");
	int err = other_port_add(reader, rb_directive_find(server, "tls-port"), TLS_PORT,
				 RB_SPEECH_TLS);

	if (err)
		return err;
	return other_port_add(reader, rb_directive_find(server, "https-port"), HTTPS_PORT,
			      RB_SPEECH_HTTPS);
}

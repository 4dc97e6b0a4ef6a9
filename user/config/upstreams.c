/* SPDX-License-Identifier: BSD-2-Clause */
/* Which servers are asked over TLS, and what libunbound is told instead. */
#include "config/upstreams.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/authorities.h"
#include "config/reader.h"
#include "config/upstream_hosts.h"
#include "util/cleanup.h"

#define TLS_PORT       853
#define HOST_NAME_MAX_ 255
#define CIPHERS_MAX    2000

/* --- while the text is read --- */

static struct rb_zone_upstreams *current(struct rb_reader *reader)
{
	return &reader->zones[reader->zone_count - 1].upstreams;
}

static int take_yes(struct rb_reader *reader, const struct rb_value *values, bool *yes,
		    struct rb_location *location)
{
	rb_value_yesno(values[0].text, yes);
	*location = reader->location;
	return 0;
}

int rb_handle_tls_upstream(struct rb_reader *reader, const struct rb_directive *directive,
			   const struct rb_value *values)
{
	(void)directive;
	return take_yes(reader, values, &reader->upstreams.tls, &reader->upstreams.tls_location);
}

int rb_handle_tcp_upstream(struct rb_reader *reader, const struct rb_directive *directive,
			   const struct rb_value *values)
{
	(void)directive;
	return take_yes(reader, values, &reader->upstreams.tcp, &reader->upstreams.tcp_location);
}

int rb_handle_tls_bundle(struct rb_reader *reader, const struct rb_directive *directive,
			 const struct rb_value *values)
{
	(void)directive;
	(void)values;
	reader->upstreams.bundle_location = reader->location;
	return 0;
}

int rb_handle_tls_ciphers(struct rb_reader *reader, const struct rb_directive *directive,
			  const struct rb_value *values)
{
	reader->config->tls_ciphers_location = reader->location;
	if (strlen(values[0].text) <= CIPHERS_MAX)
		return 0;
	return rb_config_error(reader->config, reader->location, "%s: too long", directive->name);
}

int rb_handle_do_not_query(struct rb_reader *reader, const struct rb_directive *directive,
			   const struct rb_value *values)
{
	struct rb_config *config = reader->config;
	struct rb_netblock block;

	(void)directive;
	rb_value_netblock(values[0].text, block.addr, &block.prefix);
	return rb_array_append(&config->not_queried, &config->not_queried_count, sizeof(block),
			       &block);
}

int rb_handle_zone_tls(struct rb_reader *reader, const struct rb_directive *directive,
		       const struct rb_value *values)
{
	(void)directive;
	rb_value_yesno(values[0].text, &current(reader)->tls);
	return 0;
}

int rb_handle_zone_first(struct rb_reader *reader, const struct rb_directive *directive,
			 const struct rb_value *values)
{
	struct rb_zone_upstreams *zone = current(reader);

	(void)directive;
	return take_yes(reader, values, &zone->first, &zone->first_location);
}

int rb_handle_zone_prime(struct rb_reader *reader, const struct rb_directive *directive,
			 const struct rb_value *values)
{
	struct rb_zone_upstreams *zone = current(reader);

	(void)directive;
	return take_yes(reader, values, &zone->prime, &zone->prime_location);
}

int rb_handle_upstream(struct rb_reader *reader, const struct rb_directive *directive,
		       const struct rb_value *values)
{
	struct rb_zone_upstreams *zone = current(reader);
	struct rb_upstream_line line = {directive, {NULL, values[0].quote}, reader->location};
	int err;

	line.value.text = strdup(values[0].text);
	if (!line.value.text)
		return -ENOMEM;
	err = rb_array_append(&zone->lines, &zone->line_count, sizeof(line), &line);
	if (err)
		free(line.value.text);
	return err;
}

void rb_upstreams_free(struct rb_zone_upstreams *upstreams)
{
	for (size_t i = 0; i < upstreams->line_count; i++)
		free(upstreams->lines[i].value.text);
	free(upstreams->lines);
}

/* --- once it has been read --- */

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

static bool is_server(const struct rb_upstream_line *line)
{
	return rb_upstream_line_is_addr(line) || rb_upstream_line_is_host(line);
}

bool rb_upstreams_is_tls(const struct rb_reader *reader, const struct rb_zone *zone)
{
	return (zone->clause->kind == RB_CLAUSE_FORWARD || zone->clause->kind == RB_CLAUSE_STUB) &&
	       (zone->upstreams.tls || reader->upstreams.tls);
}

/* "...@853" and "...#name" are written of servers that speak TLS. */
static int clear_check(struct rb_reader *reader, const struct rb_zone *zone)
{
	int err = 0;

	for (size_t i = 0; i < zone->upstreams.line_count && !err; i++) {
		const struct rb_upstream_line *line = &zone->upstreams.lines[i];
		const char *text = line->value.text, *port = strchr(text, '@');

		if (!is_server(line))
			continue;
		if (strchr(text, '#') || (port && strtoul(port + 1, NULL, 10) == TLS_PORT))
			err = rb_config_warn(reader->config, line->location,
					     "%s: '%s' is asked in clear text: without %s: yes "
					     "there is no TLS",
					     line->directive->name, text,
					     zone->clause->kind == RB_CLAUSE_STUB
						     ? "stub-tls-upstream"
						     : "forward-tls-upstream");
	}
	return err;
}

static void server_free(struct rb_tls_server *server)
{
	free(server->name);
	free(server->text);
	free(server->host);
}

/* The directive by which the server is not to be asked; NULL: none. */
static const char *spared_by(const struct rb_config *config, const struct sockaddr_storage *addr)
{
	uint8_t bytes[16];

	rb_address_mapped(addr, bytes);
	if (config->do_not_query_localhost && rb_address_is_localhost(bytes))
		return "do-not-query-localhost: yes";
	for (size_t i = 0; i < config->not_queried_count; i++)
		if (rb_netblock_has(&config->not_queried[i], bytes))
			return "do-not-query-address:";
	return NULL;
}

/* HOST[@port][#name] */
static int host_take(struct rb_reader *reader, const struct rb_upstream_line *line,
		     struct rb_tls_server *server)
{
	const char *text = line->value.text, *port = strchr(text, '@');
	size_t len = strcspn(text, "@#");

	if (len > HOST_NAME_MAX_ || memchr(text, '\\', len))
		return rb_config_error(reader->config, line->location,
				       "%s: '%.*s' is no name of a host", line->directive->name,
				       (int)len, text);
	server->port = port ? (uint16_t)strtoul(port + 1, NULL, 10) : TLS_PORT;
	server->host = strndup(text, len);
	return server->host ? 0 : -ENOMEM;
}

/* The name that its certificate must be for. */
static int name_take(struct rb_reader *reader, const struct rb_upstream_line *line,
		     struct rb_tls_server *server)
{
	const char *name = strchr(line->value.text, '#');

	if (!name)
		return rb_config_warn(
			reader->config, line->location,
			"%s: %s: without a name (#name) it is not verified who answers",
			line->directive->name, line->value.text);
	if (strlen(name + 1) > HOST_NAME_MAX_ || strchr(name, '\\'))
		return rb_config_error(reader->config, line->location,
				       "%s: '%s' is no name of a host", line->directive->name,
				       name + 1);
	server->name = strndup(name + 1, strlen(name + 1) - ends_in(name, "."));
	return server->name ? 0 : -ENOMEM;
}

static int server_add(struct rb_reader *reader, const struct rb_upstream_line *line,
		      unsigned int zone)
{
	struct rb_config *config = reader->config;
	_cleanup_(server_free) struct rb_tls_server server = {.zone = zone};
	const char *spared = NULL;
	int err = 0;

	if (rb_upstream_line_is_host(line)) {
		err = host_take(reader, line, &server);
	} else {
		rb_value_address(line->value.text, TLS_PORT, &server.addr);
		spared = spared_by(config, &server.addr);
	}
	if (spared)
		return rb_config_warn(config, line->location, "%s: %s is not asked, because of %s",
				      line->directive->name, line->value.text, spared);
	server.text = strdup(line->value.text);
	if (!server.text)
		return -ENOMEM;
	if (!err)
		err = name_take(reader, line, &server);
	if (!err)
		err = rb_array_append(&config->tls_servers, &config->tls_server_count,
				      sizeof(server), &server);
	if (!err)
		server = (struct rb_tls_server){0};
	return err;
}

/* What would make libunbound go elsewhere, in clear text. */
static int zone_detours(struct rb_reader *reader, const struct rb_zone *zone)
{
	const struct rb_zone_upstreams *upstreams = &zone->upstreams;
	bool stub = zone->clause->kind == RB_CLAUSE_STUB;

	if (upstreams->prime)
		return rb_config_error(reader->config, upstreams->prime_location,
				       "stub-prime: not with TLS: the servers that it finds would "
				       "be asked in clear text");
	if (stub && reader->upstreams.tls)
		return rb_config_error(
			reader->config, zone->location,
			"stub-zone %s: not with tls-upstream: servers that it refers "
			"to would be asked in clear text",
			zone->name.text);
	if (upstreams->first && reader->upstreams.tls)
		return rb_config_error(reader->config, upstreams->first_location,
				       "%s-first: not with tls-upstream: other servers would be "
				       "asked in clear text",
				       stub ? "stub" : "forward");
	if (upstreams->first)
		return rb_config_warn(
			reader->config, upstreams->first_location,
			"%s-first: while its servers fail, others are asked, in clear "
			"text",
			stub ? "stub" : "forward");
	return 0;
}

static int zone_take(struct rb_reader *reader, const struct rb_zone *zone, unsigned int number)
{
	const struct rb_zone_upstreams *upstreams = &zone->upstreams;
	bool any = false;
	int err = zone_detours(reader, zone);

	for (size_t i = 0; i < upstreams->line_count && !err; i++) {
		const struct rb_upstream_line *line = &upstreams->lines[i];

		if (!is_server(line))
			continue;
		any = true;
		err = server_add(reader, line, number);
	}
	if (err || any)
		return err;
	return rb_config_error(reader->config, zone->location,
			       "%s %s: over TLS it needs servers: %s-addr: is missing",
			       zone->clause->name, zone->name.text,
			       zone->clause->kind == RB_CLAUSE_STUB ? "stub" : "forward");
}

/* libunbound reaches our sockets by TCP over IPv4. */
static int reach_check(struct rb_reader *reader, const struct rb_zone *zone)
{
	const struct rb_config *config = reader->config;
	const char *what = !config->do_ip4             ? "do-ip4: no"
			   : !config->do_tcp           ? "do-tcp: no"
			   : !config->outgoing_num_tcp ? "outgoing-num-tcp: 0"
			   : !rb_outgoing_has_ip4(&reader->outgoing)
				   ? "outgoing-interface: without an IPv4 address"
				   : NULL;

	return what ? rb_config_error(reader->config, zone->location,
				      "%s %s: not over TLS with %s: libunbound could not hand its "
				      "questions over",
				      zone->clause->name, zone->name.text, what)
		    : 0;
}

/* tls-upstream: says it of everybody, and servers of the DNS do not speak TLS. */
static int root_check(struct rb_reader *reader)
{
	for (size_t i = 0; i < reader->zone_count; i++) {
		const struct rb_zone *zone = &reader->zones[i];

		if (zone->clause->kind == RB_CLAUSE_FORWARD && zone->name.text &&
		    !strcmp(zone->name.text, "."))
			return 0;
	}
	return rb_config_error(reader->config, reader->upstreams.tls_location,
			       "tls-upstream: without a forward-zone for \".\" all servers of the "
			       "DNS would be asked, which do not speak TLS");
}

int rb_upstreams_finish(struct rb_reader *reader)
{
	const struct rb_zone *first = NULL;
	unsigned int count = 0;
	int err = reader->upstreams.tls ? root_check(reader) : 0;

	if (!err)
		err = rb_upstream_hosts_check(reader);
	for (size_t i = 0; i < reader->zone_count && !err; i++) {
		const struct rb_zone *zone = &reader->zones[i];

		if (!zone->name.text)
			continue;
		if (!rb_upstreams_is_tls(reader, zone)) {
			err = clear_check(reader, zone);
			continue;
		}
		first = first ? first : zone;
		err = zone_take(reader, zone, count++);
	}
	reader->config->tls_zone_count = count;
	if (err || !first)
		return err;
	err = reach_check(reader, first);
	if (!err)
		err = rb_authorities_load(reader, first->location);
	return err ? err : rb_outgoing_addresses(reader);
}

/* The comments are for rb_config_fingerprint(): other servers may have other answers. */
static void tls_put(const struct rb_zone *zone, struct rb_lines *lines, unsigned int number)
{
	const char *kind = zone->clause->kind == RB_CLAUSE_STUB ? "stub" : "forward";

	for (size_t i = 0; i < zone->upstreams.line_count; i++)
		if (is_server(&zone->upstreams.lines[i]))
			fprintf(rb_lines_begin(lines, zone->upstreams.lines[i].location),
				"\t# %s\n", zone->upstreams.lines[i].value.text);
	fprintf(rb_lines_begin(lines, zone->location), "\t%s-tcp-upstream: yes\n", kind);
	fprintf(rb_lines_begin(lines, zone->location), "\t%s-addr: " RB_UPSTREAM_PLACE "%u%s", kind,
		number, RB_UPSTREAM_PLACE_END);
}

void rb_upstreams_put(const struct rb_reader *reader, const struct rb_zone *zone,
		      struct rb_lines *lines, unsigned int *zones)
{
	if (rb_upstreams_is_tls(reader, zone)) {
		tls_put(zone, lines, ++*zones);
		return;
	}
	for (size_t i = 0; i < zone->upstreams.line_count; i++) {
		const struct rb_upstream_line *line = &zone->upstreams.lines[i];
		struct rb_value values[RB_VALUES_MAX] = {line->value};

		rb_resolver_text_put(lines, line->location, line->directive->name, values);
	}
}

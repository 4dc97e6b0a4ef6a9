/* SPDX-License-Identifier: BSD-2-Clause */
/* Where questions to upstreams may come from. */
#include "config/outgoing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/reader.h"

#define PORTS_DEFAULT 1024 /* from there on, less those that have an owner */

struct rb_outgoing_block {
	uint8_t addr[16];
	uint8_t prefix;
	struct rb_location location;
};

/* As unbound-checkconf: the same ports cannot be bound twice. */
int rb_handle_outgoing_interface(struct rb_reader *reader, const struct rb_directive *directive,
				 const struct rb_value *values)
{
	struct rb_outgoing *outgoing = &reader->outgoing;
	struct rb_outgoing_block block = {.location = reader->location};
	size_t i;

	rb_value_netblock(values[0].text, block.addr, &block.prefix);
	for (i = 0; i < outgoing->block_count; i++) {
		const struct rb_outgoing_block *known = &outgoing->blocks[i];

		if (known->prefix == block.prefix &&
		    !memcmp(known->addr, block.addr, sizeof(known->addr)))
			return rb_config_error(reader->config, reader->location,
					       "%s: %s is there already, by %s:%u", directive->name,
					       values[0].text, known->location.file,
					       known->location.line);
	}
	return rb_array_append(&outgoing->blocks, &outgoing->block_count, sizeof(block), &block);
}

int rb_handle_outgoing_ports(struct rb_reader *reader, const struct rb_directive *directive,
			     const struct rb_value *values)
{
	struct rb_outgoing *outgoing = &reader->outgoing;
	unsigned long first, last, port;
	char *rest;

	if (!outgoing->ports) {
		outgoing->ports = calloc(1, sizeof(*outgoing->ports));
		if (!outgoing->ports)
			return -ENOMEM;
		for (port = PORTS_DEFAULT; port < RB_PORTS; port++)
			(*outgoing->ports)[port] = true;
	}
	outgoing->ports_location = reader->location;
	first = strtoul(values[0].text, &rest, 10);
	last = *rest == '-' ? strtoul(rest + 1, NULL, 10) : first;
	for (port = first; port <= last; port++)
		(*outgoing->ports)[port] = !strcmp(directive->name, "outgoing-port-permit");
	return 0;
}

int rb_outgoing_finish(struct rb_reader *reader)
{
	const struct rb_outgoing *outgoing = &reader->outgoing;

	if (!outgoing->ports || memchr(outgoing->ports, true, sizeof(*outgoing->ports)))
		return 0;
	return rb_config_error(reader->config, outgoing->ports_location,
			       "no port is left to ask upstreams from, see outgoing-port-permit: "
			       "and outgoing-port-avoid:");
}

static bool is_ip4(const struct rb_outgoing_block *block)
{
	return IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)(const void *)block->addr);
}

bool rb_outgoing_has_ip4(const struct rb_outgoing *outgoing)
{
	for (size_t i = 0; i < outgoing->block_count; i++)
		if (is_ip4(&outgoing->blocks[i]))
			return true;
	return !outgoing->block_count;
}

static void sockaddr_set(const struct rb_outgoing_block *block, struct sockaddr_storage *ret)
{
	struct sockaddr_in ip4 = {.sin_family = AF_INET};
	struct sockaddr_in6 ip6 = {.sin6_family = AF_INET6};

	*ret = (struct sockaddr_storage){0};
	if (is_ip4(block)) {
		memcpy(&ip4.sin_addr, block->addr + 12, 4);
		memcpy(ret, &ip4, sizeof(ip4));
	} else {
		memcpy(&ip6.sin6_addr, block->addr, 16);
		memcpy(ret, &ip6, sizeof(ip6));
	}
}

int rb_outgoing_addresses(struct rb_reader *reader)
{
	struct rb_config *config = reader->config;
	int err = 0;

	for (size_t i = 0; i < reader->outgoing.block_count && !err; i++) {
		const struct rb_outgoing_block *block = &reader->outgoing.blocks[i];
		struct sockaddr_storage source;

		if (block->prefix < 128) {
			err = rb_config_warn(config, block->location,
					     "outgoing-interface: what is asked over TLS does not "
					     "leave from a netblock's addresses");
			continue;
		}
		sockaddr_set(block, &source);
		err = rb_array_append(&config->tls_sources, &config->tls_source_count,
				      sizeof(source), &source);
	}
	return err;
}

void rb_outgoing_free(struct rb_outgoing *outgoing)
{
	free(outgoing->blocks);
	free(outgoing->ports);
}

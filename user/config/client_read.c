/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * access-control-view: and access-control-tag*: what else is said of the clients of a netblock; and
 * interface-action: and its like, which say the same of an address that is listened on.
 */
#include "config/client_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/handlers.h"
#include "config/local_read.h"
#include "config/reader.h"
#include "util/cleanup.h"
#include "util/fnv.h"

#define SHOWN_MAX 60 /* bytes of a wrong value, in a message */

static bool is_same(const struct rb_client_block *a, const struct rb_client_block *b)
{
	if (a->interface || b->interface)
		return a->interface && b->interface && !strcmp(a->interface, b->interface);
	return a->prefix == b->prefix && !memcmp(a->addr, b->addr, sizeof(a->addr));
}

/* One that is not there yet; NULL: there are too many, and that was said. */
static int block_add(struct rb_reader *reader, const struct rb_directive *directive,
		     struct rb_client_block *block, struct rb_client_block **ret_block)
{
	int err;

	if (reader->block_count == RB_CLIENT_CLASSES_MAX - 1)
		return rb_config_error(
			reader->config, reader->location,
			"%s: more than %d netblocks or interfaces with views or tags",
			directive->name, RB_CLIENT_CLASSES_MAX - 1);
	if (block->interface) {
		block->interface = strdup(block->interface);
		if (!block->interface)
			return -ENOMEM;
	}
	err = rb_array_append(&reader->blocks, &reader->block_count, sizeof(*block), block);
	if (err)
		free(block->interface);
	else
		*ret_block = &reader->blocks[reader->block_count - 1];
	return err;
}

/* What is said of a netblock or an interface, by several lines; NULL as above. */
static int block_of(struct rb_reader *reader, const struct rb_directive *directive,
		    const char *text, struct rb_client_block **ret_block)
{
	struct rb_client_block block = {.location = reader->location, .action = RB_ACL_REFUSE};

	*ret_block = NULL;
	if (!strncmp(directive->name, "interface", strlen("interface")))
		block.interface = (char *)text;
	else
		rb_value_netblock(text, block.addr, &block.prefix);
	for (size_t i = 0; i < reader->block_count; i++) {
		if (is_same(&reader->blocks[i], &block)) {
			*ret_block = &reader->blocks[i];
			return 0;
		}
	}
	return block_add(reader, directive, &block, ret_block);
}

int rb_handle_interface_action(struct rb_reader *reader, const struct rb_directive *directive,
			       const struct rb_value *values)
{
	struct rb_client_block *block;
	enum rb_acl_action action;
	bool wrong;
	int err = rb_acl_action_read(reader, directive, values[1].text, &action, &wrong);

	if (!err && !wrong)
		err = block_of(reader, directive, values[0].text, &block);
	if (err || wrong || !block)
		return err;
	block->action = action;
	return 0;
}

int rb_handle_access_control_view(struct rb_reader *reader, const struct rb_directive *directive,
				  const struct rb_value *values)
{
	struct rb_client_block *block;
	int err = block_of(reader, directive, values[0].text, &block);

	if (err || !block)
		return err;
	free(block->view);
	block->view = strdup(values[1].text);
	return block->view ? 0 : -ENOMEM;
}

int rb_handle_access_control_tag(struct rb_reader *reader, const struct rb_directive *directive,
				 const struct rb_value *values)
{
	struct rb_client_block *block;
	uint64_t tags;
	bool wrong;
	int err = rb_local_tags(reader, directive->name, values[1].text, &tags, &wrong);

	if (!err && !wrong)
		err = block_of(reader, directive, values[0].text, &block);
	if (err || wrong || !block)
		return err;
	block->client.tags |= tags;
	return 0;
}

/* The one tag of a line; RB_TAGS_MAX: there is none, and that was said. */
static int tag_number(struct rb_reader *reader, const struct rb_directive *directive,
		      const char *text, unsigned int *ret_tag)
{
	uint64_t tags = 0;
	bool wrong;
	int err = rb_local_tags(reader, directive->name, text, &tags, &wrong);

	*ret_tag = tags ? (unsigned int)__builtin_ctzll(tags) : RB_TAGS_MAX;
	if (!err && !wrong && (!tags || tags & (tags - 1))) {
		*ret_tag = RB_TAGS_MAX;
		return rb_config_error(reader->config, reader->location,
				       "%s: expected one tag, not '%.*s'", directive->name,
				       SHOWN_MAX, text);
	}
	return err;
}

int rb_handle_access_control_tag_action(struct rb_reader *reader,
					const struct rb_directive *directive,
					const struct rb_value *values)
{
	enum rb_zone_type type = rb_zone_type_of(values[2].text);
	struct rb_client_block *block;
	unsigned int tag;
	int err;

	if (type == RB_ZONE_NONE)
		return rb_config_error(reader->config, reader->location,
				       "%s: expected a type of local-zone:, not '%.*s'",
				       directive->name, SHOWN_MAX, values[2].text);
	err = tag_number(reader, directive, values[1].text, &tag);
	if (!err && tag < RB_TAGS_MAX)
		err = block_of(reader, directive, values[0].text, &block);
	if (err || tag >= RB_TAGS_MAX || !block)
		return err;
	block->client.actions[tag] = (uint8_t)type;
	return 0;
}

/* The data is a record without its owner: "A 192.0.2.1". */
int rb_handle_access_control_tag_data(struct rb_reader *reader,
				      const struct rb_directive *directive,
				      const struct rb_value *values)
{
	_cleanup_free_ char *line = NULL;
	struct rb_local_tag_rr added = {0};
	struct rb_client_block *block;
	unsigned int tag;
	bool wrong;
	int err = tag_number(reader, directive, values[1].text, &tag);

	if (err || tag >= RB_TAGS_MAX)
		return err;
	if (asprintf(&line, ". %s", values[2].text) < 0) {
		line = NULL;
		return -ENOMEM;
	}
	err = rb_local_record(reader, directive->name, line, &added.rr, &wrong);
	if (!err && !wrong)
		err = block_of(reader, directive, values[0].text, &block);
	if (err || wrong || !block)
		return err;
	added.tag = (uint8_t)tag;
	added.client_class = (uint8_t)(block - reader->blocks + 1);
	return rb_local_add_tag_rr(&reader->config->local, &added);
}

static int view_find(struct rb_reader *reader, struct rb_client_block *block)
{
	const struct rb_local *local = &reader->config->local;

	if (!block->view)
		return 0;
	for (size_t i = 0; i < local->view_count; i++) {
		if (local->views[i].name && !strcmp(local->views[i].name, block->view)) {
			block->client.view = (uint8_t)(i + 1);
			return 0;
		}
	}
	return rb_config_error(reader->config, block->location,
			       "%s: there is no view of the name '%.*s'",
			       block->interface ? "interface-view" : "access-control-view",
			       SHOWN_MAX, block->view);
}

/* To the rules of the netblock; where there is none, Unbound allows it. */
static int rules_mark(struct rb_reader *reader, const struct rb_client_block *block,
		      uint8_t client_class)
{
	struct rb_config *config = reader->config;
	struct rb_acl_rule rule = {
		.prefix = block->prefix,
		.action = RB_ACL_ALLOW,
		.client_class = client_class,
	};
	bool found = false;

	for (size_t i = 0; i < config->acl_count; i++) {
		struct rb_acl_rule *known = &config->acl[i];

		if (known->prefix != block->prefix ||
		    memcmp(known->addr, block->addr, sizeof(block->addr)) != 0)
			continue;
		known->client_class = client_class;
		if (known->open)
			known->action = RB_ACL_ALLOW;
		known->open = false;
		found = true;
	}
	if (found)
		return 0;
	memcpy(rule.addr, block->addr, sizeof(rule.addr));
	return rb_array_append(&config->acl, &config->acl_count, sizeof(rule), &rule);
}

static void rule_of(const struct rb_listen *listen, struct rb_acl_interface *rule)
{
	const struct sockaddr_in6 *addr6 = (const struct sockaddr_in6 *)&listen->addr;
	const struct sockaddr_in *addr4 = (const struct sockaddr_in *)&listen->addr;

	if (listen->addr.ss_family == AF_INET6) {
		memcpy(rule->addr, &addr6->sin6_addr, sizeof(rule->addr));
		rule->port = ntohs(addr6->sin6_port);
		return;
	}
	memset(rule->addr, 0, 10);
	memset(rule->addr + 10, 0xff, 2);
	memcpy(rule->addr + 12, &addr4->sin_addr, 4);
	rule->port = ntohs(addr4->sin_port);
}

/* Whether it is this address that interface: names so, or would. */
static bool is_named(const struct rb_config *config, const struct rb_listen *listen,
		     const char *text)
{
	struct rb_acl_interface named, listened;
	struct rb_listen other = {0};

	if (!rb_value_address(text, config->port, &other.addr))
		return !strcmp(listen->text, text);
	rule_of(&other, &named);
	rule_of(listen, &listened);
	return named.port == listened.port &&
	       !memcmp(named.addr, listened.addr, sizeof(named.addr));
}

/* To the addresses that are listened on. */
static int interface_mark(struct rb_reader *reader, const struct rb_client_block *block,
			  uint8_t client_class)
{
	struct rb_config *config = reader->config;
	struct rb_acl_interface rule = {
		.action = block->action,
		.client_class = client_class,
	};
	bool found = false;
	int err = 0;

	for (size_t i = 0; i < config->listen_count && !err; i++) {
		if (!is_named(config, &config->listens[i], block->interface))
			continue;
		found = true;
		rule_of(&config->listens[i], &rule);
		err = rb_array_append(&config->acl_interfaces, &config->acl_interface_count,
				      sizeof(rule), &rule);
	}
	if (found || err)
		return err;
	return rb_config_error(config, block->location,
			       "interface-action: and its like: '%.*s' is not listened on, see "
			       "interface:",
			       SHOWN_MAX, block->interface);
}

static bool has_tag_data(const struct rb_reader *reader, size_t block)
{
	const struct rb_local *local = &reader->config->local;

	for (size_t i = 0; i < local->tag_rr_count; i++)
		if (local->tag_rrs[i].client_class == block + 1)
			return true;
	return false;
}

static bool says_same(const struct rb_client_block *a, const struct rb_client_block *b)
{
	return a->client.view == b->client.view && a->client.tags == b->client.tags &&
	       !memcmp(a->client.actions, b->client.actions, sizeof(a->client.actions));
}

/*
 * The class of a block: that of an earlier one which says the same, 0 where nothing is said. Actions
 * and data are of tags.
 */
static int class_of(struct rb_reader *reader, size_t number, uint8_t classes[RB_CLIENT_CLASSES_MAX])
{
	const struct rb_client_block *block = &reader->blocks[number];
	struct rb_local *local = &reader->config->local;
	int err;

	classes[number] = 0;
	if (!block->client.view && !block->client.tags)
		return 0;
	for (size_t i = 0; i < number && !has_tag_data(reader, number); i++) {
		if (!says_same(&reader->blocks[i], block) || has_tag_data(reader, i))
			continue;
		classes[number] = classes[i];
		return 0;
	}
	err = rb_local_add_class(local, &block->client);
	classes[number] = (uint8_t)local->class_count;
	return err;
}

static uint32_t mix_text(uint32_t hash, const char *text)
{
	return rb_fnv(hash, text, strlen(text) + 1);
}

/* By names, since views and tags are numbered by the order of their lines. */
static uint32_t numbering_make(const struct rb_reader *reader)
{
	const struct rb_local *local = &reader->config->local;
	uint32_t hash = RB_FNV_START;

	for (size_t i = 0; i < local->class_count; i++) {
		const struct rb_local_class *one = &local->classes[i];

		hash = mix_text(hash, one->view ? local->views[one->view - 1].name : "");
		hash = rb_fnv(hash, &one->tags, sizeof(one->tags));
		hash = rb_fnv(hash, one->actions, sizeof(one->actions));
	}
	for (size_t i = 0; i < local->tag_rr_count; i++) {
		const struct rb_local_tag_rr *one = &local->tag_rrs[i];

		hash = rb_fnv(hash, &one->client_class, sizeof(one->client_class));
		hash = rb_fnv(hash, &one->tag, sizeof(one->tag));
		hash = rb_fnv(hash, local->bytes + one->rr.rdata, one->rr.rdata_len);
	}
	for (size_t i = 0; i < local->tag_count; i++)
		hash = mix_text(hash, local->tags[i]);
	return local->class_count ? hash ?: 1 : 0;
}

int rb_clients_finish(struct rb_reader *reader)
{
	struct rb_local *local = &reader->config->local;
	uint8_t classes[RB_CLIENT_CLASSES_MAX];
	int err = 0;

	for (size_t i = 0; i < reader->block_count && !err; i++) {
		struct rb_client_block *block = &reader->blocks[i];

		err = view_find(reader, block);
		if (!err)
			err = class_of(reader, i, classes);
		if (!err && block->interface)
			err = interface_mark(reader, block, classes[i]);
		else if (!err)
			err = rules_mark(reader, block, classes[i]);
	}
	for (size_t i = 0; i < local->tag_rr_count && !err; i++)
		local->tag_rrs[i].client_class = classes[local->tag_rrs[i].client_class - 1];
	if (!err)
		local->numbering = numbering_make(reader);
	return err;
}

void rb_clients_free(struct rb_reader *reader)
{
	for (size_t i = 0; i < reader->block_count; i++)
		free(reader->blocks[i].view);
	for (size_t i = 0; i < reader->block_count; i++)
		free(reader->blocks[i].interface);
	free(reader->blocks);
}

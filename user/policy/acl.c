/* SPDX-License-Identifier: BSD-2-Clause */
/* Access control: netblocks cut into ranges that a binary search finds, and as keys of a trie. */
#include "policy/acl.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

#define ADDRESS_BYTES 16
#define ADDRESS_BITS  (8 * ADDRESS_BYTES)
#define EPOCH_BITS    32 /* of a key: alone they stand for every address */

struct netblock {
	struct rb_acl_rule rule;
	uint8_t last[ADDRESS_BYTES];
	size_t order; /* in the file */
};

/* From start to where the next range begins. */
struct range {
	uint8_t start[ADDRESS_BYTES];
	struct rb_client client;
};

struct rb_acl {
	struct netblock *blocks; /* by first address, the wider first; no two alike */
	size_t block_count;
	struct range *ranges; /* by start; the first begins at 0 */
	size_t range_count;
	struct rb_acl_interface *interfaces;
	size_t interface_count;
	bool is_open_elsewhere; /* who asks without a rule is allowed, wherever he asks */
};

/* Of whom no rule speaks. */
static const struct rb_client nobody = {.action = RB_ACL_REFUSE, .unknown = true};

static struct rb_client client_of(const struct rb_acl_rule *rule)
{
	return (struct rb_client){
		.action = rule->action,
		.class_id = rule->client_class,
		.apart = rule->apart,
		.unknown = rule->open,
	};
}

static void last_address(const struct rb_acl_rule *rule, uint8_t ret_last[ADDRESS_BYTES])
{
	unsigned int i;

	memcpy(ret_last, rule->addr, ADDRESS_BYTES);
	for (i = rule->prefix; i < ADDRESS_BITS; i++)
		ret_last[i / 8] |= (uint8_t)(0x80 >> i % 8);
}

/* false: there is no address after the last one. */
static bool next_address(const uint8_t addr[ADDRESS_BYTES], uint8_t ret_next[ADDRESS_BYTES])
{
	int i;

	memcpy(ret_next, addr, ADDRESS_BYTES);
	for (i = ADDRESS_BYTES - 1; i >= 0; i--)
		if (++ret_next[i])
			return true;
	return false;
}

static int compare(const void *left, const void *right)
{
	const struct netblock *a = left, *b = right;
	int order = memcmp(a->rule.addr, b->rule.addr, ADDRESS_BYTES);

	if (!order)
		order = (int)a->rule.prefix - (int)b->rule.prefix;
	return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* Of rules for the same netblock the last one counts. */
static void drop_overruled(struct rb_acl *acl)
{
	size_t i, kept = 0;

	for (i = 0; i < acl->block_count; i++) {
		const struct rb_acl_rule *rule = &acl->blocks[i].rule;

		if (kept && acl->blocks[kept - 1].rule.prefix == rule->prefix &&
		    !memcmp(acl->blocks[kept - 1].rule.addr, rule->addr, ADDRESS_BYTES))
			kept--;
		acl->blocks[kept++] = acl->blocks[i];
	}
	acl->block_count = kept;
}

static void range_begin(struct rb_acl *acl, const uint8_t start[ADDRESS_BYTES],
			struct rb_client client)
{
	struct range *range = &acl->ranges[acl->range_count];

	/* A narrower netblock that begins where the wider one does replaces it from there on. */
	if (acl->range_count && !memcmp(range[-1].start, start, ADDRESS_BYTES))
		range--;
	else
		acl->range_count++;
	memcpy(range->start, start, ADDRESS_BYTES);
	range->client = client;
}

/* Leave the innermost open netblock: what follows it belongs to the one around it. */
static void block_end(struct rb_acl *acl, const struct netblock **open, size_t *depth)
{
	const struct netblock *ended = open[--*depth];
	uint8_t after[ADDRESS_BYTES];

	if (next_address(ended->last, after))
		range_begin(acl, after, *depth ? client_of(&open[*depth - 1]->rule) : nobody);
}

/* Netblocks lie inside each other or apart, so those around an address form a stack. */
static void cut_ranges(struct rb_acl *acl)
{
	static const uint8_t first[ADDRESS_BYTES];
	const struct netblock *open[ADDRESS_BITS + 1];
	size_t depth = 0, i;

	range_begin(acl, first, nobody);
	for (i = 0; i < acl->block_count; i++) {
		const struct netblock *block = &acl->blocks[i];

		while (depth && memcmp(open[depth - 1]->last, block->rule.addr, ADDRESS_BYTES) < 0)
			block_end(acl, open, &depth);
		range_begin(acl, block->rule.addr, client_of(&block->rule));
		open[depth++] = block;
	}
	while (depth)
		block_end(acl, open, &depth);
}

int rb_acl_new(const struct rb_acl_rule *rules, size_t count, struct rb_acl **ret_acl)
{
	_cleanup_(rb_acl_freep) struct rb_acl *acl = calloc(1, sizeof(*acl));
	size_t i;

	if (!acl)
		return -ENOMEM;
	acl->blocks = calloc(count + 1, sizeof(*acl->blocks));
	/* A netblock begins a range, and another one after it. */
	acl->ranges = calloc(2 * count + 1, sizeof(*acl->ranges));
	if (!acl->blocks || !acl->ranges)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		if (rules[i].prefix > ADDRESS_BITS)
			return -EINVAL;
		acl->blocks[i].rule = rules[i];
		acl->blocks[i].order = i;
		last_address(&rules[i], acl->blocks[i].last);
	}
	acl->block_count = count;
	qsort(acl->blocks, count, sizeof(*acl->blocks), compare);
	drop_overruled(acl);
	cut_ranges(acl);
	*ret_acl = TAKE_PTR(acl);
	return 0;
}

int rb_acl_new_of(const struct rb_config *config, struct rb_acl **ret_acl)
{
	_cleanup_(rb_acl_freep) struct rb_acl *acl = NULL;
	size_t count = config->acl_interface_count, open = 0;
	int err = rb_acl_new(config->acl, config->acl_count, &acl);

	if (err)
		return err;
	if (count) {
		acl->interfaces = calloc(count, sizeof(*acl->interfaces));
		if (!acl->interfaces)
			return -ENOMEM;
		memcpy(acl->interfaces, config->acl_interfaces, count * sizeof(*acl->interfaces));
		acl->interface_count = count;
	}
	for (size_t i = 0; i < count; i++)
		open += acl->interfaces[i].action == RB_ACL_ALLOW &&
			!acl->interfaces[i].client_class;
	acl->is_open_elsewhere = count && open == config->listen_count;
	*ret_acl = TAKE_PTR(acl);
	return 0;
}

void rb_acl_free(struct rb_acl *acl)
{
	if (!acl)
		return;
	free(acl->interfaces);
	free(acl->blocks);
	free(acl->ranges);
	free(acl);
}

void rb_acl_freep(struct rb_acl **acl)
{
	rb_acl_free(*acl);
}

struct rb_client rb_acl_find(const struct rb_acl *acl, const uint8_t addr[16])
{
	size_t low = 0, high = acl->range_count;

	/* ranges[low] begins at or before addr, ranges[high] after it. */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(acl->ranges[middle].start, addr, ADDRESS_BYTES) <= 0)
			low = middle;
		else
			high = middle;
	}
	return acl->ranges[low].client;
}

static bool is_any(const uint8_t addr[ADDRESS_BYTES], const uint8_t asked[ADDRESS_BYTES])
{
	static const uint8_t any[2][ADDRESS_BYTES] = {{0}, {[10] = 0xff, [11] = 0xff}};
	bool is_v4 = !memcmp(asked, any[1], 12);

	return !memcmp(addr, any[is_v4], ADDRESS_BYTES);
}

/* The address itself, else that which stands for all of its family. */
static const struct rb_acl_interface *interface_find(const struct rb_acl_interface *interfaces,
						     size_t count,
						     const struct rb_acl_destination *destination)
{
	const struct rb_acl_interface *of_all = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct rb_acl_interface *one = &interfaces[i];

		if (one->port != destination->port)
			continue;
		if (!memcmp(one->addr, destination->addr, ADDRESS_BYTES))
			return one;
		if (is_any(one->addr, destination->addr))
			of_all = one;
	}
	return of_all;
}

struct rb_client rb_acl_find_at(const struct rb_acl *acl, const uint8_t addr[16],
				const struct rb_acl_destination *destination)
{
	struct rb_client client = rb_acl_find(acl, addr);
	const struct rb_acl_interface *interface =
		client.unknown ? interface_find(acl->interfaces, acl->interface_count, destination)
			       : NULL;

	if (interface) {
		client.action = interface->action;
		client.class_id = interface->client_class;
	}
	return client;
}

bool rb_acl_asks_where(const struct rb_acl *acl)
{
	return acl->interface_count > 0;
}

void rb_acl_mapped(const struct sockaddr_storage *from, uint8_t ret_addr[16])
{
	if (from->ss_family == AF_INET6) {
		memcpy(ret_addr, &((const struct sockaddr_in6 *)from)->sin6_addr, ADDRESS_BYTES);
		return;
	}
	memset(ret_addr, 0, 10);
	memset(ret_addr + 10, 0xff, 2);
	memcpy(ret_addr + 12, &((const struct sockaddr_in *)from)->sin_addr, 4);
}

uint16_t rb_acl_port(const struct sockaddr_storage *from)
{
	return ntohs(from->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)from)->sin6_port
						 : ((const struct sockaddr_in *)from)->sin_port);
}

struct rb_acl_destination rb_acl_destination_of(const struct sockaddr_storage *server)
{
	struct rb_acl_destination destination = {.port = rb_acl_port(server)};

	rb_acl_mapped(server, destination.addr);
	return destination;
}

static enum rb_access kernel_access(struct rb_client client)
{
	switch (client.action) {
	case RB_ACL_DENY:
		return RB_ACCESS_DENY;
	case RB_ACL_REFUSE:
		return RB_ACCESS_REFUSE;
	case RB_ACL_ALLOW:
		return client.class_id >= RB_CLASSES_MAX || client.apart ? RB_ACCESS_USERSPACE
									 : RB_ACCESS_ALLOW;
	case RB_ACL_ALLOW_SETRD:
	case RB_ACL_ALLOW_SNOOP:
	case RB_ACL_DENY_NON_LOCAL:
	case RB_ACL_REFUSE_NON_LOCAL:
		break;
	}
	return RB_ACCESS_USERSPACE;
}

uint32_t rb_acl_kernel_value(struct rb_client client)
{
	return rb_acl_value(kernel_access(client), client.class_id % RB_CLASSES_MAX);
}

uint32_t rb_acl_destination_value(const struct rb_acl_interface *interfaces, size_t count,
				  const struct rb_acl_destination *destination)
{
	const struct rb_acl_interface *interface = interface_find(interfaces, count, destination);

	return interface ? rb_acl_kernel_value((struct rb_client){
				   .action = interface->action,
				   .class_id = interface->client_class,
			   })
			 : 0;
}

static uint32_t value_of(const struct rb_acl *acl, struct rb_client client)
{
	if (!client.unknown || !acl->interface_count)
		return rb_acl_kernel_value(client);
	if (client.apart)
		return rb_acl_value(RB_ACCESS_USERSPACE, 0);
	if (acl->is_open_elsewhere)
		return rb_acl_value(RB_ACCESS_ALLOW, 0);
	return rb_acl_kernel_value(client) | RB_ACL_BY_DESTINATION;
}

bool rb_acl_is_open(const struct rb_acl *acl)
{
	size_t i;

	for (i = 0; i < acl->range_count; i++)
		if (value_of(acl, acl->ranges[i].client) != RB_ACCESS_ALLOW)
			return false;
	return true;
}

static int load_one(int map_fd, uint32_t epoch, const uint8_t addr[ADDRESS_BYTES],
		    unsigned int prefix, uint32_t value)
{
	struct rb_acl_key key = {.prefixlen = EPOCH_BITS + prefix, .epoch = epoch};

	memcpy(key.addr, addr, sizeof(key.addr));
	return bpf_map_update_elem(map_fd, &key, &value, BPF_ANY) ? -errno : 0;
}

/* Remove the keys of one epoch, or of all but this one. */
static int remove_keys(int map_fd, uint32_t epoch, bool others)
{
	struct rb_acl_key kept, key;
	bool any_kept = false;

	/* Every key is asked for by one that is still there: by a deleted one we would start anew.
	 */
	while (!bpf_map_get_next_key(map_fd, any_kept ? &kept : NULL, &key)) {
		if ((key.epoch != epoch) != others) {
			kept = key;
			any_kept = true;
		} else if (bpf_map_delete_elem(map_fd, &key) && errno != ENOENT) {
			return -errno;
		}
	}
	return errno == ENOENT ? 0 : -errno;
}

int rb_acl_load(const struct rb_acl *acl, int map_fd, uint32_t epoch)
{
	static const uint8_t any[ADDRESS_BYTES];
	size_t i;
	/* First, so that a rule for ::/0, which is the same key, overrules it. */
	int err = load_one(map_fd, epoch, any, 0, value_of(acl, nobody));

	for (i = 0; i < acl->block_count && !err; i++) {
		const struct rb_acl_rule *rule = &acl->blocks[i].rule;

		err = load_one(map_fd, epoch, rule->addr, rule->prefix,
			       value_of(acl, client_of(rule)));
	}
	/* Half of the rules would be other rules. */
	if (err)
		remove_keys(map_fd, epoch, false);
	return err;
}

int rb_acl_retire(int map_fd, uint32_t epoch_in_force)
{
	return remove_keys(map_fd, epoch_in_force, true);
}

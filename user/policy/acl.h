/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access control: the most specific netblock decides (unbound.conf(5), access-control).
 *
 * Thread: built by main, then read by any. Lifetime: rb_acl_free(). Errors: 0 or -errno.
 */
#ifndef RB_POLICY_ACL_H
#define RB_POLICY_ACL_H

#include <netinet/in.h>

#include "config/config.h"

struct rb_acl;

int rb_acl_new(const struct rb_acl_rule *rules, size_t count, struct rb_acl **ret_acl);

/* The same, with the configuration's rules for interfaces. */
int rb_acl_new_of(const struct rb_config *config, struct rb_acl **ret_acl);
void rb_acl_free(struct rb_acl *acl);
void rb_acl_freep(struct rb_acl **acl);

/* What the configuration says about a client. */
struct rb_client {
	enum rb_acl_action action;
	uint8_t class_id; /* of struct rb_local; 0: neither view nor tags */
	bool apart;       /* a response policy zone may name this very address */
	bool unknown;     /* no rule names it: that of the interface that it asks applies */
};

/* Our address that a query was sent to. */
struct rb_acl_destination {
	uint8_t addr[16]; /* v4-mapped for IPv4 */
	uint16_t port;    /* host order */
};

/* addr: 16 bytes, v4-mapped for IPv4. If no rule matches: RB_ACL_REFUSE, class 0. */
struct rb_client rb_acl_find(const struct rb_acl *acl, const uint8_t addr[16]);

/*
 * The same for a client whose query was sent to this destination, which matters only if there are
 * rules for interfaces.
 */
struct rb_client rb_acl_find_at(const struct rb_acl *acl, const uint8_t addr[16],
				const struct rb_acl_destination *destination);
bool rb_acl_asks_where(const struct rb_acl *acl);

static inline enum rb_acl_action rb_acl_check(const struct rb_acl *acl, const uint8_t addr[16])
{
	return rb_acl_find(acl, addr).action;
}

void rb_acl_mapped(const struct sockaddr_storage *from, uint8_t ret_addr[16]);
uint16_t rb_acl_port(const struct sockaddr_storage *from); /* host order */
struct rb_acl_destination rb_acl_destination_of(const struct sockaddr_storage *server);

/* What the XDP program does for a client, and its class there: see rb_acl_value(). It only knows
 * the classes that the table can hold, and no clients that are apart. */
uint32_t rb_acl_kernel_value(struct rb_client client);

/* The same for clients that no rule names, by the address that they ask; 0: it has no rule. */
uint32_t rb_acl_destination_value(const struct rb_acl_interface *interfaces, size_t count,
				  const struct rb_acl_destination *destination);

/* Whether everybody is allowed, so that the XDP program need not look clients up. */
bool rb_acl_is_open(const struct rb_acl *acl);

/*
 * Fill the XDP program's trie (map fd of rb_acl) with the rules under this epoch, before they are
 * in force; once they are, rb_acl_retire() removes those of all other epochs.
 */
int rb_acl_load(const struct rb_acl *acl, int map_fd, uint32_t epoch);
int rb_acl_retire(int map_fd, uint32_t epoch_in_force);

#endif

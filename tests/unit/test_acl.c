/* SPDX-License-Identifier: BSD-2-Clause */
/* Access control: who is answered, by userspace's list and by the XDP program's trie. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <cmocka.h>

#include "lib/prng.h"
#include "policy/acl.h"
#include "util/cleanup.h"

#define RULES_MAX 16
#define MANY      1000
#define EPOCH     7

struct written {
	const char *netblock;
	enum rb_acl_action action;
};

static void address(const char *text, uint8_t ret[16])
{
	struct sockaddr_storage from = {.ss_family = AF_INET};

	if (inet_pton(AF_INET, text, &((struct sockaddr_in *)&from)->sin_addr) != 1) {
		from.ss_family = AF_INET6;
		assert_int_equal(
			inet_pton(AF_INET6, text, &((struct sockaddr_in6 *)&from)->sin6_addr), 1);
	}
	rb_acl_mapped(&from, ret);
}

static struct rb_acl_rule rule_of(const struct written *written)
{
	struct rb_acl_rule rule = {.action = written->action};
	char ip[64];
	size_t length = strcspn(written->netblock, "/");

	memcpy(ip, written->netblock, length);
	ip[length] = '\0';
	address(ip, rule.addr);
	rule.prefix = (uint8_t)(atoi(written->netblock + length + 1) + (strchr(ip, ':') ? 0 : 96));
	return rule;
}

static struct rb_acl *acl_of(const struct written *written, size_t count)
{
	struct rb_acl_rule rules[RULES_MAX];
	struct rb_acl *acl = NULL;
	size_t i;

	assert_true(count <= RULES_MAX);
	for (i = 0; i < count; i++)
		rules[i] = rule_of(&written[i]);
	assert_int_equal(rb_acl_new(rules, count, &acl), 0);
	return acl;
}

/* Out of order, nested, beside each other, at both ends of the address space, one overruled. */
static const struct written office[] = {
	{"10.1.0.0/16", RB_ACL_REFUSE},
	{"0.0.0.0/0", RB_ACL_REFUSE},
	{"10.0.0.0/8", RB_ACL_ALLOW},
	{"10.1.2.0/24", RB_ACL_ALLOW_SNOOP},
	{"10.1.2.3/32", RB_ACL_DENY},
	{"127.0.0.0/8", RB_ACL_ALLOW},
	{"::0/0", RB_ACL_DENY},
	{"::1/128", RB_ACL_ALLOW},
	{"2001:db8::/32", RB_ACL_REFUSE_NON_LOCAL},
	{"2001:db8::/33", RB_ACL_ALLOW},
	{"192.0.2.0/24", RB_ACL_DENY},
	{"192.0.2.0/24", RB_ACL_ALLOW_SETRD},
	{"255.255.255.255/32", RB_ACL_DENY_NON_LOCAL},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", RB_ACL_ALLOW},
};

static const struct client {
	const char *address;
	enum rb_acl_action action;
} clients[] = {
	{"10.0.0.0", RB_ACL_ALLOW},
	{"10.0.255.255", RB_ACL_ALLOW},
	{"10.1.0.0", RB_ACL_REFUSE},
	{"10.1.1.255", RB_ACL_REFUSE},
	{"10.1.2.0", RB_ACL_ALLOW_SNOOP},
	{"10.1.2.2", RB_ACL_ALLOW_SNOOP},
	{"10.1.2.3", RB_ACL_DENY},
	{"10.1.2.4", RB_ACL_ALLOW_SNOOP},
	{"10.1.3.0", RB_ACL_REFUSE},
	{"10.2.0.0", RB_ACL_ALLOW},
	{"10.255.255.255", RB_ACL_ALLOW},
	{"11.0.0.0", RB_ACL_REFUSE},
	{"9.255.255.255", RB_ACL_REFUSE},
	{"127.0.0.1", RB_ACL_ALLOW},
	{"0.0.0.0", RB_ACL_REFUSE},
	{"255.255.255.255", RB_ACL_DENY_NON_LOCAL},
	{"255.255.255.254", RB_ACL_REFUSE},
	{"192.0.2.1", RB_ACL_ALLOW_SETRD},
	{"::", RB_ACL_DENY},
	{"::1", RB_ACL_ALLOW},
	{"::2", RB_ACL_DENY},
	{"::1:0:0:0", RB_ACL_DENY},
	{"2001:db8::1", RB_ACL_ALLOW},
	{"2001:db8:7fff:ffff:ffff:ffff:ffff:ffff", RB_ACL_ALLOW},
	{"2001:db8:8000::", RB_ACL_REFUSE_NON_LOCAL},
	{"2001:db9::", RB_ACL_DENY},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", RB_ACL_ALLOW},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", RB_ACL_DENY},
};

/* Otherwise: strangers are answered or the office is not. */
static void most_specific_netblock_decides(void **state)
{
	_cleanup_(rb_acl_freep) struct rb_acl *acl = acl_of(office, ARRAY_SIZE(office));
	uint8_t addr[16];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(clients); i++) {
		address(clients[i].address, addr);
		if (rb_acl_check(acl, addr) != clients[i].action)
			fail_msg("%s: action %d", clients[i].address, rb_acl_check(acl, addr));
	}
}

/* Otherwise: an empty list lets everybody in. */
static void nobody_is_named_everybody_is_refused(void **state)
{
	_cleanup_(rb_acl_freep) struct rb_acl *acl = acl_of(NULL, 0);
	uint8_t addr[16];

	(void)state;
	address("192.0.2.1", addr);
	assert_int_equal(rb_acl_check(acl, addr), RB_ACL_REFUSE);
	assert_false(rb_acl_is_open(acl));
}

static bool covers(const struct rb_acl_rule *rule, const uint8_t addr[16])
{
	unsigned int i;

	for (i = 0; i < rule->prefix; i++)
		if ((rule->addr[i / 8] ^ addr[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

/* The definition, word for word: the longest prefix, of equals the last. */
static enum rb_acl_action plain_check(const struct rb_acl_rule *rules, size_t count,
				      const uint8_t addr[16])
{
	const struct rb_acl_rule *best = NULL;
	size_t i;

	for (i = 0; i < count; i++)
		if (covers(&rules[i], addr) && (!best || rules[i].prefix >= best->prefix))
			best = &rules[i];
	return best ? best->action : RB_ACL_REFUSE;
}

/* Few different bytes, so that netblocks meet, and prefixes from all lengths. */
static void random_rules(struct prng *prng, struct rb_acl_rule *rules, size_t count)
{
	size_t i;
	unsigned int k;

	for (i = 0; i < count; i++) {
		rules[i].prefix = (uint8_t)prng_below(prng, 129);
		rules[i].action = (enum rb_acl_action)prng_below(prng, 7);
		for (k = 0; k < 16; k++)
			rules[i].addr[k] = (uint8_t)(prng_below(prng, 2) * 0xff);
		for (k = rules[i].prefix; k < 128; k++)
			rules[i].addr[k / 8] &= (uint8_t) ~(0x80 >> k % 8);
	}
}

/* Otherwise: some combination of netblocks gives some address to the wrong rule. */
static void agrees_with_the_definition(void **state)
{
	static struct rb_acl_rule rules[MANY];
	_cleanup_(rb_acl_freep) struct rb_acl *acl = NULL;
	struct prng prng = {.state = 1};
	unsigned int i, k;

	(void)state;
	random_rules(&prng, rules, MANY);
	assert_int_equal(rb_acl_new(rules, MANY, &acl), 0);
	for (i = 0; i < 20000; i++) {
		uint8_t addr[16];

		/* Inside a netblock, at its edges, and just outside of them. */
		memcpy(addr, rules[prng_below(&prng, MANY)].addr, sizeof(addr));
		for (k = prng_below(&prng, 4); k; k--)
			addr[prng_below(&prng, 16)] ^= (uint8_t)(1 << prng_below(&prng, 8));
		assert_int_equal(rb_acl_check(acl, addr), plain_check(rules, MANY, addr));
	}
}

/* Otherwise: the XDP program skips the list though somebody is to be refused, or never does. */
static void open_means_everybody(void **state)
{
	static const struct written everybody[] = {
		{"0.0.0.0/0", RB_ACL_REFUSE}, {"127.0.0.0/8", RB_ACL_ALLOW},
		{"::0/0", RB_ACL_ALLOW},      {"0.0.0.0/0", RB_ACL_ALLOW},
		{"10.0.0.0/8", RB_ACL_ALLOW},
	};
	static const struct written not_ip6[] = {{"0.0.0.0/0", RB_ACL_ALLOW}};
	static const struct written but_one[] = {{"::0/0", RB_ACL_ALLOW},
						 {"192.0.2.1/32", RB_ACL_ALLOW_SNOOP}};
	_cleanup_(rb_acl_freep) struct rb_acl *yes = acl_of(everybody, ARRAY_SIZE(everybody));
	_cleanup_(rb_acl_freep) struct rb_acl *no = acl_of(not_ip6, ARRAY_SIZE(not_ip6));
	_cleanup_(rb_acl_freep) struct rb_acl *nearly = acl_of(but_one, ARRAY_SIZE(but_one));

	(void)state;
	assert_true(rb_acl_is_open(yes));
	assert_false(rb_acl_is_open(no));
	assert_false(rb_acl_is_open(nearly));
}

static int trie_open(unsigned int entries)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	int fd = bpf_map_create(BPF_MAP_TYPE_LPM_TRIE, "rb_test_acl", sizeof(struct rb_acl_key),
				sizeof(uint32_t), entries, &opts);

	if (fd < 0 && (errno == EPERM || errno == EACCES)) {
		print_message("no BPF map without CAP_BPF: run as root\n");
		skip();
	}
	assert_true(fd >= 0);
	return fd;
}

/* As kern/policy.bpf.h looks a client up. */
static uint32_t trie_check(int fd, uint32_t epoch, const char *client)
{
	struct rb_acl_key key = {.prefixlen = 8 * (sizeof(key) - sizeof(key.prefixlen)),
				 .epoch = epoch};
	uint32_t access = RB_ACCESS_UNKNOWN;

	address(client, key.addr);
	if (bpf_map_lookup_elem(fd, &key, &access))
		assert_int_equal(errno, ENOENT);
	return access;
}

static size_t trie_count(int fd)
{
	struct rb_acl_key key;
	size_t count = 0;
	void *previous = NULL;

	for (; !bpf_map_get_next_key(fd, previous, &key); count++)
		previous = &key;
	return count;
}

/* Otherwise: the kernel gives answers that userspace would refuse. */
static void trie_says_what_the_list_says(void **state)
{
	_cleanup_close_ int fd = trie_open(100);
	_cleanup_(rb_acl_freep) struct rb_acl *acl = acl_of(office, ARRAY_SIZE(office));
	size_t i;

	(void)state;
	assert_int_equal(rb_acl_load(acl, fd, EPOCH), 0);
	for (i = 0; i < ARRAY_SIZE(clients); i++)
		assert_int_equal(
			trie_check(fd, EPOCH, clients[i].address),
			rb_acl_kernel_value((struct rb_client){.action = clients[i].action}));
	assert_int_equal(trie_check(fd, EPOCH + 1, "10.0.0.1"), RB_ACCESS_UNKNOWN);
}

/* Otherwise: who is in no netblock is neither refused nor answered by the kernel. */
static void trie_knows_every_address(void **state)
{
	_cleanup_close_ int fd = trie_open(100);
	_cleanup_(rb_acl_freep) struct rb_acl *acl = acl_of(NULL, 0);

	(void)state;
	assert_int_equal(rb_acl_load(acl, fd, EPOCH), 0);
	assert_int_equal(trie_check(fd, EPOCH, "192.0.2.1"), RB_ACCESS_REFUSE);
	assert_int_equal(trie_check(fd, EPOCH, "2001:db8::1"), RB_ACCESS_REFUSE);
}

/* Otherwise: a reload leaves a moment without rules, or the map fills up reload by reload. */
static void reload_replaces_the_rules(void **state)
{
	static const struct written later[] = {{"10.0.0.0/8", RB_ACL_DENY}};
	_cleanup_close_ int fd = trie_open(100);
	_cleanup_(rb_acl_freep) struct rb_acl *before = acl_of(office, ARRAY_SIZE(office));
	_cleanup_(rb_acl_freep) struct rb_acl *after = acl_of(later, ARRAY_SIZE(later));

	(void)state;
	assert_int_equal(rb_acl_load(before, fd, EPOCH), 0);
	assert_int_equal(rb_acl_load(after, fd, EPOCH + 1), 0);
	assert_int_equal(trie_check(fd, EPOCH, "10.0.0.1"), RB_ACCESS_ALLOW);
	assert_int_equal(trie_check(fd, EPOCH + 1, "10.0.0.1"), RB_ACCESS_DENY);
	assert_int_equal(rb_acl_retire(fd, EPOCH + 1), 0);
	assert_int_equal(trie_check(fd, EPOCH, "10.0.0.1"), RB_ACCESS_UNKNOWN);
	assert_int_equal(trie_check(fd, EPOCH + 1, "10.0.0.1"), RB_ACCESS_DENY);
	assert_int_equal(trie_count(fd), 2);
}

/* Otherwise: half of a list is in force: an allowed net without the exceptions in it. */
static void too_many_rules_are_none(void **state)
{
	_cleanup_close_ int fd = trie_open(8);
	_cleanup_(rb_acl_freep) struct rb_acl *small = acl_of(office, 2);
	_cleanup_(rb_acl_freep) struct rb_acl *large = acl_of(office, ARRAY_SIZE(office));

	(void)state;
	assert_int_equal(rb_acl_load(small, fd, EPOCH), 0);
	assert_int_equal(rb_acl_load(large, fd, EPOCH + 1), -ENOSPC);
	assert_int_equal(trie_count(fd), 3);
	assert_int_equal(trie_check(fd, EPOCH + 1, "10.0.0.1"), RB_ACCESS_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(most_specific_netblock_decides),
		cmocka_unit_test(nobody_is_named_everybody_is_refused),
		cmocka_unit_test(agrees_with_the_definition),
		cmocka_unit_test(open_means_everybody),
		cmocka_unit_test(trie_says_what_the_list_says),
		cmocka_unit_test(trie_knows_every_address),
		cmocka_unit_test(reload_replaces_the_rules),
		cmocka_unit_test(too_many_rules_are_none),
	};

	return cmocka_run_group_tests_name("access control", tests, NULL, NULL);
}

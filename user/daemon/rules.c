/* SPDX-License-Identifier: BSD-2-Clause */
/* Access rules as bytes: their numbers, then the rules as they are in memory. */
#include "daemon/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "util/cleanup.h"

#define RULES_MAX 10000000

struct head {
	uint64_t rules, interfaces, listens;
};

int rb_rules_write(const struct rb_config *config, int *ret_fd)
{
	struct head head = {config->acl_count, config->acl_interface_count, config->listen_count};
	const struct iovec parts[] = {
		{&head, sizeof(head)},
		{config->acl, config->acl_count * sizeof(*config->acl)},
		{config->acl_interfaces,
		 config->acl_interface_count * sizeof(*config->acl_interfaces)},
	};
	_cleanup_close_ int fd = memfd_create("rules", MFD_CLOEXEC);
	size_t bytes = 0;

	if (fd < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		bytes += parts[i].iov_len;
	if (writev(fd, parts, ARRAY_SIZE(parts)) != (ssize_t)bytes)
		return -EIO;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int rb_rules_read(int fd, struct rb_acl **ret_acl)
{
	_cleanup_free_ struct rb_acl_rule *rules = NULL;
	_cleanup_free_ struct rb_acl_interface *interfaces = NULL;
	struct rb_config config = {0};
	struct head head;
	size_t rules_bytes, interfaces_bytes;

	if (pread(fd, &head, sizeof(head), 0) != sizeof(head) || head.rules > RULES_MAX ||
	    head.interfaces > RULES_MAX)
		return -EPROTO;
	rules_bytes = head.rules * sizeof(*rules);
	interfaces_bytes = head.interfaces * sizeof(*interfaces);
	rules = malloc(rules_bytes + 1);
	interfaces = malloc(interfaces_bytes + 1);
	if (!rules || !interfaces)
		return -ENOMEM;
	if (pread(fd, rules, rules_bytes, sizeof(head)) != (ssize_t)rules_bytes ||
	    pread(fd, interfaces, interfaces_bytes, (off_t)(sizeof(head) + rules_bytes)) !=
		    (ssize_t)interfaces_bytes)
		return -EPROTO;
	config.acl = rules;
	config.acl_count = head.rules;
	config.acl_interfaces = interfaces;
	config.acl_interface_count = head.interfaces;
	config.listen_count = head.listens;
	return rb_acl_new_of(&config, ret_acl);
}

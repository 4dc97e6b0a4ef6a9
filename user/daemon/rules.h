/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The access rules by which a server that retires answers its pending queries: those of the next
 * configuration. They are passed in a file without a name.
 *
 * Thread: main. Errors: 0 or -errno. Never logs. Trust: a server reads them from the keeper.
 */
#ifndef RB_DAEMON_RULES_H
#define RB_DAEMON_RULES_H

#include "config/config.h"
#include "policy/acl.h"

int rb_rules_write(const struct rb_config *config, int *ret_fd);
int rb_rules_read(int fd, struct rb_acl **ret_acl);

#endif

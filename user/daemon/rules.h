/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access rules for a server that is to take no more questions: by those of the next configuration
 * it answers what it has. They go by a file without a name.
 *
 * Thread: main. Errors: 0 or -errno. Never logs. Trust: the reader's are the keeper's.
 */
#ifndef RB_DAEMON_RULES_H
#define RB_DAEMON_RULES_H

#include "config/config.h"
#include "policy/acl.h"

int rb_rules_write(const struct rb_config *config, int *ret_fd);
int rb_rules_read(int fd, struct rb_acl **ret_acl);

#endif

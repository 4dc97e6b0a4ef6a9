/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages about a configuration file, with their location. */
#ifndef RB_CONFIG_MESSAGES_H
#define RB_CONFIG_MESSAGES_H

#include "config/config.h"

/* Both add a message, up to a maximum number. 0 or -ENOMEM. */
__attribute__((format(printf, 3, 4))) int
rb_config_error(struct rb_config *config, struct rb_location location, const char *format, ...);
__attribute__((format(printf, 3, 4))) int
rb_config_warn(struct rb_config *config, struct rb_location location, const char *format, ...);

/* Whether the maximum is reached: further messages are dropped, and reading on is useless. */
bool rb_config_is_full(const struct rb_config *config);

bool rb_config_has_errors(const struct rb_config *config);

#endif

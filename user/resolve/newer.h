/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directives that the installed libunbound may be too old for. We test which of them it knows, not
 * its version: distributions add some to old versions.
 *
 * Thread: main. Errors: 0 or -errno.
 */
#ifndef RB_RESOLVE_NEWER_H
#define RB_RESOLVE_NEWER_H

#include "config/config.h"

/* Remove those that it does not know from the configuration, with a warning for each. */
int rb_newer_drop_unknown(struct rb_config *config);

#endif

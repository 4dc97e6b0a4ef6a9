/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the installed libunbound takes a configuration, and else which lines it refuses.
 *
 * Thread: main. Errors: 0 or -errno; what libunbound refuses is a message of the configuration,
 * with file and line.
 */
#ifndef RB_RESOLVE_TRIAL_H
#define RB_RESOLVE_TRIAL_H

#include "config/config.h"

/*
 * -EINVAL: it refuses the configuration, as a start would find. The errors are in messages, and
 * their lines no longer in the text.
 */
int rb_trial_run(struct rb_config *config);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Test whether the installed libunbound accepts a configuration, and find the lines that it
 * refuses.
 *
 * Thread: main. Errors: 0 or -errno; what libunbound refuses is a message of the configuration,
 * with file and line.
 */
#ifndef RB_RESOLVE_TRIAL_H
#define RB_RESOLVE_TRIAL_H

#include "config/config.h"

/*
 * -EINVAL: libunbound refuses the configuration, so a start would fail. The errors are in messages,
 * and their lines are removed from the text.
 */
int rb_trial_run(struct rb_config *config);

#endif

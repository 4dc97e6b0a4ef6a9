/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands that change what the daemon does, and its answer to them. */
#ifndef CACHECTL_COMMAND_H
#define CACHECTL_COMMAND_H

#include "cachectl.h"

/* Tell the daemon, and print what it says, to whom it belongs. Exit code as of the program. */
enum cachectl_exit command_run(const struct cachectl *ctl, const char *command);

/* "error ..." of a daemon: what follows that word; NULL: it is no error. */
const char *command_error(const char *answer);

/* No daemon answers at the socket: say so. */
enum cachectl_exit command_unheard(const struct cachectl *ctl, int err);

#endif

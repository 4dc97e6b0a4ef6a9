/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A resolver process: libunbound on an event loop, behind channels through which a server asks it.
 * It has no access to the hot table, and knows nothing of clients.
 *
 * Thread:   one, which is the process.
 * Lifetime: from main() to exit; it ends when its parent does, or closes the control socket.
 */
#ifndef RB_RESOLVE_PROCESS_H
#define RB_RESOLVE_PROCESS_H

#include <stdbool.h>

#define RB_RESOLVER_NAME "rb-resolver" /* comm and argv[0] */

/* Whether main() is to be a resolver process: any program that starts resolvers asks first. */
bool rb_resolver_is(int argc, char *const *argv);

/* The exit status. */
int rb_resolver_main(char *const *argv);

#endif

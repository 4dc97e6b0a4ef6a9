/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A resolver process: libunbound on an event loop, which a server asks through channels. It has no
 * access to the hot table, and knows nothing of clients.
 *
 * Thread:   one, which is the process.
 * Lifetime: from main() to exit; it ends when its parent does, or closes the control socket.
 */
#ifndef RB_RESOLVE_PROCESS_H
#define RB_RESOLVE_PROCESS_H

#include <stdbool.h>

#define RB_RESOLVER_NAME "rb-resolver" /* comm and argv[0] */

/*
 * Whether main() must run as a resolver process: any program that starts resolvers calls this
 * first.
 */
bool rb_resolver_is(int argc, char *const *argv);

/* Returns the exit status. */
int rb_resolver_main(char *const *argv);

#endif

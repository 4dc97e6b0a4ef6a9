/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The addresses that are served, each by UDP and TCP, with a socket for each worker.
 *
 * Thread:   main.
 * Lifetime: the lists are the caller's; the sockets too, until a worker takes them.
 * Errors:   0 or -errno. An address that cannot be bound is logged, with the process that uses the
 *	     port, if that can be found out.
 */
#ifndef RB_SERVE_ADDRESSES_H
#define RB_SERVE_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "config/config.h"

struct rb_address {
	struct sockaddr_storage addr;
	int type; /* SOCK_DGRAM, SOCK_STREAM */
	int *fds; /* by worker */
};

struct rb_inherited;

struct rb_addresses {
	struct rb_address *list;
	size_t count;
};

/*
 * Open the configured addresses except those that are served already (NULL: none are). *ret_opened
 * is set in any case, to those that could be opened. Returns the first error.
 */
int rb_addresses_open(const struct rb_config *config, unsigned int workers,
		      const struct rb_addresses *served, struct rb_addresses *ret_opened);

/* For a start: an error only if no address could be opened. inherited: sockets that are open. */
int rb_addresses_open_any(const struct rb_config *config, unsigned int workers,
			  struct rb_inherited *inherited, struct rb_addresses *ret_opened);

/* Have systemd keep the sockets for the next process; or no longer keep those of one address. */
void rb_addresses_keep(const struct rb_addresses *addresses, const struct rb_config *config,
		       unsigned int workers);
void rb_addresses_drop(const struct rb_address *address, const struct rb_config *config);

bool rb_addresses_have(const struct rb_addresses *addresses, const struct sockaddr_storage *addr,
		       int type);

/* Whether the configuration has this address. */
bool rb_addresses_wanted(const struct rb_config *config, const struct rb_address *address);

int rb_addresses_add(struct rb_addresses *addresses, const struct rb_address *address);

/* Move all addresses of more; after an error none is moved. */
int rb_addresses_append(struct rb_addresses *addresses, struct rb_addresses *more);

/* Remove one from the list; the last one gets its number. */
void rb_addresses_forget(struct rb_addresses *addresses, size_t number);

void rb_addresses_free(struct rb_addresses *addresses);

/* Free the list and close the sockets. */
void rb_addresses_close(struct rb_addresses *addresses, unsigned int workers);

#endif

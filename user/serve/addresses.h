/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The addresses that are served, each by UDP and TCP, with a socket for each worker.
 *
 * Thread:   main.
 * Lifetime: the lists are the caller's; the sockets too, until a worker takes them.
 * Errors:   0 or -errno. An address that cannot be bound is logged, with who holds the port where
 *	     that can be told.
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
 * What is configured, but for what is served already (NULL: we do not serve yet). *ret_opened is
 * set in any case, to what could be opened; the first error.
 */
int rb_addresses_open(const struct rb_config *config, unsigned int workers,
		      const struct rb_addresses *served, struct rb_addresses *ret_opened);

/* For a start: an error only if nothing at all could be opened. inherited: what need not be. */
int rb_addresses_open_any(const struct rb_config *config, unsigned int workers,
			  struct rb_inherited *inherited, struct rb_addresses *ret_opened);

/* Have systemd keep the sockets for the process that follows this one; or those of one no more. */
void rb_addresses_keep(const struct rb_addresses *addresses, const struct rb_config *config,
		       unsigned int workers);
void rb_addresses_drop(const struct rb_address *address, const struct rb_config *config);

bool rb_addresses_have(const struct rb_addresses *addresses, const struct sockaddr_storage *addr,
		       int type);

/* Whether the configuration asks for it. */
bool rb_addresses_wanted(const struct rb_config *config, const struct rb_address *address);

int rb_addresses_add(struct rb_addresses *addresses, const struct rb_address *address);

/* Move all of more, or with an error nothing. */
int rb_addresses_append(struct rb_addresses *addresses, struct rb_addresses *more);

/* Take one off the list; the last one takes its number. */
void rb_addresses_forget(struct rb_addresses *addresses, size_t number);

void rb_addresses_free(struct rb_addresses *addresses);

/* With the sockets. */
void rb_addresses_close(struct rb_addresses *addresses, unsigned int workers);

#endif

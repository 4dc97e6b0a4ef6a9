/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network card with rules, played in place of ioctl(), as no test machine has one, and a port
 * whose sockets are to get the queries; for test_steer.c alone.
 */
#ifndef RB_TESTS_STEER_FIXTURE_H
#define RB_TESTS_STEER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkup/interfaces.h"
#include "datapath/steering.h"
#include "netif/steer.h"
#include "util/cleanup.h"
#include "util/log.h"

#define PLACES 64

/* The card; world_make() makes it anew. */
extern struct card {
	struct ethtool_rx_flow_spec rules[PLACES];
	bool used[PLACES];
	bool has_rules; /* the driver knows of them at all */
	bool is_on;     /* rx-ntuple-filter */
	bool chooses;   /* where a rule goes */
	bool no_masks;  /* fields are compared as a whole or not at all */
	unsigned int room;
	unsigned int misses; /* rules that were asked for where none is */
} card;

/* Its rules. */
unsigned int card_count(void);

/* One address more, port 53. */
void serve4(struct rb_netif *netif, const char *address);
void serve6(struct rb_netif *netif, const char *address);

struct world {
	char dir[64];
	struct rb_port_socket sockets[4]; /* of which only the queue is asked */
	struct rb_port port;
	struct rb_steering *steering;
};

/* A port of card0 with four queues that serves an address of each family. */
int world_make(void **state);
int world_free(void **state);

/* Lines of the record that name a rule. */
size_t recorded_rules(const struct world *world);

/* Somebody else's: TCP to port 80 goes to queue 1, at this place. */
void foreign_rule(uint32_t place);

#endif

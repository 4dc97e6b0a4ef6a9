/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lab for the datapath's tests: server and client are two network namespaces without names that
 * end with the process. The thread is in the server's; sockets stay where they were made. Nobody
 * listens on the server's sockets, so that an answer is the XDP program's.
 */
#ifndef RB_TESTS_BPF_DATAPATH_LAB_H
#define RB_TESTS_BPF_DATAPATH_LAB_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "datapath/counters.h"
#include "datapath/detach.h"
#include "datapath/xdp.h"
#include "lib/pins.h"
#include "netif/rtnl.h"
#include "util/cleanup.h"
#include "xsk/xsk.h"

#define SERVER4 "192.0.2.53"
#define CLIENT4 "192.0.2.99"
#define SERVER6 "2001:db8::53"
#define CLIENT6 "2001:db8::99"
#define REFUSED 5
#define SILENCE (-1)
#define WATCHES 1000 /* so often is looked for a change that must come */

/* What the program is to do with questions. */
enum access {
	REFUSE_ALL, /* answer REFUSED from XDP */
	ALLOW_ALL,  /* the table is empty: hand over */
};

/* The server that AF_XDP sockets are given to: those that it has mapped. */
struct lab_server {
	struct rb_xsk *sockets[8];
	uint32_t ids[8];
	size_t count;
	int err; /* of the next that it is given */
	/* What it has not said yet. */
	struct {
		uint32_t id;
		int result;
	} said[8];
	size_t said_count;
};

struct lab {
	int server_ns, client_ns;
	char pin_dir[PINS_PATH_MAX];
	struct rb_listen listens[2];
	struct rb_config config;
	struct rb_table *table;
	struct rb_acl *acl;
	struct rb_xdp *xdp;
	struct lab_server server;
};

/* What is made from here on is made in this network namespace. */
void enter(int ns);

/* A shell command that must succeed. */
__attribute__((format(printf, 1, 2))) void run(const char *format, ...);

/* An address, port 53. */
struct rb_listen listen_on(const char *text);

/* The datapath as a daemon opens it. */
void start(struct lab *lab, enum access access);

/* Look at changes as the keeper does, once a second, and hear what the server says. */
void watch(struct lab *lab);

/* The server has died, and the next one's workers run. */
void server_dies(struct lab *lab);
void server_comes(struct lab *lab);

/* As SIGKILL leaves it: this process's part is gone, the pinned one is not. */
void die(struct lab *lab);

/* As SIGTERM leaves it: nothing is attached. */
void stop(struct lab *lab);

/*
 * The same; but that second is over at once, so that nothing
 * has to be waited for that is only due later.
 */
void watch_later(struct lab *lab);

/*
 * A veth between server (rbdp0) and client (rbdp1), whose GRO is as given. attributes: of rbdp0,
 * for ip link.
 */
void veth_with(const struct lab *lab, const char *gro, const char *attributes);

void veth(const struct lab *lab, const char *gro);

/* The server's veth ends on a bridge of the same namespace, as on a host with its own resolver. */
void bridged_veth(const struct lab *lab);

void client_gro(const struct lab *lab, const char *gro);

/* The client's, connected. */
int socket_to(const struct lab *lab, const char *server);

static const uint8_t question[] = {0x12, 0x34, 1,   0,   0,   1,   0,   0, 0,   0,
				   0,    0,    4,   'r', 'b', 'd', 'p', 7, 'e', 'x',
				   'a',  'm',  'p', 'l', 'e', 0,   0,   1, 0,   1};

/* Ask again ten times a second: the first reply's rcode, or SILENCE. */
int ask_times(const struct lab *lab, const char *server, int times);

/* The first packets may be lost to neighbour discovery, which tries again after a second. */
int ask(const struct lab *lab, const char *server);

void expect_silence(const struct lab *lab);

struct rb_rtnl_link link_of(const char *ifname);

/* Of RB_COUNTER_COUNT, as the program in force has it. */
uint64_t counter(const struct lab *lab, unsigned int index);

uint32_t pinned_link_id(const struct lab *lab, const char *name);

/* Somebody else's XDP program on an interface, for as long as the descriptor is open. */
int foreign_program(const char *ifname);

/* The group's setup and teardown. */
int lab_open(void **state);
int lab_close(void **state);

/* After each test, passed or failed: nothing attached, nothing pinned, no devices. */
int lab_clear(void **state);

#define datapath_test(function) cmocka_unit_test_teardown(function, lab_clear)

#endif

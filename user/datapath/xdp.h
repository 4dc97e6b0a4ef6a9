/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The XDP program on every served interface: loaded, attached through a pinned link, taken over
 * after a crash, replaced without interruption, detached at the end; and its AF_XDP sockets, which
 * are created for the running server.
 *
 * Thread:   the keeper's only one.
 * Lifetime: links and maps are pinned under config->pin_dir and outlive the process, until
 *	     rb_xdp_detach(). config and table must outlive struct rb_xdp. Every fallback (generic,
 *	     no AF_XDP, no XDP) is logged.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 *
 * Needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN and CAP_NET_RAW from open to detach: rb_xdp_watch()
 * loads programs and opens sockets too.
 */
#ifndef RB_DATAPATH_XDP_H
#define RB_DATAPATH_XDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "datapath/plan.h"
#include "datapath/receiver.h"
#include "datapath/refreshes.h"
#include "policy/acl.h"
#include "table/table.h"

struct rb_board;
struct rb_xdp;

/*
 * Plan for each interface, and open the maps; nothing is loaded or attached yet. -EPERM, -EACCES:
 * XDP cannot be used at all; the log names the missing capabilities.
 */
int rb_xdp_open(const struct rb_config *config, struct rb_table *table, const struct rb_acl *acl,
		struct rb_xdp **ret_xdp);

/*
 * Load one program per interface. rb_xdp_serve() loads what is not loaded by then, but this can be
 * done before, and in a child process, which passes the programs on. An interface that cannot have
 * one is no error. -EPERM, -EACCES: as above.
 */
int rb_xdp_load(struct rb_xdp *xdp);

struct rb_xdp_loaded {
	struct rb_attach_mode attach;
	int program_fd; /* -1: none is loaded */
	int xsks_fd;    /* the map of its AF_XDP sockets */
};

/* What is loaded for an interface; false: there are no more of them. The descriptors stay here. */
bool rb_xdp_loaded(const struct rb_xdp *xdp, uint32_t port, struct rb_xdp_loaded *ret_loaded);

/* That of a child process, forked since rb_xdp_open(): the descriptors are ours from now on. */
void rb_xdp_take_loaded(struct rb_xdp *xdp, uint32_t port, const struct rb_xdp_loaded *loaded);

/*
 * A server's workers run: attach or take over the pinned links, unless that was done for an earlier
 * server, and give it AF_XDP sockets.
 */
int rb_xdp_serve(struct rb_xdp *xdp, const struct rb_xdp_receiver *receiver);

/*
 * The server's report on a socket that it was given, which is not trusted. 0: it is mapped, and may
 * be bound.
 */
void rb_xdp_mapped(struct rb_xdp *xdp, uint32_t id, int result);

/* The server has ended or will end: from now on the kernel's sockets receive misses. */
void rb_xdp_unserve(struct rb_xdp *xdp);

/* After that: wait until the packets on their way to its AF_XDP sockets have arrived. */
void rb_xdp_await_arrivals(void);

/* The server makes no progress: the same, until it does again. */
void rb_xdp_hold(struct rb_xdp *xdp);
void rb_xdp_release(struct rb_xdp *xdp);

/*
 * Look whether replies still leave (see plan.c and probe.c on veth), change to generic mode if they
 * do not, and back when they would. Retry what failed. Follow interfaces and addresses that come,
 * go and change; without ip-freebind, addresses that rb_xdp_open() did not find are served only
 * under a wildcard, since others have no sockets. Call it about once a second; it costs
 * microseconds.
 */
void rb_xdp_watch(struct rb_xdp *xdp);

/* When to call rb_xdp_go_on(); -1: only after another event. */
int rb_xdp_patience_ms(const struct rb_xdp *xdp);
void rb_xdp_go_on(struct rb_xdp *xdp);

/* Detach and unpin links and programs' maps; the table's maps too. */
void rb_xdp_detach(struct rb_xdp *xdp);

/* Free this process's part; what is attached stays. */
void rb_xdp_close(struct rb_xdp *xdp);

/* The part that a server gets, without any privilege. */
struct rb_xdp_shared {
	struct rb_board *board;         /* NULL: no XDP */
	struct rb_refreshes *refreshes; /* requested by the kernel */
	int counters_fd;                /* the programs' counters */
};

/* Call it in the child of a fork(): close the keeper's part, and take the server's. */
int rb_xdp_leave(struct rb_xdp *xdp, struct rb_xdp_shared *ret_shared);
void rb_xdp_shared_close(struct rb_xdp_shared *shared);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The XDP program of one interface: open it, set its knobs, share its maps, load it.
 *
 * Thread: main. Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs, but for what
 * libbpf has to say (see rb_program_log_libbpf()).
 */
#ifndef RB_DATAPATH_PROGRAM_H
#define RB_DATAPATH_PROGRAM_H

#include "config/config.h"
#include "datapath/plan.h"
#include "../kern/knobs.h"
#include "netif/netif.h"
#include "table/table.h"

/* What the programs of all interfaces share. */
struct rb_program_base {
	const struct rb_table *table;
	struct rb_knobs knobs;                     /* except those of the interface or the table */
	const struct rb_acl_interface *interfaces; /* the configuration's, which outlives this */
	size_t interface_count;
	/* Maps that all programs share, see maps.h; -1: not created yet */
	int refreshes_fd; /* rb_refreshes */
	int logged_fd;    /* rb_logged */
	int counters_fd;  /* rb_counters */
	int acl_fd;       /* rb_acl */
};

/* A program for one interface and configuration. The kernel's part stays attached. */
struct rb_program {
	int fd; /* -1: not loaded */
	struct rb_attach_mode attach;
	bool is_linked; /* the interface's link runs it */
};

/* Set what programs must know of the configuration. */
void rb_program_configure(struct rb_program_base *base, const struct rb_config *config,
			  bool acl_open);

/* Create the shared maps that do not exist yet. */
int rb_program_make_maps(struct rb_program_base *base);

/*
 * xsks_fd: the map of the interface's AF_XDP sockets; -1: create one, which the caller owns.
 * -EAGAIN: signals interrupted every attempt.
 */
int rb_program_load(const struct rb_program_base *base, const struct rb_netif *netif,
		    struct rb_attach_mode attach, int *xsks_fd, struct rb_program *ret_program);
void rb_program_unload(struct rb_program *program);

/*
 * Send messages of libbpf and the verifier to our log, at RB_LOG_INFO and cut to their last lines.
 */
void rb_program_log_libbpf(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The XDP program of one interface: opened, its knobs set, its maps shared, loaded.
 *
 * Thread: main. Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs, but for what
 * libbpf has to say (see rb_program_log_libbpf()).
 */
#ifndef RB_DATAPATH_PROGRAM_H
#define RB_DATAPATH_PROGRAM_H

#include "datapath/plan.h"
#include "netif/netif.h"
#include "table/table.h"

struct rb_runbound_bpf;

/* What all interfaces' programs have in common. */
struct rb_program_base {
	const struct rb_table *table;
	uint32_t edns_size;    /* bytes */
	uint32_t max_udp_size; /* bytes */
	uint32_t ede_said;     /* enum rb_ede_said */
	bool acl_open;
	uint32_t acl_epoch; /* of the rules that count; never 0 */
	bool prefetch;
	uint64_t stale_ns; /* serve-expired by the kernel; 0: not */
	uint32_t stale_ttl_s;
	int refreshes_fd; /* rb_refreshes; -1 until the first program made it */
	int counters_fd;  /* rb_counters; -1 until the first program made it */
	int acl_fd;       /* rb_acl; likewise */
};

struct rb_program {
	struct rb_runbound_bpf *skeleton;
	int fd;      /* of the program; the skeleton's */
	int xsks_fd; /* rb_xsks; the skeleton's */
};

/* xsks_fd: the map of AF_XDP sockets to use, -1: a new one. */
int rb_program_load(struct rb_program_base *base, const struct rb_netif *netif, struct rb_way way,
		    int xsks_fd, struct rb_program *ret_program);
void rb_program_unload(struct rb_program *program);

/* A pinned rb_counters from before, if it still fits; else -ENOENT. */
int rb_program_counters_adopt(const char *path, int *ret_fd);

/* Let libbpf and the verifier speak through our log, at RB_LOG_INFO and cut to their last lines. */
void rb_program_log_libbpf(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* AF_XDP sockets by the configuration, and what is said of them. */
#include "datapath/sockets.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "datapath/caps.h"
#include "netif/netif.h"
#include "util/cleanup.h"
#include "util/log.h"

#define BUSY_TRIES   40 /* a predecessor that was killed gives its queues up within moments */
#define BUSY_WAIT_US 25000

struct rb_xsk_opts rb_sockets_opts(const struct rb_config *config)
{
	uint32_t ring_size = config->xdp_ring_size ? config->xdp_ring_size : RB_XDP_RING_SIZE;

	return (struct rb_xsk_opts){
		.ring_size = ring_size,
		.frames = config->xdp_frames ? config->xdp_frames : 2 * ring_size,
		.zero_copy = config->xdp_zero_copy,
		.busy_poll = config->xdp_busy_poll,
	};
}

int rb_sockets_open(const struct rb_xsk_opts *opts, bool wait, struct rb_xsk **ret_xsk)
{
	int tries = wait ? BUSY_TRIES : 1, err;

	/* Where this fails the present limit may do all the same: the kernel will say. */
	rb_caps_memlock(rb_xsk_bytes(opts));
	do {
		err = rb_xsk_open(opts, ret_xsk);
	} while (err == -EBUSY && --tries && !usleep(BUSY_WAIT_US));
	return err;
}

void rb_sockets_log(const struct rb_xsk_opts *opts, struct rb_xsk *const *sockets, size_t count)
{
	size_t i, zero_copies = 0, busy_polled = 0;
	struct rb_xsk_stats stats;

	for (i = 0; i < count; i++) {
		rb_xsk_stats(sockets[i], &stats);
		zero_copies += stats.is_zero_copy;
		busy_polled += stats.is_busy_polled;
	}
	if (!count)
		return;
	if (opts->zero_copy && zero_copies < count)
		rb_log_warn("%s: xdp-zero-copy: its driver refuses it on %zu of %zu queues; frames "
			    "are copied there",
			    opts->ifname, count - zero_copies, count);
	if (opts->busy_poll && busy_polled < count)
		rb_log_warn("%s: xdp-busy-poll: the kernel refuses it on %zu of %zu queues "
			    "(CAP_NET_ADMIN is needed); interrupts bring their packets",
			    opts->ifname, count - busy_polled, count);
	rb_log_notice("%s: AF_XDP on %zu queue%s, %s%s, rings of %u, %zu KiB for frames",
		      opts->ifname, count, count == 1 ? "" : "s",
		      !zero_copies          ? "copying"
		      : zero_copies < count ? "some without copies"
					    : "zero-copy",
		      busy_polled ? ", busy polling" : "", opts->ring_size,
		      count * rb_xsk_bytes(opts) / 1024);
}

static unsigned int cpus(void)
{
	cpu_set_t set;

	/* Those that we may run on, which in a container are fewer. */
	if (sched_getaffinity(0, sizeof(set), &set) || CPU_COUNT(&set) < 1)
		return 1;
	return (unsigned int)CPU_COUNT(&set);
}

unsigned int rb_sockets_workers(const struct rb_config *config)
{
	_cleanup_free_ struct rb_netif *netifs = NULL;
	_cleanup_free_ size_t *missing = NULL;
	unsigned int queues = 1, limit = cpus();
	const struct rb_served served = rb_served_all(config);
	size_t count, missing_count, i;

	if (config->num_threads_set || !config->xdp ||
	    rb_netifs_find(&served, &netifs, &count, &missing, &missing_count))
		return config->num_threads;
	for (i = 0; i < count; i++) {
		if (netifs[i].is_loopback || !netifs[i].is_ethernet || netifs[i].is_excluded)
			continue;
		if (netifs[i].rx_queues > queues)
			queues = netifs[i].rx_queues;
	}
	if (queues > limit)
		queues = limit;
	return queues < RB_SHARDS ? queues : RB_SHARDS;
}

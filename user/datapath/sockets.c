/* SPDX-License-Identifier: BSD-2-Clause */
/* AF_XDP sockets, and workers for them, by the configuration. */
#include "datapath/sockets.h"

#include <sched.h>

#include "netif/netif.h"
#include "util/cleanup.h"

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

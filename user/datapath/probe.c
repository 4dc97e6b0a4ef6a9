/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A frame through the device's ndo_xdp_xmit, and the device's own counter of such frames.
 *
 * What a veth does with the frame, by the state of its peer (measured on 6.18; a run takes 0.1 ms):
 *	peer up, GRO on:		tx_queue_*_xdp_xmit + 1, the peer receives it
 *	peer up, a program, GRO off:	tx_queue_*_xdp_xmit + 1, the peer receives it
 *	the same under load:		tx_queue_*_xdp_xmit_errors + 1, where the peer's ring is
 *full peer up, GRO off:		no counter moves (nor xdp_xmit_errors), the frame is gone
 *	peer or device down:		the same
 *	peer came up after the device,
 *	with GRO set while it was down:	no counter moves, the frame is gone: the kernel tells the
 *					device of the peer's GRO when either GRO changes or the
 *					device comes up, and not when the peer does
 * The counter is kept at the peer's receive queues: it tells of a peer in another namespace too.
 */
#include "datapath/probe.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <string.h>

#include "skel/probe.skel.h"
#include "util/cleanup.h"

#define ETH_P_LOCAL_EXPERIMENT 0x88b5 /* IEEE Std 802, for use inside one network */

struct rb_probe {
	struct rb_probe_bpf *program;
	char ifname[IF_NAMESIZE];
	uint8_t frame[ETH_ZLEN];
};

void rb_probe_free(struct rb_probe *probe)
{
	if (!probe)
		return;
	rb_probe_bpf__destroy(probe->program);
	free(probe);
}

void rb_probe_freep(struct rb_probe **probe)
{
	rb_probe_free(*probe);
}

/*
 * From ourselves to ourselves: a bridge behind the peer does not send a frame back to the port that
 * it came from, nor floods it; a host does not take it, for it is not addressed to it.
 */
static void frame_fill(struct rb_probe *probe, const uint8_t mac[6])
{
	struct ethhdr *eth = (struct ethhdr *)probe->frame;

	memcpy(eth->h_dest, mac, ETH_ALEN);
	memcpy(eth->h_source, mac, ETH_ALEN);
	eth->h_proto = __builtin_bswap16(ETH_P_LOCAL_EXPERIMENT);
}

int rb_probe_new(const struct rb_netif *netif, struct rb_probe **ret_probe)
{
	_cleanup_(rb_probe_freep) struct rb_probe *probe = calloc(1, sizeof(*probe));
	int err;

	if (!probe)
		return -ENOMEM;
	memcpy(probe->ifname, netif->name, sizeof(probe->ifname));
	frame_fill(probe, netif->mac);
	probe->program = rb_probe_bpf__open();
	if (!probe->program)
		return -errno;
	probe->program->rodata->rb_probe_ifindex = (__u32)netif->ifindex;
	err = rb_probe_bpf__load(probe->program);
	if (err)
		return err;
	*ret_probe = TAKE_PTR(probe);
	return 0;
}

/* Those that arrived, and those that a full ring of a peer that takes frames turned away. */
static int counted_frames(const struct rb_probe *probe, uint64_t *ret_frames)
{
	static const char *const patterns[] = {"tx_queue_*_xdp_xmit", "tx_queue_*_xdp_xmit_errors"};
	uint64_t sums[ARRAY_SIZE(patterns)];
	int err = rb_ethtool_sums(probe->ifname, patterns, ARRAY_SIZE(patterns), sums);

	if (!err)
		*ret_frames = sums[0] + sums[1];
	return err;
}

int rb_probe_run(const struct rb_probe *probe)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = probe->frame, .data_size_in = ETH_ZLEN,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .repeat = 1, .batch_size = 1);
	uint64_t before, after;
	int err;

	err = counted_frames(probe, &before);
	if (!err)
		err = bpf_prog_test_run_opts(bpf_program__fd(probe->program->progs.rb_probe),
					     &opts);
	if (!err)
		err = counted_frames(probe, &after);
	if (err)
		return err;
	return after != before ? 0 : -ENETUNREACH;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The played card, and a port on it. */
#include "steer_fixture.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

struct card card;

unsigned int card_count(void)
{
	unsigned int i, count = 0;

	for (i = 0; i < PLACES; i++)
		count += card.used[i];
	return count;
}

static int card_insert(struct ethtool_rxnfc *request)
{
	uint16_t mask = request->fs.flow_type == UDP_V4_FLOW ? request->fs.m_u.udp_ip4_spec.psrc
							     : request->fs.m_u.udp_ip6_spec.psrc;
	uint32_t place = request->fs.location;

	if (!card.is_on)
		return EINVAL;
	if (card.no_masks && mask && mask != 0xffff)
		return EOPNOTSUPP;
	if (card_count() >= card.room)
		return ENOSPC;
	if (place == RX_CLS_LOC_ANY) {
		if (!card.chooses)
			return EINVAL;
		for (place = 0; card.used[place]; place++)
			;
		request->fs.location = place;
	}
	if (place >= PLACES)
		return EINVAL;
	card.rules[place] = request->fs;
	card.used[place] = true;
	return 0;
}

static int card_rule(struct ethtool_rxnfc *request)
{
	uint32_t place = request->fs.location, i, count = 0;

	switch (request->cmd) {
	case ETHTOOL_GRXCLSRLCNT:
		request->rule_cnt = card_count();
		request->data = PLACES | (card.chooses ? RX_CLS_LOC_SPECIAL : 0);
		return 0;
	case ETHTOOL_GRXCLSRLALL:
		for (i = 0; i < PLACES; i++) {
			if (card.used[i] && count < request->rule_cnt)
				request->rule_locs[count++] = i;
		}
		request->rule_cnt = count;
		request->data = PLACES;
		return 0;
	case ETHTOOL_GRXCLSRULE:
		if (place >= PLACES || !card.used[place]) {
			card.misses++;
			return ENOENT;
		}
		request->fs = card.rules[place];
		return 0;
	case ETHTOOL_SRXCLSRLDEL:
		if (place >= PLACES || !card.used[place])
			return ENOENT;
		card.used[place] = false;
		return 0;
	default:
		return card_insert(request);
	}
}

static int card_flags(struct ethtool_value *value)
{
	if (value->cmd == ETHTOOL_GFLAGS) {
		value->data = ETH_FLAG_LRO | (card.is_on ? ETH_FLAG_NTUPLE : 0);
		return 0;
	}
	if (!(value->data & ETH_FLAG_LRO) || !card.has_rules)
		return EOPNOTSUPP;
	card.is_on = value->data & ETH_FLAG_NTUPLE;
	/* Drivers forget all rules then. */
	if (!card.is_on)
		memset(card.used, 0, sizeof(card.used));
	return 0;
}

int ioctl(int fd, unsigned long number, ...)
{
	struct ifreq *request;
	va_list args;
	uint32_t cmd;
	int err;

	va_start(args, number);
	request = va_arg(args, struct ifreq *);
	va_end(args);
	if (number != SIOCETHTOOL)
		return (int)syscall(SYS_ioctl, fd, number, request);
	cmd = *(const uint32_t *)request->ifr_data;
	if (strcmp(request->ifr_name, "card0") != 0)
		err = ENODEV;
	else if (cmd == ETHTOOL_GFLAGS || cmd == ETHTOOL_SFLAGS)
		err = card_flags((void *)request->ifr_data);
	else
		err = card.has_rules ? card_rule((void *)request->ifr_data) : EOPNOTSUPP;
	errno = err;
	return err ? -1 : 0;
}

void serve4(struct rb_netif *netif, const char *address)
{
	struct rb_local4 *local = &netif->locals4[netif->locals4_count++];

	assert_int_equal(inet_pton(AF_INET, address, &local->addr), 1);
	local->port = htons(53);
}

void serve6(struct rb_netif *netif, const char *address)
{
	struct rb_local6 *local = &netif->locals6[netif->locals6_count++];

	assert_int_equal(inet_pton(AF_INET6, address, local->addr), 1);
	local->port = htons(53);
}

int world_make(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	size_t i;

	rb_log_set_level(RB_LOG_ERROR);
	card = (struct card){.has_rules = true, .chooses = true, .room = PLACES};
	strcpy(world->dir, "/tmp/rb-steer.XXXXXX");
	assert_non_null(mkdtemp(world->dir));
	for (i = 0; i < ARRAY_SIZE(world->sockets); i++)
		world->sockets[i].parts.form.queue = (uint32_t)i;
	world->port =
		(struct rb_port){.sockets = world->sockets,
				 .socket_count = 4,
				 .link_fd = 0,
				 .health = {.state = RB_PORT_ATTACHED},
				 .program = {.attach = {.mode = RB_MODE_NATIVE, .use_xsk = true}}};
	strcpy(world->port.netif.name, "card0");
	world->port.netif.ifindex = 7;
	world->port.netif.rx_queues = 4;
	serve4(&world->port.netif, "192.0.2.53");
	serve6(&world->port.netif, "2001:db8::53");
	assert_int_equal(rb_steering_new(world->dir, "/sys/fs/bpf/x", &world->steering), 0);
	*state = world;
	return 0;
}

int world_free(void **state)
{
	struct world *world = *state;
	char path[128];

	rb_steering_free(world->steering);
	snprintf(path, sizeof(path), "%s/steering-sys-fs-bpf-x", world->dir);
	unlink(path);
	rmdir(world->dir);
	free(world);
	return 0;
}

size_t recorded_rules(const struct world *world)
{
	char path[128], line[256];
	size_t count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/steering-sys-fs-bpf-x", world->dir);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		count += !strncmp(line, "rule ", 5);
	fclose(file);
	return count;
}

void foreign_rule(uint32_t place)
{
	card.rules[place] = (struct ethtool_rx_flow_spec){
		.flow_type = TCP_V4_FLOW, .ring_cookie = 1, .location = place};
	card.rules[place].h_u.tcp_ip4_spec.pdst = htons(80);
	card.rules[place].m_u.tcp_ip4_spec.pdst = 0xffff;
	card.used[place] = true;
	card.is_on = true;
}

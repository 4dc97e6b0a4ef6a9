/* SPDX-License-Identifier: BSD-2-Clause */
/* What drivers tell through the ethtool ioctls: counters, queues, offloads, their name. */
#include "netif/netif.h"

#include <errno.h>
#include <fnmatch.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "util/cleanup.h"

static int ethtool(int fd, const char *ifname, void *command)
{
	struct ifreq request = {.ifr_data = command};

	strncpy(request.ifr_name, ifname, IF_NAMESIZE - 1);
	return ioctl(fd, SIOCETHTOOL, &request) < 0 ? -errno : 0;
}

static int stats_count(int fd, const char *ifname, uint32_t *ret_count)
{
	_cleanup_free_ struct ethtool_sset_info *sets = calloc(1, sizeof(*sets) + sizeof(uint32_t));
	int err;

	if (!sets)
		return -ENOMEM;
	sets->cmd = ETHTOOL_GSSET_INFO;
	sets->sset_mask = 1ULL << ETH_SS_STATS;
	err = ethtool(fd, ifname, sets);
	if (err)
		return err;
	if (!sets->sset_mask || !sets->data[0])
		return -EOPNOTSUPP;
	*ret_count = sets->data[0];
	return 0;
}

/* The counters' names and values. They may be fewer than was asked for, never more. */
static int stats_read(const char *ifname, struct ethtool_gstrings **ret_names,
		      struct ethtool_stats **ret_values)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	_cleanup_free_ struct ethtool_gstrings *names = NULL;
	_cleanup_free_ struct ethtool_stats *values = NULL;
	uint32_t count;
	int err;

	if (fd < 0)
		return -errno;
	err = stats_count(fd, ifname, &count);
	if (err)
		return err;
	names = calloc(1, sizeof(*names) + (size_t)count * ETH_GSTRING_LEN);
	values = calloc(1, sizeof(*values) + (size_t)count * sizeof(uint64_t));
	if (!names || !values)
		return -ENOMEM;
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_STATS;
	names->len = count;
	err = ethtool(fd, ifname, names);
	if (err)
		return err;
	values->cmd = ETHTOOL_GSTATS;
	values->n_stats = count;
	err = ethtool(fd, ifname, values);
	if (err)
		return err;
	/* Queues were added or removed between the calls: names and values do not belong together.
	 */
	if (names->len != count || values->n_stats != count)
		return -EAGAIN;
	*ret_names = TAKE_PTR(names);
	*ret_values = TAKE_PTR(values);
	return 0;
}

static void stats_name(const struct ethtool_gstrings *names, uint32_t index,
		       char ret_name[ETH_GSTRING_LEN + 1])
{
	memcpy(ret_name, names->data + (size_t)index * ETH_GSTRING_LEN, ETH_GSTRING_LEN);
	ret_name[ETH_GSTRING_LEN] = '\0';
}

int rb_ethtool_counter(const char *ifname, const char *counter, uint64_t *ret_value)
{
	_cleanup_free_ struct ethtool_gstrings *names = NULL;
	_cleanup_free_ struct ethtool_stats *values = NULL;
	char name[ETH_GSTRING_LEN + 1];
	uint32_t i;
	int err;

	err = stats_read(ifname, &names, &values);
	if (err || !names)
		return err == -EOPNOTSUPP ? -ENOENT : err;
	for (i = 0; i < names->len; i++) {
		stats_name(names, i, name);
		if (!strcmp(name, counter)) {
			*ret_value = values->data[i];
			return 0;
		}
	}
	return -ENOENT;
}

int rb_ethtool_sums(const char *ifname, const char *const *patterns, size_t count,
		    uint64_t *ret_sums)
{
	_cleanup_free_ struct ethtool_gstrings *names = NULL;
	_cleanup_free_ struct ethtool_stats *values = NULL;
	char name[ETH_GSTRING_LEN + 1];
	uint32_t i;
	size_t p;
	int err;

	err = stats_read(ifname, &names, &values);
	if (err || !names)
		return err;
	memset(ret_sums, 0, count * sizeof(*ret_sums));
	for (i = 0; i < names->len; i++) {
		stats_name(names, i, name);
		for (p = 0; p < count; p++) {
			if (!fnmatch(patterns[p], name, 0))
				ret_sums[p] += values->data[i];
		}
	}
	return 0;
}

int rb_ethtool_rx_queues(const char *ifname, unsigned int *ret_queues)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};
	int err;

	if (fd < 0)
		return -errno;
	err = ethtool(fd, ifname, &channels);
	if (err)
		return err;
	if (channels.rx_count + channels.combined_count == 0)
		return -EOPNOTSUPP;
	*ret_queues = channels.rx_count + channels.combined_count;
	return 0;
}

int rb_ethtool_driver(const char *ifname, char ret_driver[32])
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
	int err;

	if (fd < 0)
		return -errno;
	err = ethtool(fd, ifname, &info);
	if (err)
		return err;
	info.driver[sizeof(info.driver) - 1] = '\0';
	memcpy(ret_driver, info.driver, 32);
	return 0;
}

int rb_ethtool_offload(const char *ifname, enum rb_offload offload, bool *ret_on)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ethtool_value value = {.cmd = offload == RB_OFFLOAD_GRO ? ETHTOOL_GGRO
								       : ETHTOOL_GFLAGS};
	int err;

	if (fd < 0)
		return -errno;
	err = ethtool(fd, ifname, &value);
	if (err)
		return err;
	if (offload == RB_OFFLOAD_RXVLAN)
		value.data &= ETH_FLAG_RXVLAN;
	else if (offload == RB_OFFLOAD_LRO)
		value.data &= ETH_FLAG_LRO;
	*ret_on = value.data != 0;
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which ports are steered, and the record of it. A line of the record is one of
 *	feature IFNAME
 *	rule IFNAME LOCATION ADDRESS PORT
 * for what is to be turned off and what is to be deleted.
 */
#include "datapath/steering.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netif/steer.h"
#include "util/cleanup.h"
#include "util/log.h"

struct rb_steering {
	char path[PATH_MAX]; /* of the record */
	uint64_t made_for;   /* fingerprint of the ports; 0: nothing yet */
	char dir[PATH_MAX];
	char pin_dir[PATH_MAX];
};

static int record_path(const char *dir, const char *pin_dir, char ret_path[PATH_MAX])
{
	int used = snprintf(ret_path, PATH_MAX, "%s/steering", dir), name;
	char *slash;

	name = used;
	if (used >= 0 && used < PATH_MAX)
		used += snprintf(ret_path + used, (size_t)(PATH_MAX - used), "%s", pin_dir);
	if (used < 0 || used >= PATH_MAX)
		return -ENAMETOOLONG;
	for (slash = strchr(ret_path + name, '/'); slash; slash = strchr(slash, '/'))
		*slash = '-';
	return 0;
}

int rb_steering_new(const char *dir, const char *pin_dir, struct rb_steering **ret_steering)
{
	_cleanup_free_ struct rb_steering *steering = calloc(1, sizeof(*steering));
	int err;

	if (!steering)
		return -ENOMEM;
	err = record_path(dir, pin_dir, steering->path);
	if (err)
		return err;
	snprintf(steering->dir, PATH_MAX, "%s", dir);
	snprintf(steering->pin_dir, PATH_MAX, "%s", pin_dir);
	*ret_steering = TAKE_PTR(steering);
	return 0;
}

void rb_steering_free(struct rb_steering *steering)
{
	free(steering);
}

/* --- the record ---------------------------------------------------------------------------------
 */

/* Where there is no room for the record, nothing is done that would have to be undone. */
static int log_unrecorded(const struct rb_steering *steering)
{
	rb_log_warn("xdp-steer: rules cannot be noted in %s (%s), so that none are made; let "
		    "runbound's user write there",
		    steering->path, strerror(errno));
	return -ECANCELED;
}

/*
 * Written at once, so that no crash leaves a rule behind that nobody knows of. -ECANCELED: it could
 * not be, which is logged.
 */
static __attribute__((format(printf, 2, 3))) int record(const struct rb_steering *steering,
							const char *format, ...)
{
	_cleanup_close_ int fd = -1;
	va_list args;
	int length;

	if (mkdir(steering->dir, 0755) && errno != EEXIST)
		return log_unrecorded(steering);
	fd = open(steering->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0)
		return log_unrecorded(steering);
	va_start(args, format);
	length = vdprintf(fd, format, args);
	va_end(args);
	return length < 0 ? log_unrecorded(steering) : 0;
}

static int record_rule(const struct rb_steering *steering, const char *ifname,
		       const struct rb_steer_rule *rule, uint32_t location)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(rule->family, rule->addr, text, sizeof(text));
	return record(steering, "rule %s %u %s %u\n", ifname, location, text, ntohs(rule->port));
}

/* How much of it there is. */
static off_t record_length(const struct rb_steering *steering)
{
	struct stat status;

	return stat(steering->path, &status) ? 0 : status.st_size;
}

/* Forget what was noted since. A line that stays names a rule that is not ours any more. */
static void record_cut(const struct rb_steering *steering, off_t length)
{
	if (truncate(steering->path, length))
		rb_log_warn("xdp-steer: %s names rules that are not there (%s)", steering->path,
			    strerror(errno));
}

/* What cannot be removed is gone already, with its device or by somebody's hand. */
static bool undo_rule(const char *ifname, uint32_t location, const char *address, unsigned int port)
{
	struct rb_steer_rule rule = {.port = htons((uint16_t)port)};

	rule.family = strchr(address, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(rule.family, address, rule.addr) != 1)
		return false;
	return !rb_steer_delete(ifname, &rule, location);
}

/* Turning the feature off takes all rules away, those of others too. */
static void undo_feature(const char *ifname)
{
	_cleanup_free_ struct ethtool_rx_flow_spec *specs = NULL;
	size_t count;

	if (!rb_steer_list(ifname, &specs, &count) && !count)
		rb_steer_feature_set(ifname, false);
}

int rb_steering_undo(const char *dir, const char *pin_dir)
{
	_cleanup_fclose_ FILE *file = NULL;
	char path[PATH_MAX], line[256], ifname[IF_NAMESIZE], address[INET6_ADDRSTRLEN];
	unsigned int location, port;
	int removed = 0, err = record_path(dir, pin_dir, path);

	if (err)
		return err;
	file = fopen(path, "re");
	if (!file)
		return errno == ENOENT ? 0 : -errno;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "rule %15s %u %45s %u", ifname, &location, address, &port) == 4)
			removed += undo_rule(ifname, location, address, port);
	}
	rewind(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "feature %15s", ifname) == 1)
			undo_feature(ifname);
	}
	unlink(path);
	return removed;
}

/* --- making rules -------------------------------------------------------------------------------
 */

static size_t served_queues(const struct rb_port *port, uint32_t *ret_queues, size_t max)
{
	size_t i, count = 0;

	if (!rb_port_mode(port).use_xsk)
		return 0;
	for (i = 0; i < port->socket_count && count < max; i++)
		ret_queues[count++] = port->sockets[i].parts.form.queue;
	return count;
}

static size_t port_rules(const struct rb_port *port, enum rb_steer_spread spread,
			 struct rb_steer_rule *ret_rules)
{
	uint32_t queues[RB_STEER_SLOTS_MAX];
	size_t count = served_queues(port, queues, RB_STEER_SLOTS_MAX);

	return rb_steer_plan(&port->netif, queues, count, spread, ret_rules);
}

static int feature_on(const struct rb_steering *steering, const char *ifname)
{
	bool on;
	int err = rb_steer_feature(ifname, &on);

	if (err || on)
		return err;
	err = rb_steer_feature_set(ifname, true);
	if (err)
		return err;
	err = record(steering, "feature %s\n", ifname);
	if (err)
		undo_feature(ifname);
	return err;
}

/* All of them, or none. */
static int rules_insert(const struct rb_steering *steering, const char *ifname,
			const struct rb_steer_rule *rules, size_t count, size_t *ret_made)
{
	_cleanup_free_ uint32_t *locations = calloc(count + 1, sizeof(*locations));
	off_t noted = record_length(steering);
	size_t made = 0, i;
	int err = locations ? 0 : -ENOMEM;

	for (i = 0; i < count && !err; i++) {
		err = rb_steer_insert(ifname, &rules[i], &locations[i]);
		if (err == -EEXIST) {
			rb_log_notice("%s: a rule that somebody else made steers like one of ours "
				      "('ethtool -n %s'); it stays as it is",
				      ifname, ifname);
			locations[i] = RX_CLS_LOC_ANY;
			err = 0;
			continue;
		}
		if (err)
			break;
		made++;
		err = record_rule(steering, ifname, &rules[i], locations[i]);
	}
	if (!err) {
		*ret_made = made;
		return 0;
	}
	while (i--) {
		if (locations[i] != RX_CLS_LOC_ANY)
			rb_steer_delete(ifname, &rules[i], locations[i]);
	}
	if (made)
		record_cut(steering, noted);
	return err;
}

static void log_refused(const char *ifname, int err)
{
	if (err == -EOPNOTSUPP)
		rb_log_warn("%s: xdp-steer: its driver takes no ntuple rules; queries come to the "
			    "queues that the card chooses",
			    ifname);
	else
		rb_log_warn("%s: xdp-steer: its driver refuses our ntuple rules (%s); queries come "
			    "to the queues that the card chooses. See 'ethtool -n %s'",
			    ifname, strerror(-err), ifname);
}

static void steer_port(const struct rb_steering *steering, struct rb_port *port,
		       struct rb_steer_rule *rules)
{
	const char *ifname = port->netif.name;
	size_t count = port_rules(port, RB_STEER_BY_SOURCE, rules), made;
	bool by_source = count && rules[0].source_mask;
	int err;

	if (!count) {
		if (rb_port_runs(port))
			rb_log_notice("%s: xdp-steer: no queue of it has AF_XDP; not steered",
				      ifname);
		return;
	}
	err = feature_on(steering, ifname);
	if (err == -ECANCELED)
		return;
	if (err && err != -EOPNOTSUPP)
		rb_log_warn("%s: xdp-steer: 'ethtool -K %s ntuple on' is refused (%s)", ifname,
			    ifname, strerror(-err));
	err = rules_insert(steering, ifname, rules, count, &made);
	if (err && err != -ECANCELED && by_source) {
		by_source = false;
		count = port_rules(port, RB_STEER_BY_ADDRESS, rules);
		err = rules_insert(steering, ifname, rules, count, &made);
		if (!err)
			rb_log_warn(
				"%s: xdp-steer: its driver takes no rules by a part of the "
				"source port, so all queries to an address come to one queue, "
				"and one CPU answers them. That may be slower than xdp-steer: no",
				ifname);
	}
	if (err) {
		if (err != -ECANCELED)
			log_refused(ifname, err);
		return;
	}
	port->steered = made;
	rb_log_notice("%s: xdp-steer: %zu ntuple rules%s", ifname, made,
		      by_source ? ", by the clients' ports" : "");
}

/* FNV-1a, over what the rules are made of. */
static uint64_t mix(uint64_t hash, const void *data, size_t len)
{
	const uint8_t *bytes = data;
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 1099511628211u;
	return hash;
}

static uint64_t fingerprint(const struct rb_port *ports, size_t count)
{
	uint32_t queues[RB_STEER_SLOTS_MAX];
	uint64_t hash = 14695981039346656037u;
	size_t i, queue_count;

	for (i = 0; i < count; i++) {
		const struct rb_netif *netif = &ports[i].netif;

		queue_count = served_queues(&ports[i], queues, RB_STEER_SLOTS_MAX);
		if (!queue_count)
			continue;
		hash = mix(hash, &netif->ifindex, sizeof(netif->ifindex));
		hash = mix(hash, queues, queue_count * sizeof(queues[0]));
		hash = mix(hash, netif->locals4, netif->locals4_count * sizeof(netif->locals4[0]));
		hash = mix(hash, netif->locals6, netif->locals6_count * sizeof(netif->locals6[0]));
	}
	return hash;
}

void rb_steering_update(struct rb_steering *steering, struct rb_port *ports, size_t count)
{
	_cleanup_free_ struct rb_steer_rule *rules = NULL;
	uint64_t now;
	size_t i;

	if (!steering)
		return;
	now = fingerprint(ports, count);
	if (steering->made_for == now)
		return;
	rules = calloc(RB_STEER_RULES_MAX, sizeof(*rules));
	if (!rules)
		return;
	rb_steering_undo(steering->dir, steering->pin_dir);
	for (i = 0; i < count; i++) {
		ports[i].steered = 0;
		steer_port(steering, &ports[i], rules);
	}
	steering->made_for = now;
}

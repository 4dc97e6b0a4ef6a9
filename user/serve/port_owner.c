/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the user of a port: from /proc/net to a socket's inode, from there to the process. */
#include "serve/port_owner.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "util/cleanup.h"

#define STATE_LISTEN 0x0a
#define INODES_MAX   1024 /* of ours, one for each worker and address, and of others */

struct inodes {
	unsigned long list[INODES_MAX];
	size_t count;
};

static void dir_closep(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* Whether a socket on held (hexadecimal, as in /proc/net; words in host order) excludes one on
 * addr. */
static bool excludes(const char *held, const struct sockaddr_storage *addr)
{
	const struct sockaddr_in *addr4 = (const struct sockaddr_in *)addr;
	const struct sockaddr_in6 *addr6 = (const struct sockaddr_in6 *)addr;
	uint32_t words[4];
	char text[33];

	if (strspn(held, "0") == strlen(held))
		return true; /* a wildcard; one of IPv6 may serve IPv4, too */
	if (addr->ss_family == AF_INET) {
		snprintf(text, sizeof(text), "%08" PRIX32, (uint32_t)addr4->sin_addr.s_addr);
		return addr4->sin_addr.s_addr == INADDR_ANY || !strcmp(held, text);
	}
	memcpy(words, &addr6->sin6_addr, sizeof(words));
	snprintf(text, sizeof(text), "%08" PRIX32 "%08" PRIX32 "%08" PRIX32 "%08" PRIX32, words[0],
		 words[1], words[2], words[3]);
	return IN6_IS_ADDR_UNSPECIFIED(&addr6->sin6_addr) || !strcmp(held, text);
}

/* The sockets of one of the tables of /proc/net that exclude one on addr, behind those found
 * before.
 */
static void inodes_find(const char *table, const struct sockaddr_storage *addr, int type,
			struct inodes *found)
{
	_cleanup_fclose_ FILE *file = fopen(table, "re");
	uint16_t wanted = ntohs(((const struct sockaddr_in *)addr)->sin_port);
	char line[512], held[33];
	unsigned int port, state;
	unsigned long inode;

	while (file && found->count < INODES_MAX && fgets(line, sizeof(line), file)) {
		/* sl local remote st queues timer retransmits uid timeout inode */
		if (sscanf(line, "%*s %32[0-9A-F]:%x %*s %x %*s %*s %*s %*s %*s %lu", held, &port,
			   &state, &inode) != 4)
			continue;
		if (port != wanted || (type == SOCK_STREAM && state != STATE_LISTEN))
			continue;
		if (inode && excludes(held, addr))
			found->list[found->count++] = inode;
	}
}

static bool process_has_socket(const char *pid, unsigned long inode)
{
	_cleanup_(dir_closep) DIR *dir = NULL;
	char path[PATH_MAX], link[64], wanted[64];
	struct dirent *entry;

	snprintf(wanted, sizeof(wanted), "socket:[%lu]", inode);
	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		ssize_t len = readlinkat(dirfd(dir), entry->d_name, link, sizeof(link) - 1);

		if (len <= 0)
			continue;
		link[len] = 0;
		if (!strcmp(link, wanted))
			return true;
	}
	return false;
}

static void process_name(const char *pid, char *name, size_t size)
{
	_cleanup_fclose_ FILE *file = NULL;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	file = fopen(path, "re");
	if (!file || !fgets(name, (int)size, file))
		snprintf(name, size, "?");
	name[strcspn(name, "\n")] = 0;
}

static bool inode_holder(unsigned long inode, struct rb_port_owner *ret_holder)
{
	_cleanup_(dir_closep) DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    !process_has_socket(entry->d_name, inode))
			continue;
		ret_holder->pid = (pid_t)strtol(entry->d_name, NULL, 10);
		process_name(entry->d_name, ret_holder->name, sizeof(ret_holder->name));
		return true;
	}
	return false;
}

int rb_port_owner_find(const struct sockaddr_storage *addr, int type,
		       struct rb_port_owner *ret_holder)
{
	static const char *const tables[2][2] = {
		{"/proc/net/udp", "/proc/net/udp6"},
		{"/proc/net/tcp", "/proc/net/tcp6"},
	};
	const char *const *names = tables[type == SOCK_STREAM];
	bool is_ipv6 = addr->ss_family == AF_INET6;
	struct inodes found = {.count = 0};
	bool is_own = false;
	size_t i;

	inodes_find(names[is_ipv6], addr, type, &found);
	if (!is_ipv6)
		inodes_find(names[1], addr, type, &found);
	for (i = 0; i < found.count; i++) {
		struct rb_port_owner holder;

		/* A process that we may not look at is not ours. */
		if (process_has_socket("self", found.list[i])) {
			is_own = true;
			continue;
		}
		if (!inode_holder(found.list[i], &holder))
			return -ENOENT;
		*ret_holder = holder;
		return 0;
	}
	if (!is_own)
		return -ENOENT;
	ret_holder->pid = getpid();
	process_name("self", ret_holder->name, sizeof(ret_holder->name));
	return 0;
}

const char *rb_port_owner_cure(const struct rb_port_owner *holder)
{
	static const struct {
		const char *name, *cure;
	} known[] = {
		/* The kernel cuts names at 15 bytes. */
		{"systemd-resolve", "set DNSStubListener=no in /etc/systemd/resolved.conf and run "
				    "'systemctl restart systemd-resolved', or serve other "
				    "addresses than that"},
		{"dnsmasq",
		 "give dnsmasq other addresses (bind-interfaces with listen-address=, or "
		 "except-interface=) or no DNS at all (port=0) in its configuration, or "
		 "serve another address or port (interface: ADDRESS@PORT)"},
		{"named",
		 "leave the address out of 'listen-on' and 'listen-on-v6' of named.conf, or "
		 "stop it, or serve another address or port (interface: ADDRESS@PORT)"},
		{"unbound", "stop Unbound (systemctl disable --now unbound) if runbound takes its "
			    "place, or give each its own addresses (interface: in both files; with "
			    "0.0.0.0 Unbound has them all)"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (!strncmp(holder->name, known[i].name, strlen(known[i].name)))
			return known[i].cure;
	}
	return NULL;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests to rtnetlink and the parsing of what comes back. */
#include "netif/rtnl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/cleanup.h"

/* The kernel fills dump messages up to this size (it grows them to what the reader offers). */
#define RECEIVE_BYTES 32768

/* An array that grows as messages come in. */
struct list {
	void *items;
	size_t count;
	size_t item_bytes;
};

/* Parse one message into a zeroed item; 0: keep it, 1: skip it. */
typedef int parse_fn(const struct nlmsghdr *message, void *item);

static int list_parse(struct list *list, const struct nlmsghdr *message, parse_fn *parse)
{
	void *grown = reallocarray(list->items, list->count + 1, list->item_bytes);
	char *item;

	if (!grown)
		return -ENOMEM;
	list->items = grown;
	item = (char *)grown + list->count * list->item_bytes;
	memset(item, 0, list->item_bytes);
	if (!parse(message, item))
		list->count++;
	return 0;
}

static int message_error(const struct nlmsghdr *message)
{
	const struct nlmsgerr *error = NLMSG_DATA(message);

	if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*error)))
		return -EBADMSG;
	return error->error;
}

/* The message at an offset; NULL: none, or not whole. */
static const struct nlmsghdr *message_at(const char *buffer, size_t bytes, size_t offset)
{
	const struct nlmsghdr *message = (const struct nlmsghdr *)(buffer + offset);

	if (offset > bytes || bytes - offset < sizeof(*message))
		return NULL;
	if (message->nlmsg_len < sizeof(*message) || message->nlmsg_len > bytes - offset)
		return NULL;
	return message;
}

/* 1: that was the last message. */
static int list_add(struct list *list, const char *buffer, size_t bytes, int want_type,
		    parse_fn *parse)
{
	const struct nlmsghdr *message;
	size_t offset = 0;
	int err;

	for (; (message = message_at(buffer, bytes, offset));
	     offset += NLMSG_ALIGN(message->nlmsg_len)) {
		if (message->nlmsg_type == NLMSG_DONE)
			return 1;
		if (message->nlmsg_type == NLMSG_ERROR) {
			err = message_error(message);
			return err ? err : 1;
		}
		if (message->nlmsg_type != want_type)
			continue;
		err = list_parse(list, message, parse);
		if (err)
			return err;
		if (!(message->nlmsg_flags & NLM_F_MULTI))
			return 1;
	}
	return 0;
}

static int ask(const struct nlmsghdr *request, int want_type, parse_fn *parse, struct list *list)
{
	_cleanup_close_ int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	_cleanup_free_ char *buffer = malloc(RECEIVE_BYTES);
	ssize_t got;
	int err;

	if (fd < 0)
		return -errno;
	if (!buffer)
		return -ENOMEM;
	if (send(fd, request, request->nlmsg_len, 0) < 0)
		return -errno;
	do {
		got = recv(fd, buffer, RECEIVE_BYTES, MSG_TRUNC);
		if (got < 0)
			return -errno;
		if ((size_t)got > RECEIVE_BYTES)
			return -EMSGSIZE;
		err = list_add(list, buffer, (size_t)got, want_type, parse);
	} while (!err);
	return err < 0 ? err : 0;
}

static int attr_int(const struct rtattr *attr)
{
	int value = 0;

	if (RTA_PAYLOAD(attr) >= sizeof(value))
		memcpy(&value, RTA_DATA(attr), sizeof(value));
	return value;
}

static void attr_string(const struct rtattr *attr, char *ret_text, size_t room)
{
	size_t bytes = RTA_PAYLOAD(attr);

	if (bytes >= room)
		bytes = room - 1;
	memcpy(ret_text, RTA_DATA(attr), bytes);
	ret_text[bytes] = '\0';
}

/* What the numbers mean depends on the kind. */
static void parse_info_data(const struct rtattr *nest, struct rb_rtnl_link *link)
{
	const struct rtattr *attr = RTA_DATA(nest);
	int left = (int)RTA_PAYLOAD(nest);
	bool is_vlan = !strcmp(link->kind, "vlan"), is_bond = !strcmp(link->kind, "bond");
	bool is_ipvlan = !strcmp(link->kind, "ipvlan");
	uint16_t mode;

	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left)) {
		if (is_vlan && attr->rta_type == IFLA_VLAN_ID &&
		    RTA_PAYLOAD(attr) >= sizeof(link->vlan_id))
			memcpy(&link->vlan_id, RTA_DATA(attr), sizeof(link->vlan_id));
		if (is_vlan && attr->rta_type == IFLA_VLAN_PROTOCOL &&
		    RTA_PAYLOAD(attr) >= sizeof(link->vlan_protocol)) {
			memcpy(&link->vlan_protocol, RTA_DATA(attr), sizeof(link->vlan_protocol));
			link->vlan_protocol = ntohs(link->vlan_protocol);
		}
		if (is_bond && attr->rta_type == IFLA_BOND_MODE && RTA_PAYLOAD(attr) >= 1)
			link->bond_mode = *(const uint8_t *)RTA_DATA(attr);
		if (is_ipvlan && attr->rta_type == IFLA_IPVLAN_MODE &&
		    RTA_PAYLOAD(attr) >= sizeof(mode)) {
			memcpy(&mode, RTA_DATA(attr), sizeof(mode));
			link->is_l3s = mode == IPVLAN_MODE_L3S;
		}
	}
}

static void parse_linkinfo(const struct rtattr *nest, struct rb_rtnl_link *link)
{
	const struct rtattr *attr = RTA_DATA(nest), *data = NULL;
	int left = (int)RTA_PAYLOAD(nest);

	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left)) {
		if (attr->rta_type == IFLA_INFO_KIND)
			attr_string(attr, link->kind, sizeof(link->kind));
		else if ((attr->rta_type & NLA_TYPE_MASK) == IFLA_INFO_DATA)
			data = attr;
	}
	if (data)
		parse_info_data(data, link);
}

/* Where programs run in several modes the general id is left out and those of the modes are told.
 */
static void parse_xdp(const struct rtattr *nest, struct rb_rtnl_link *link)
{
	const struct rtattr *attr = RTA_DATA(nest);
	int left = (int)RTA_PAYLOAD(nest), generic_id = 0, native_id = 0;

	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left)) {
		if (attr->rta_type == IFLA_XDP_SKB_PROG_ID)
			generic_id = attr_int(attr);
		else if (attr->rta_type == IFLA_XDP_DRV_PROG_ID ||
			 attr->rta_type == IFLA_XDP_HW_PROG_ID)
			native_id = attr_int(attr);
	}
	link->xdp_native = native_id != 0;
	link->xdp_prog_id = native_id ? native_id : generic_id;
}

static void parse_link_attr(const struct rtattr *attr, struct rb_rtnl_link *link,
			    bool *lower_elsewhere)
{
	switch (attr->rta_type & NLA_TYPE_MASK) {
	case IFLA_IFNAME:
		attr_string(attr, link->name, sizeof(link->name));
		break;
	case IFLA_ADDRESS:
		if (RTA_PAYLOAD(attr) == sizeof(link->mac))
			memcpy(link->mac, RTA_DATA(attr), sizeof(link->mac));
		break;
	case IFLA_MTU:
		link->mtu = (unsigned int)attr_int(attr);
		break;
	case IFLA_NUM_RX_QUEUES:
		link->rx_queues = (unsigned int)attr_int(attr);
		break;
	case IFLA_LINK:
		link->lower_ifindex = attr_int(attr);
		break;
	case IFLA_MASTER:
		link->master_ifindex = attr_int(attr);
		break;
	case IFLA_LINK_NETNSID:
		*lower_elsewhere = true;
		break;
	case IFLA_LINKINFO:
		parse_linkinfo(attr, link);
		break;
	case IFLA_XDP:
		parse_xdp(attr, link);
		break;
	default:
		break;
	}
}

static int parse_link(const struct nlmsghdr *message, void *item)
{
	const struct ifinfomsg *info = NLMSG_DATA(message);
	struct rb_rtnl_link *link = item;
	const struct rtattr *attr;
	bool lower_elsewhere = false;
	int left;

	if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*info)))
		return 1;
	link->ifindex = info->ifi_index;
	link->flags = info->ifi_flags;
	link->type = info->ifi_type;
	link->bond_mode = -1;
	left = (int)IFLA_PAYLOAD(message);
	for (attr = IFLA_RTA(info); RTA_OK(attr, left); attr = RTA_NEXT(attr, left))
		parse_link_attr(attr, link, &lower_elsewhere);
	/* The index is one of the other namespace: here it may be anybody's. */
	if (lower_elsewhere)
		link->lower_ifindex = 0;
	return 0;
}

static int parse_addr(const struct nlmsghdr *message, void *item)
{
	const struct ifaddrmsg *info = NLMSG_DATA(message);
	struct rb_rtnl_addr *addr = item;
	const struct rtattr *attr, *own = NULL;
	size_t bytes;
	int left;

	if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*info)))
		return 1;
	if (info->ifa_family != AF_INET && info->ifa_family != AF_INET6)
		return 1;
	left = (int)IFA_PAYLOAD(message);
	for (attr = IFA_RTA(info); RTA_OK(attr, left); attr = RTA_NEXT(attr, left)) {
		/* On a point-to-point link IFA_ADDRESS is the other end. */
		if (attr->rta_type == IFA_LOCAL || (attr->rta_type == IFA_ADDRESS && !own))
			own = attr;
	}
	bytes = info->ifa_family == AF_INET ? 4 : 16;
	if (!own || RTA_PAYLOAD(own) < bytes)
		return 1;
	addr->ifindex = (int)info->ifa_index;
	addr->family = info->ifa_family;
	addr->prefix = info->ifa_prefixlen;
	memcpy(addr->addr, RTA_DATA(own), bytes);
	return 0;
}

int rb_rtnl_changes_open(int *ret_fd)
{
	_cleanup_close_ int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	struct sockaddr_nl groups = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
	};

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&groups, sizeof(groups)))
		return -errno;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

bool rb_rtnl_changes_read(int fd)
{
	bool any = false;
	char byte;

	/* Messages are thrown away: that there are some is all that is asked. */
	for (;;) {
		if (recv(fd, &byte, sizeof(byte), 0) < 0 && errno != ENOBUFS)
			return any;
		any = true;
	}
}

struct link_request {
	struct nlmsghdr header;
	struct ifinfomsg info;
};

int rb_rtnl_links(struct rb_rtnl_link **ret_links, size_t *ret_count)
{
	struct link_request request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = RTM_GETLINK,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.info = {.ifi_family = AF_UNSPEC},
	};
	struct list list = {.item_bytes = sizeof(struct rb_rtnl_link)};
	int err = ask(&request.header, RTM_NEWLINK, parse_link, &list);

	if (err) {
		free(list.items);
		return err;
	}
	*ret_links = list.items;
	*ret_count = list.count;
	return 0;
}

int rb_rtnl_link(int ifindex, struct rb_rtnl_link *ret_link)
{
	struct link_request request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = RTM_GETLINK,
			   .nlmsg_flags = NLM_F_REQUEST},
		.info = {.ifi_family = AF_UNSPEC, .ifi_index = ifindex},
	};
	struct list list = {.item_bytes = sizeof(struct rb_rtnl_link)};
	int err = ask(&request.header, RTM_NEWLINK, parse_link, &list);

	if (!err && !list.count)
		err = -ENODEV;
	if (!err)
		*ret_link = *(struct rb_rtnl_link *)list.items;
	free(list.items);
	return err;
}

int rb_rtnl_addrs(struct rb_rtnl_addr **ret_addrs, size_t *ret_count)
{
	struct {
		struct nlmsghdr header;
		struct ifaddrmsg info;
	} request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = RTM_GETADDR,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.info = {.ifa_family = AF_UNSPEC},
	};
	struct list list = {.item_bytes = sizeof(struct rb_rtnl_addr)};
	int err = ask(&request.header, RTM_NEWADDR, parse_addr, &list);

	if (err) {
		free(list.items);
		return err;
	}
	*ret_addrs = list.items;
	*ret_count = list.count;
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries' frames from a short description. */
#include "tools/bench/lib/template.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "kern/sum.h"
#include "kern/wire.h"
#include "util/cleanup.h"

#define EDNS_SIZE 1232

struct description {
	uint8_t kind;
	uint16_t type;
	bool edns, dnssec_ok, ipv6, tcp, transit;
	uint32_t share, names;
};

static int type_parse(const char *word, uint16_t *ret_type)
{
	static const struct {
		const char *name;
		uint16_t type;
	} types[] = {{"A", RB_TYPE_A}, {"AAAA", RB_TYPE_AAAA}, {"TXT", RB_TYPE_TXT}};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcmp(word, types[i].name))
			continue;
		*ret_type = types[i].type;
		return 0;
	}
	return -EINVAL;
}

static int description_parse(const char *text, struct description *ret_description)
{
	_cleanup_free_ char *copy = strdup(text);
	struct description description = {0};
	char *rest = copy, *word, *share, *names;

	if (!copy)
		return -ENOMEM;
	share = strchr(copy, '*');
	if (share) {
		*share = '\0';
		description.share = (uint32_t)strtoul(share + 1, NULL, 10);
	}
	names = strchr(copy, '@');
	if (names) {
		*names = '\0';
		description.names = (uint32_t)strtoul(names + 1, NULL, 10);
	}
	if (!copy[0] || copy[1] != '/')
		return -EINVAL;
	description.kind = (uint8_t)copy[0];
	rest = copy + 2;
	word = strsep(&rest, "+");
	if (type_parse(word, &description.type))
		return -EINVAL;
	while ((word = strsep(&rest, "+"))) {
		if (!strcmp(word, "edns"))
			description.edns = true;
		else if (!strcmp(word, "do"))
			description.edns = description.dnssec_ok = true;
		else if (!strcmp(word, "v6"))
			description.ipv6 = true;
		else if (!strcmp(word, "tcp"))
			description.tcp = true;
		else if (!strcmp(word, "transit"))
			description.transit = true;
		else
			return -EINVAL;
	}
	*ret_description = description;
	return 0;
}

/* The message with id and first label left at zero. */
static uint32_t message_write(const struct description *description, uint8_t *out)
{
	uint8_t *cursor = out;

	memcpy(cursor, "\0\0\1\0\0\1\0\0\0\0\0", 11);
	cursor[11] = description->edns;
	cursor += 12 + 8;
	memcpy(cursor, BENCH_NAME_TAIL, sizeof(BENCH_NAME_TAIL));
	cursor += sizeof(BENCH_NAME_TAIL);
	*cursor++ = (uint8_t)(description->type >> 8);
	*cursor++ = (uint8_t)description->type;
	*cursor++ = 0;
	*cursor++ = RB_CLASS_IN;
	if (description->edns) {
		memcpy(cursor, "\0\0\0", 3);
		cursor[2] = RB_TYPE_OPT;
		cursor[3] = EDNS_SIZE >> 8;
		cursor[4] = EDNS_SIZE & 0xff;
		cursor[7] = description->dnssec_ok ? 0x80 : 0;
		cursor += RB_OPT_BYTES;
	}
	return (uint32_t)(cursor - out);
}

static uint32_t ipv4_write(struct bench_template *template, uint32_t dns_len)
{
	struct iphdr ip = {.version = 4,
			   .ihl = 5,
			   .tot_len =
				   htons((uint16_t)(sizeof(ip) + sizeof(struct udphdr) + dns_len)),
			   .frag_off = htons(IP_DF),
			   .ttl = 64,
			   .protocol = IPPROTO_UDP};
	uint8_t *place = template->frame + template->ip;

	inet_pton(AF_INET, BENCH_SERVER4, &ip.daddr);
	memcpy(place, &ip, sizeof(ip));
	template->ip_sum = rb_sum_fold(rb_sum_bytes(place, sizeof(ip)));
	inet_pton(AF_INET, BENCH_CLIENT4, place + offsetof(struct iphdr, saddr));
	return rb_sum_fold(rb_sum_bytes((const uint8_t *)&ip.daddr, sizeof(ip.daddr)));
}

static uint32_t ipv6_write(struct bench_template *template, uint32_t dns_len)
{
	struct ip6_hdr ip = {.ip6_flow = htonl(6u << 28),
			     .ip6_plen = htons((uint16_t)(sizeof(struct udphdr) + dns_len)),
			     .ip6_nxt = IPPROTO_UDP,
			     .ip6_hops = 64};
	struct in6_addr client;
	uint64_t sum;

	inet_pton(AF_INET6, BENCH_SERVER6, &ip.ip6_dst);
	inet_pton(AF_INET6, BENCH_CLIENT6, &client);
	ip.ip6_src = client;
	memcpy(template->frame + template->ip, &ip, sizeof(ip));
	/* The last four bytes are the generator's to add. */
	sum = rb_sum_bytes(client.s6_addr, 12) + rb_sum_bytes(ip.ip6_dst.s6_addr, 16);
	return rb_sum_fold(sum);
}

int bench_template_make(const char *text, const struct bench_ends *ends,
			struct bench_template *ret_template)
{
	struct bench_template template = {.ip = ETH_HLEN};
	struct description description;
	struct udphdr udp = {.dest = htons(53)};
	uint8_t message[128] = {0};
	uint32_t dns_len, addresses;
	int err;

	err = description_parse(text, &description);
	if (err)
		return err;
	template.kind = description.kind;
	template.share = description.share;
	template.names = description.names;
	dns_len = message_write(&description, message);
	memcpy(template.frame, ends->server_mac, ETH_ALEN);
	memcpy(template.frame + ETH_ALEN, ends->client_mac, ETH_ALEN);
	template.frame[12] = description.ipv6 ? 0x86 : 0x08;
	template.frame[13] = description.ipv6 ? 0xdd : 0x00;
	if (description.ipv6)
		addresses = ipv6_write(&template, dns_len);
	else
		addresses = ipv4_write(&template, dns_len);
	if (description.tcp)
		template.frame[template.ip + (description.ipv6 ? 6 : 9)] = IPPROTO_TCP;
	if (description.transit) /* to the next address */
		template.frame[template.ip + (description.ipv6 ? 39 : 19)]++;
	template.udp = template.ip + (description.ipv6 ? 40 : 20);
	template.len = template.udp + (uint32_t)sizeof(udp) + dns_len;
	udp.len = htons((uint16_t)(sizeof(udp) + dns_len));
	memcpy(template.frame + template.udp, &udp, sizeof(udp));
	memcpy(template.frame + template.udp + sizeof(udp), message, dns_len);
	/* The length counts in the pseudo header too. */
	template.udp_sum = rb_sum_fold(
		addresses + htons(IPPROTO_UDP) + udp.len +
		rb_sum_bytes(template.frame + template.udp, (uint32_t)sizeof(udp) + dns_len));
	*ret_template = template;
	return 0;
}

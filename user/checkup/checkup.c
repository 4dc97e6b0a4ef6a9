/* SPDX-License-Identifier: BSD-2-Clause */
/* The report of --check-config. */
#include "checkup/checkup.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "checkup/interfaces.h"
#include "policy/inventory.h"
#include "serve/certificate.h"
#include "serve/port_owner.h"
#include "serve/socket.h"
#include "serve/tls.h"
#include "util/cleanup.h"

static void report_holder(struct rb_report *report, const struct rb_listen *listen, int type,
			  const char *where)
{
	const char *cure = "stop it, or serve another address or port (interface: ADDRESS@PORT)";
	struct rb_port_owner holder;

	if (rb_port_owner_find(&listen->addr, type, &holder)) {
		rb_report_add(report, RB_LEVEL_FAIL,
			      "%s is in use ('ss -lpn' as root names by "
			      "whom): %s",
			      where, cure);
		return;
	}
	if (!strcmp(holder.name, "runbound")) {
		rb_report_add(report, RB_LEVEL_INFO, "%s is served by runbound (pid %d) now", where,
			      (int)holder.pid);
		return;
	}
	rb_report_add(report, RB_LEVEL_FAIL, "%s is in use by %s (pid %d): %s", where, holder.name,
		      (int)holder.pid, rb_port_owner_cure(&holder) ?: cure);
}

/* As the server would bind it, and at once given back. */
static int report_port(struct rb_report *report, const struct rb_listen *listen, int type)
{
	const struct sockaddr_in *addr4 = (const struct sockaddr_in *)&listen->addr;
	const struct sockaddr_in6 *addr6 = (const struct sockaddr_in6 *)&listen->addr;
	bool is_ipv6 = listen->addr.ss_family == AF_INET6;
	char where[INET6_ADDRSTRLEN + 32] = "?";
	_cleanup_close_ int fd = -1;
	size_t length;
	int err = rb_socket_open(&listen->addr, type, RB_SOCKET_ALONE, RB_SOCKET_LOCAL, &fd);

	inet_ntop(listen->addr.ss_family,
		  is_ipv6 ? (const void *)&addr6->sin6_addr : &addr4->sin_addr, where,
		  INET6_ADDRSTRLEN);
	length = strlen(where);
	snprintf(where + length, sizeof(where) - length, "@%u over %s",
		 ntohs(is_ipv6 ? addr6->sin6_port : addr4->sin_port),
		 type == SOCK_STREAM ? "TCP" : "UDP");
	if (err == -EADDRINUSE)
		report_holder(report, listen, type, where);
	else if (err == -EACCES)
		rb_report_add(report, RB_LEVEL_INFO,
			      "%s takes root or CAP_NET_BIND_SERVICE, which this process lacks; "
			      "whether it is free was not tried",
			      where);
	/* That no interface has the address is told with the interfaces. */
	else if (err && err != -EADDRNOTAVAIL)
		rb_report_add(report, RB_LEVEL_FAIL, "%s cannot be served: %s", where,
			      strerror(-err));
	else if (!err)
		rb_report_add(report, RB_LEVEL_OK, "%s is free", where);
	return err;
}

static void report_ports(struct rb_report *report, const struct rb_config *config)
{
	bool missing = true; /* all of them */
	size_t i;

	for (i = 0; i < config->listen_count; i++) {
		if (config->do_udp && config->listens[i].speech == RB_SPEECH_DNS)
			missing &= report_port(report, &config->listens[i], SOCK_DGRAM) ==
				   -EADDRNOTAVAIL;
		if (config->do_tcp && config->incoming_num_tcp)
			missing &= report_port(report, &config->listens[i], SOCK_STREAM) ==
				   -EADDRNOTAVAIL;
	}
	if (missing && !config->ip_freebind)
		rb_report_add(report, RB_LEVEL_FAIL,
			      "no address can be served: no interface carries one of them, and "
			      "ip-freebind: is off");
}

/* That its files are of use was checked before: a fault of theirs is an error of the file. */
static void report_certificate(struct rb_report *report, const struct rb_config *config)
{
	struct rb_certificate certificate;
	struct rb_tls_findings findings;
	char text[sizeof(certificate.names) + 64];
	SSL_CTX *tls = NULL;

	if (!rb_secure_has_key(&config->secure) ||
	    rb_tls_new(config, &config->secure.files, &findings, &tls))
		return;
	if (!rb_certificate_of(tls, &certificate)) {
		rb_certificate_text(&certificate, text, sizeof(text));
		rb_report_add(report, RB_LEVEL_INFO, "the certificate of TLS for clients is for %s",
			      text);
	}
	SSL_CTX_free(tls);
}

static void report_secure(struct rb_report *report, const struct rb_config *config)
{
	unsigned int counts[RB_SPEECH_NONE] = {0};

	for (size_t i = 0; i < config->listen_count; i++)
		counts[config->listens[i].speech]++;
	if (counts[RB_SPEECH_TLS] || counts[RB_SPEECH_HTTPS])
		rb_report_add(report, RB_LEVEL_INFO,
			      "addresses of DNS over TLS: %u, over HTTPS: %u%s",
			      counts[RB_SPEECH_TLS], counts[RB_SPEECH_HTTPS],
			      config->secure.http_in_clear ? ", which is in clear text" : "");
	report_certificate(report, config);
}

/* Operators look for queries in places that XDP does not pass. */
static void report_invisible(struct rb_report *report)
{
	rb_report_add(report, RB_LEVEL_INFO,
		      "what XDP answers passes before nftables and iptables: they neither see nor "
		      "stop it. access-control: decides alone, in the kernel too");
	rb_report_add(report, RB_LEVEL_INFO,
		      "tcpdump on this machine does not see it either: use 'runbound-cachectl "
		      "stats' for counts, xdpdump (xdp-tools) for packets, or tcpdump on the "
		      "client");
}

static void report_lists(struct rb_report *report, const struct rb_config *config)
{
	struct rb_inventory_list list;

	for (uint32_t i = 0; rb_inventory_list(config, i, &list); i++)
		rb_report_add(
			report, list.list->names ? RB_LEVEL_OK : RB_LEVEL_WARN,
			"blocklist %s (%s): names: %u, repeated: %u, lines that name nothing: %u",
			list.label, list.file, list.list->names, list.list->repeated,
			list.list->unusable);
}

bool rb_checkup(const struct rb_config *config, FILE *out)
{
	struct rb_report report = {.out = out};
	int err;

	report_ports(&report, config);
	report_secure(&report, config);
	report_lists(&report, config);
	rb_xdp_report_host(&report, config);
	err = rb_xdp_report_netifs(&report, config);
	if (err)
		rb_report_add(&report, RB_LEVEL_FAIL, "the interfaces cannot be read: %s",
			      strerror(-err));
	if (config->xdp)
		report_invisible(&report);
	return !report.findings[RB_LEVEL_FAIL];
}

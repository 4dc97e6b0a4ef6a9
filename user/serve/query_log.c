/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines about queries and replies. */
#include "serve/query_log.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <ldns/ldns.h>
#include <stdatomic.h>
#include <string.h>

#include "dns/bytes.h"
#include "dns/name.h"
#include "serve/asked.h"
#include "serve/private.h"
#include "serve/tap.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/log_sink.h"

#define LINE_BYTES   (RB_NAME_TEXT_MAX + 192)
#define REASON_BYTES 1024 /* of why something failed */

/* Shared by all workers, since there is only one log. */
static _Atomic uint64_t second, lines, left_out;

/* Whether there is room for one more line in this second. */
static bool is_admitted(void)
{
	uint64_t now = rb_clock_ns() / (uint64_t)RB_NS_PER_S;

	if (atomic_exchange_explicit(&second, now, memory_order_relaxed) != now)
		atomic_store_explicit(&lines, 0, memory_order_relaxed);
	if (atomic_fetch_add_explicit(&lines, 1, memory_order_relaxed) < RB_QUERY_LOG_LINES)
		return true;
	atomic_fetch_add_explicit(&left_out, 1, memory_order_relaxed);
	return false;
}

void rb_query_log_tell(void)
{
	uint64_t count = atomic_exchange_explicit(&left_out, 0, memory_order_relaxed);

	if (count)
		rb_log_warn("%llu lines about queries and replies were left out: more than %d a "
			    "second",
			    (unsigned long long)count, RB_QUERY_LOG_LINES);
}

static const char *addr_text(const uint8_t *client, char text[INET6_ADDRSTRLEN])
{
	static const uint8_t mapped[12] = {[10] = 0xff, 0xff};
	bool is_v4 = !memcmp(client, mapped, sizeof(mapped));

	return inet_ntop(is_v4 ? AF_INET : AF_INET6, client + (is_v4 ? sizeof(mapped) : 0), text,
			 INET6_ADDRSTRLEN);
}

/* The client's address, shortened as configured. */
static const char *client_text(const struct rb_config *config, const uint8_t *client,
			       char text[INET6_ADDRSTRLEN])
{
	uint8_t addr[16];

	rb_private_addr(config, client, addr);
	return addr_text(addr, text);
}

/* "NAME TYPE CLASS". */
static void question_text(const struct rb_query *query, char *text, size_t room)
{
	_cleanup_free_ char *type = ldns_rr_type2str((ldns_rr_type)query->qtype);
	_cleanup_free_ char *qclass = ldns_rr_class2str((ldns_rr_class)query->qclass);
	char name[RB_NAME_TEXT_MAX];

	rb_name_to_text(query->qname, query->qname_len, name);
	snprintf(text, room, "%s %s %s", name, type ? type : "?", qclass ? qclass : "?");
}

static void line_write(const struct rb_config *config, const char *tag, const char *line)
{
	rb_log_sink_write(RB_LOG_INFO, config->log_tag_queryreply ? tag : "info", line);
}

void rb_query_log_query(const struct rb_config *config, const uint8_t *client,
			const struct rb_query *query)
{
	char addr[INET6_ADDRSTRLEN], question[LINE_BYTES], line[2 * LINE_BYTES];

	if (!config->log_queries || !query->qname || !is_admitted())
		return;
	question_text(query, question, sizeof(question));
	snprintf(line, sizeof(line), "%s %s", client_text(config, client, addr), question);
	line_write(config, "query", line);
}

/* log-destaddr: " on udp 192.0.2.53 53"; "": it is off. */
static void server_text(const struct rb_config *config, const struct rb_query_log_client *client,
			char *text, size_t room)
{
	static const char *const names[RB_TRANSPORTS] = {
		[RB_TRANSPORT_UDP] = "udp",   [RB_TRANSPORT_XDP] = "udp",
		[RB_TRANSPORT_TCP] = "tcp",   [RB_TRANSPORT_TLS] = "dot",
		[RB_TRANSPORT_HTTPS] = "doh",
	};
	char addr[INET6_ADDRSTRLEN];

	*text = '\0';
	if (config->log_destaddr)
		snprintf(text, room, " on %s %s %u", names[client->transport],
			 addr_text(client->destination->addr, addr), client->destination->port);
}

void rb_query_log_reply(const struct rb_config *config, const struct rb_query_log_client *client,
			const struct rb_query *query, const uint8_t *reply, size_t len,
			enum rb_query_log_source source, uint64_t took_ns)
{
	static const char *const rcodes[16] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
					       "NOTIMPL", "REFUSED", "YXDOMAIN", "YXRRSET",
					       "NXRRSET", "NOTAUTH", "NOTZONE",  "RCODE11",
					       "RCODE12", "RCODE13", "RCODE14",  "RCODE15"};
	char addr[INET6_ADDRSTRLEN], question[LINE_BYTES], line[2 * LINE_BYTES], server[128];
	bool cached = source == RB_QUERY_LOG_CACHED;

	if (!config->log_replies || !query->qname || len < sizeof(struct rb_dns_header) ||
	    !is_admitted())
		return;
	question_text(query, question, sizeof(question));
	server_text(config, client, server, sizeof(server));
	snprintf(line, sizeof(line), "%s %s %s %llu.%06llu %d %zu%s",
		 client_text(config, client->addr, addr), question,
		 rcodes[rb_bytes_get16(reply + 2) & RB_FLAG_RCODE],
		 cached ? 0ULL : (unsigned long long)(took_ns / (uint64_t)RB_NS_PER_S),
		 cached ? 0ULL : (unsigned long long)(took_ns % (uint64_t)RB_NS_PER_S / 1000),
		 cached, len, server);
	line_write(config, "reply", line);
}

/* The text of a resolver process, which may have any contents. */
static void reason_print(const char *why, char *text, size_t room)
{
	size_t len = 0;

	for (; *why && len + 1 < room; why++)
		text[len++] = isprint((unsigned char)*why) ? *why : '?';
	text[len] = '\0';
}

/* The reason without the question, which libunbound puts in front of it if data is bogus. */
static const char *reason_of(const struct rb_pending *pending)
{
	const char *why = pending->job.why;
	const char *question_end = why && pending->job.bogus ? strstr(why, ">: ") : NULL;

	if (question_end)
		return question_end + 3;
	if (why)
		return why;
	return pending->job.bogus ? "no reason is known"
				  : "no upstream gave an answer that can be used";
}

void rb_query_log_rate(const struct rb_config *config, const uint8_t *client)
{
	char addr[INET6_ADDRSTRLEN];

	if (is_admitted())
		rb_log_notice("ip_ratelimit exceeded %s %u", client_text(config, client, addr),
			      config->ip_ratelimit);
}

void rb_query_log_servfail(const struct rb_serve *serve, const struct rb_pending *pending)
{
	char question[LINE_BYTES], line[REASON_BYTES + 2 * LINE_BYTES], reason[REASON_BYTES];

	/* The other line tells about bogus data, as in Unbound. */
	if (!serve->config->log_servfail || pending->job.bogus || !is_admitted())
		return;
	question_text(&pending->query, question, sizeof(question));
	reason_print(reason_of(pending), reason, sizeof(reason));
	snprintf(line, sizeof(line), "SERVFAIL <%s>: %s, after %.3f s", question, reason,
		 (double)(serve->now_ns - pending->taken_ns) / 1e9);
	rb_log_sink_write(RB_LOG_ERROR, "error", line);
}

void rb_query_log_bogus(const struct rb_serve *serve, const struct rb_pending *pending)
{
	char question[LINE_BYTES], line[REASON_BYTES + 2 * LINE_BYTES], reason[REASON_BYTES];
	bool tells_why = serve->config->val_log_level > 1 || serve->config->log_servfail;

	if ((!serve->config->val_log_level && !serve->config->log_servfail) || !is_admitted())
		return;
	question_text(&pending->query, question, sizeof(question));
	reason_print(reason_of(pending), reason, sizeof(reason));
	if (!tells_why)
		snprintf(line, sizeof(line), "validation failure %s", question);
	else
		snprintf(line, sizeof(line), "validation failure <%s>: %s", question, reason);
	rb_log_sink_write(RB_LOG_INFO, "info", line);
}

/* One end of a reply: an address, and the port from the datagram's header. */
static void end_set(struct sockaddr_storage *end, bool is_ipv6, const uint8_t *addr,
		    const uint8_t *port)
{
	struct sockaddr_in *end4 = (void *)end;
	struct sockaddr_in6 *end6 = (void *)end;

	end->ss_family = is_ipv6 ? AF_INET6 : AF_INET;
	memcpy(is_ipv6 ? (void *)&end6->sin6_addr : (void *)&end4->sin_addr, addr,
	       is_ipv6 ? sizeof(end6->sin6_addr) : sizeof(end4->sin_addr));
	memcpy(is_ipv6 ? &end6->sin6_port : &end4->sin_port, port, sizeof(end4->sin_port));
}

void rb_query_log_kernel(const struct rb_config *config, const struct rb_query_log_also *also,
			 const struct rb_logged *logged)
{
	size_t dns = logged->dns, bytes = logged->bytes, heads = logged->is_ipv6 ? 48 : 28;
	const uint8_t *message = logged->frame + dns, *ip = message - heads, *udp = message - 8;
	struct rb_query query = {.qname = message + sizeof(struct rb_dns_header)};
	struct sockaddr_storage ends[2] = {0}; /* the server's, the client's */
	uint8_t client[16];
	struct rb_acl_destination destination;
	int name_len;

	if (dns < heads || bytes > sizeof(logged->frame) ||
	    bytes < dns + sizeof(struct rb_dns_header))
		return;
	name_len = rb_name_len(query.qname, bytes - dns - sizeof(struct rb_dns_header));
	if (name_len <= 0 ||
	    dns + sizeof(struct rb_dns_header) + (size_t)name_len + RB_QUESTION_TAIL > bytes)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		end_set(&ends[i], logged->is_ipv6, ip + (logged->is_ipv6 ? 8 + 16 * i : 12 + 4 * i),
			udp + 2 * i);
	rb_acl_mapped(&ends[1], client);
	destination = rb_acl_destination_of(&ends[0]);
	query.qname_len = (uint16_t)name_len;
	query.qtype = rb_bytes_get16(query.qname + name_len);
	query.qclass = rb_bytes_get16(query.qname + name_len + 2);
	rb_asked_add(also->asked, config, client, &query, rb_config_kernel_sample(config));
	rb_tap_kernel(
		config, also->dnstap,
		&(struct rb_tap_logged){
			.client = client,
			.port = rb_bytes_get16(udp + 2),
			.message = message,
			.head = sizeof(struct rb_dns_header) + (size_t)name_len + RB_QUESTION_TAIL,
			.bytes = bytes - dns,
			.len = rb_bytes_get16(udp + 4) - 8U,
		});
	/* There may be many lines, and main must not wait for the log. */
	rb_log_sink_set_patience(false);
	rb_query_log_query(config, client, &query);
	rb_query_log_reply(config,
			   &(struct rb_query_log_client){client, &destination, RB_TRANSPORT_XDP},
			   &query, message, rb_bytes_get16(udp + 4) - 8U, RB_QUERY_LOG_CACHED, 0);
	rb_log_sink_set_patience(true);
}

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
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/log_sink.h"

#define LINE_BYTES   (RB_NAME_TEXT_MAX + 192)
#define REASON_BYTES 1024 /* of why something failed */

/* Shared by the workers, who are many, and one log. */
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

/* "NAME TYPE CLASS". */
static void question_text(const struct rb_query *query, char *text, size_t room)
{
	_cleanup_free_ char *type = ldns_rr_type2str((ldns_rr_type)query->qtype);
	_cleanup_free_ char *class = ldns_rr_class2str((ldns_rr_class)query->qclass);
	char name[RB_NAME_TEXT_MAX];

	rb_name_to_text(query->qname, query->qname_len, name);
	snprintf(text, room, "%s %s %s", name, type ? type : "?", class ? class : "?");
}

static void line_write(const struct rb_serve *serve, const char *tag, const char *line)
{
	rb_log_sink_write(RB_LOG_INFO, serve->config->log_tag_queryreply ? tag : "info", line);
}

void rb_query_log_query(const struct rb_serve *serve, const uint8_t *client,
			const struct rb_query *query)
{
	char addr[INET6_ADDRSTRLEN], question[LINE_BYTES], line[2 * LINE_BYTES];

	if (!serve->config->log_queries || !query->qname || !is_admitted())
		return;
	question_text(query, question, sizeof(question));
	snprintf(line, sizeof(line), "%s %s", addr_text(client, addr), question);
	line_write(serve, "query", line);
}

/* log-destaddr: " on udp 192.0.2.53 53"; "": it is not asked for. */
static void place_text(const struct rb_serve *serve, const struct rb_query_log_client *client,
		       char *text, size_t room)
{
	static const char *const names[RB_TRANSPORTS] = {
		[RB_TRANSPORT_UDP] = "udp",   [RB_TRANSPORT_XDP] = "udp",
		[RB_TRANSPORT_TCP] = "tcp",   [RB_TRANSPORT_TLS] = "dot",
		[RB_TRANSPORT_HTTPS] = "doh",
	};
	char addr[INET6_ADDRSTRLEN];

	*text = '\0';
	if (serve->config->log_destaddr)
		snprintf(text, room, " on %s %s %u", names[client->transport],
			 addr_text(client->place->addr, addr), client->place->port);
}

void rb_query_log_reply(const struct rb_serve *serve, const struct rb_query_log_client *client,
			const struct rb_query *query, const uint8_t *reply, size_t len,
			enum rb_query_log_source source, uint64_t took_ns)
{
	static const char *const rcodes[16] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
					       "NOTIMPL", "REFUSED", "YXDOMAIN", "YXRRSET",
					       "NXRRSET", "NOTAUTH", "NOTZONE",  "RCODE11",
					       "RCODE12", "RCODE13", "RCODE14",  "RCODE15"};
	char addr[INET6_ADDRSTRLEN], question[LINE_BYTES], line[2 * LINE_BYTES], place[128];
	bool cached = source == RB_QUERY_LOG_CACHED;

	if (!serve->config->log_replies || !query->qname || len < sizeof(struct rb_dns_header) ||
	    !is_admitted())
		return;
	question_text(query, question, sizeof(question));
	place_text(serve, client, place, sizeof(place));
	snprintf(line, sizeof(line), "%s %s %s %llu.%06llu %d %zu%s", addr_text(client->addr, addr),
		 question, rcodes[rb_bytes_get16(reply + 2) & RB_FLAG_RCODE],
		 cached ? 0ULL : (unsigned long long)(took_ns / (uint64_t)RB_NS_PER_S),
		 cached ? 0ULL : (unsigned long long)(took_ns % (uint64_t)RB_NS_PER_S / 1000),
		 cached, len, place);
	line_write(serve, "reply", line);
}

/* What a resolver process says, which may be anything. */
static void reason_print(const char *why, char *text, size_t room)
{
	size_t len = 0;

	for (; *why && len + 1 < room; why++)
		text[len++] = isprint((unsigned char)*why) ? *why : '?';
	text[len] = '\0';
}

/* Without the question, which libunbound names in front where data is bogus. */
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

void rb_query_log_servfail(const struct rb_serve *serve, const struct rb_pending *pending)
{
	char question[LINE_BYTES], line[REASON_BYTES + 2 * LINE_BYTES], reason[REASON_BYTES];

	/* Of what is bogus the other line tells, as in Unbound. */
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

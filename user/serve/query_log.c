/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines about queries and replies. */
#include "serve/query_log.h"

#include <arpa/inet.h>
#include <ldns/ldns.h>
#include <stdatomic.h>
#include <string.h>

#include "dns/bytes.h"
#include "dns/name.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/log_sink.h"

#define LINE_BYTES (RB_NAME_TEXT_MAX + 192)

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

void rb_query_log_reply(const struct rb_serve *serve, const uint8_t *client,
			const struct rb_query *query, const uint8_t *reply, size_t len,
			enum rb_query_log_source source, uint64_t took_ns)
{
	static const char *const rcodes[16] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
					       "NOTIMPL", "REFUSED", "YXDOMAIN", "YXRRSET",
					       "NXRRSET", "NOTAUTH", "NOTZONE",  "RCODE11",
					       "RCODE12", "RCODE13", "RCODE14",  "RCODE15"};
	char addr[INET6_ADDRSTRLEN], question[LINE_BYTES], line[2 * LINE_BYTES];
	bool cached = source == RB_QUERY_LOG_CACHED;

	if (!serve->config->log_replies || !query->qname || len < sizeof(struct rb_dns_header) ||
	    !is_admitted())
		return;
	question_text(query, question, sizeof(question));
	snprintf(line, sizeof(line), "%s %s %s %llu.%06llu %d %zu", addr_text(client, addr),
		 question, rcodes[rb_bytes_get16(reply + 2) & RB_FLAG_RCODE],
		 cached ? 0ULL : (unsigned long long)(took_ns / (uint64_t)RB_NS_PER_S),
		 cached ? 0ULL : (unsigned long long)(took_ns % (uint64_t)RB_NS_PER_S / 1000),
		 cached, len);
	line_write(serve, "reply", line);
}

void rb_query_log_servfail(const struct rb_serve *serve, const struct rb_query *query, uint8_t ede)
{
	char question[LINE_BYTES], line[2 * LINE_BYTES];

	if (!serve->config->log_servfail || !query->qname || !is_admitted())
		return;
	question_text(query, question, sizeof(question));
	snprintf(line, sizeof(line), "SERVFAIL <%s>: %s", question,
		 ede ? "validation failure" : "no upstream gave an answer that can be used");
	rb_log_sink_write(RB_LOG_ERROR, "error", line);
}

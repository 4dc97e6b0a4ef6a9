/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers of class CHAOS. */
#include "serve/chaos.h"

#include <string.h>
#include <unistd.h>

#include "dns/bytes.h"
#include "dns/name.h"
#include "util/cleanup.h"

#define CLASS_CHAOS 3
#define TYPE_TXT    16
#define TO_QUESTION 0xc00c /* a pointer to its name, RFC 1035 4.1.4 */
#define RR_BYTES    12     /* pointer, type, class, TTL, length of the data */
#define TTL_AT      6
#define STRING_MAX  255
#define RECORDS_MAX 64 /* trust anchors by zone */

/* Strings while they are collected; each becomes a record. */
struct strings {
	char text[RECORDS_MAX][STRING_MAX + 1];
	size_t count;
};

static void one_string(struct strings *strings, const char *text)
{
	snprintf(strings->text[0], sizeof(strings->text[0]), "%s", text);
	strings->count = 1;
}

static bool identity(const struct rb_config *config, struct strings *strings)
{
	char host[STRING_MAX + 1] = "";

	if (config->hide_identity)
		return false;
	if (config->identity && *config->identity)
		one_string(strings, config->identity);
	else
		one_string(strings, gethostname(host, sizeof(host) - 1) ? "no hostname" : host);
	return true;
}

static bool version(const struct rb_config *config, struct strings *strings)
{
	if (config->hide_version)
		return false;
	one_string(strings,
		   config->version && *config->version ? config->version : "runbound " RB_VERSION);
	return true;
}

static bool same_owner(const struct rb_anchor *a, const struct rb_anchor *b)
{
	return a->owner_len == b->owner_len && !memcmp(a->owner, b->owner, a->owner_len);
}

/* "ZONE TAG...", of the anchor's zone. */
static void zone_string(const struct rb_anchors *anchors, const struct rb_anchor *first,
			struct strings *strings)
{
	char *text = strings->text[strings->count++], zone[RB_NAME_TEXT_MAX];
	size_t used;

	rb_name_to_text(first->owner, first->owner_len, zone);
	used = (size_t)snprintf(text, STRING_MAX + 1, "%s", zone);
	for (size_t i = 0; i < anchors->count && used < STRING_MAX; i++)
		if (same_owner(&anchors->list[i], first))
			used += (size_t)snprintf(text + used, STRING_MAX + 1 - used, " %u",
						 anchors->list[i].tag);
}

static bool trust_anchors(const struct rb_config *config, struct strings *strings)
{
	const struct rb_anchors *anchors = &config->anchors;

	if (config->hide_trustanchor)
		return false;
	for (size_t i = 0; i < anchors->count && strings->count < RECORDS_MAX; i++) {
		size_t before = 0;

		while (!same_owner(&anchors->list[before], &anchors->list[i]))
			before++;
		if (before == i)
			zone_string(anchors, &anchors->list[i], strings);
	}
	return true;
}

static const struct {
	const char *name;
	bool (*collect)(const struct rb_config *config, struct strings *strings);
} questions[] = {
	{"id.server.", identity},
	{"hostname.bind.", identity},
	{"version.server.", version},
	{"version.bind.", version},
	{"trustanchor.unbound.", trust_anchors},
};

static bool is_asked(const struct rb_query *query, const char *name)
{
	uint8_t wire[RB_NAME_MAX];
	int len = rb_name_from_text(name, wire);

	return len > 0 && rb_name_equal(query->qname, query->qname_len, wire, (size_t)len);
}

static void record_put(struct rb_answer *answer, const char *text)
{
	uint8_t *out = answer->body + answer->body_len;
	size_t len = strnlen(text, STRING_MAX);

	rb_bytes_put16(out, TO_QUESTION);
	rb_bytes_put16(out + 2, TYPE_TXT);
	rb_bytes_put16(out + 4, CLASS_CHAOS);
	rb_bytes_put32(out + TTL_AT, 0);
	rb_bytes_put16(out + 10, (uint16_t)(len + 1));
	out[RR_BYTES] = (uint8_t)len;
	memcpy(out + RR_BYTES + 1, text, len);
	answer->ttl_offsets[answer->ttl_count++] = (uint16_t)(answer->body_len + TTL_AT);
	answer->body_len = (uint16_t)(answer->body_len + RR_BYTES + 1 + len);
	answer->ancount++;
}

static struct rb_answer *answer_of(const struct strings *strings, uint64_t now_ns)
{
	struct rb_answer *answer =
		rb_answer_new(strings->count * (RR_BYTES + 1 + STRING_MAX), strings->count);

	if (!answer)
		return NULL;
	answer->body_len = 0;
	answer->ttl_count = 0;
	answer->expires_ns = now_ns;
	answer->signed_until_ns = RB_SIGNATURES_ENDLESS;
	answer->flags = RB_FLAG_QR | RB_FLAG_RA;
	answer->traits = RB_SERVES_DO0 | RB_SERVES_DO1 | RB_FIXED_TTL | RB_NO_STALE;
	for (size_t i = 0; i < strings->count; i++)
		record_put(answer, strings->text[i]);
	return answer;
}

struct rb_answer *rb_chaos_answer(const struct rb_config *config, const struct rb_query *query,
				  uint64_t now_ns)
{
	struct strings strings;

	if (query->qclass != CLASS_CHAOS ||
	    (query->qtype != TYPE_TXT && query->qtype != RB_TYPE_ANY))
		return NULL;
	strings.count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
		if (is_asked(query, questions[i].name))
			return questions[i].collect(config, &strings) ? answer_of(&strings, now_ns)
								      : NULL;
	return NULL;
}

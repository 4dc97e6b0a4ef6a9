/* SPDX-License-Identifier: BSD-2-Clause */
/* The dump of a runbound: how a record is described, and how that is read back. */
#include "import/own.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/reply.h"
#include "dns/name.h"
#include "dns/rdata.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define NS_PER_MS 1000000ULL

void rb_import_own_title(uint32_t fingerprint, FILE *out)
{
	fprintf(out, RB_IMPORT_OWN_TITLE " config=0x%08x\n", fingerprint);
}

uint32_t rb_import_own_fingerprint(const struct rb_import_text *text)
{
	unsigned int fingerprint;

	/* The text ends with a zero byte. */
	if (sscanf(text->bytes, RB_IMPORT_OWN_TITLE " config=0x%8x", &fingerprint) != 1)
		return 0;
	return fingerprint;
}

void rb_import_own_describe(const struct rb_import_own *own, const char *name, const char *type,
			    const char *rcode, FILE *out)
{
	uint64_t left_ms = own->left_ns / NS_PER_MS;

	fprintf(out, RB_IMPORT_OWN_MARK "%s %s %s do=%s", name, type, rcode,
		(own->traits & RB_SERVES_MASK) == RB_SERVES_DO0   ? "0"
		: (own->traits & RB_SERVES_MASK) == RB_SERVES_DO1 ? "1"
								  : "0,1");
	fprintf(out, " left=%" PRIu64 ".%03u ttl=%u flags=0x%04x sections=%u,%u,%u", left_ms / 1000,
		(unsigned int)(left_ms % 1000), own->ttl_s, own->flags,
		own->counts[RB_IMPORT_ANSWER], own->counts[RB_IMPORT_AUTHORITY],
		own->counts[RB_IMPORT_ADDITIONAL]);
	fprintf(out, "%s%s%s", own->traits & RB_SECURE ? " secure" : "",
		own->traits & RB_FIXED_TTL ? " fixed-ttl" : "",
		own->traits & RB_NO_STALE ? " no-stale" : "");
	if (own->rotate)
		fprintf(out, " rotate=%u", own->rotate);
	if (own->ede)
		fprintf(out, " ede=%u", own->ede - 1U);
	if (own->audience)
		fprintf(out, " audience=%u", own->audience);
	if (own->stale_limit != RB_STALE_ENDLESS)
		fprintf(out, " stale=%llu", rb_stale_limit_s(own->stale_limit));
}

/* "do=0,1": what follows the equals sign; NULL: it is another word. */
static const char *value_of(const char *word, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(word, name, len) && word[len] == '=' ? word + len + 1 : NULL;
}

static int left_parse(const char *value, uint64_t *ret_left_ns)
{
	unsigned int s, ms;
	int end = 0;

	if (sscanf(value, "%9u.%3u%n", &s, &ms, &end) != 2 || value[end])
		return -EINVAL;
	*ret_left_ns = s * RB_NS_PER_S + ms * NS_PER_MS;
	return 0;
}

static int number_parse(const char *value, unsigned long max, unsigned long *ret_number)
{
	char *end;
	unsigned long number;

	if (*value < '0' || *value > '9')
		return -EINVAL;
	errno = 0;
	number = strtoul(value, &end, 0);
	if (errno || *end || number > max)
		return -EINVAL;
	*ret_number = number;
	return 0;
}

static int sections_parse(const char *value, struct rb_import_own *own)
{
	unsigned int counts[RB_IMPORT_SECTIONS];
	int end = 0, i;

	if (sscanf(value, "%5u,%5u,%5u%n", &counts[0], &counts[1], &counts[2], &end) != 3 ||
	    value[end])
		return -EINVAL;
	for (i = 0; i < RB_IMPORT_SECTIONS; i++) {
		if (counts[i] > UINT16_MAX)
			return -EINVAL;
		own->counts[i] = (uint16_t)counts[i];
	}
	return 0;
}

static int serves_parse(const char *value, struct rb_import_own *own)
{
	if (!strcmp(value, "0,1"))
		own->traits |= RB_SERVES_DO0 | RB_SERVES_DO1;
	else if (!strcmp(value, "0"))
		own->traits |= RB_SERVES_DO0;
	else if (!strcmp(value, "1"))
		own->traits |= RB_SERVES_DO1;
	else
		return -EINVAL;
	return 0;
}

/* Unknown words are ignored: where the record was, and what later versions add. */
static int property_parse(const char *word, struct rb_import_own *own)
{
	const char *value;
	unsigned long number = 0;
	int err = 0;

	if ((value = value_of(word, "do")))
		return serves_parse(value, own);
	if ((value = value_of(word, "left")))
		return left_parse(value, &own->left_ns);
	if ((value = value_of(word, "sections")))
		return sections_parse(value, own);
	if ((value = value_of(word, "ttl"))) {
		err = number_parse(value, INT32_MAX, &number);
		own->ttl_s = (uint32_t)number;
	} else if ((value = value_of(word, "flags"))) {
		err = number_parse(value, UINT16_MAX, &number);
		own->flags = (uint16_t)number;
	} else if ((value = value_of(word, "rotate"))) {
		err = number_parse(value, RB_ROTATE_MAX, &number);
		own->rotate = (uint8_t)number;
	} else if ((value = value_of(word, "ede"))) {
		err = number_parse(value, UINT8_MAX - 1, &number);
		own->ede = (uint8_t)(number + 1);
	} else if ((value = value_of(word, "audience"))) {
		err = number_parse(value, UINT8_MAX, &number);
		own->audience = (uint8_t)number;
	} else if ((value = value_of(word, "stale"))) {
		err = number_parse(value, ULONG_MAX, &number);
		own->stale_limit = rb_stale_limit_make(number);
	} else if (!strcmp(word, "secure")) {
		own->traits |= RB_SECURE;
	} else if (!strcmp(word, "fixed-ttl")) {
		own->traits |= RB_FIXED_TTL;
	} else if (!strcmp(word, "no-stale")) {
		own->traits |= RB_NO_STALE;
	}
	return err;
}

static struct rb_import_word word_of(const char *text)
{
	return (struct rb_import_word){text, (uint32_t)strlen(text), false};
}

/* line is cut into words. The rcode's name is for people; the flags have its value. */
static int description_parse(char *line, struct rb_import_own *own)
{
	static const struct rb_import_name none = {.len = 0};
	char *rest = line, *name = strsep(&rest, " "), *type = strsep(&rest, " "), *word;
	struct rb_import_word name_word, type_word;

	*own = (struct rb_import_own){.stale_limit = RB_STALE_ENDLESS};
	if (!name || !type || !strsep(&rest, " "))
		return -EINVAL;
	name_word = word_of(name);
	type_word = word_of(type);
	if (rb_import_name_parse(&name_word, &none, &own->qname))
		return -EINVAL;
	rb_name_lower(own->qname.bytes, own->qname.len, own->qname.bytes);
	own->qtype = rb_import_type_parse(&type_word);
	while ((word = strsep(&rest, " ")))
		if (property_parse(word, own))
			return -EINVAL;
	if (rb_rdata_is_meta(own->qtype) || !own->ttl_s || !(own->traits & RB_SERVES_MASK) ||
	    !(own->flags & RB_FLAG_QR) || own->left_ns > own->ttl_s * RB_NS_PER_S)
		return -EINVAL;
	return 0;
}

struct work {
	struct rb_import_text *text;
	struct rb_import_problems *problems;
	const struct rb_import_sink *sink;
	uint64_t now_ns;
	struct rb_import_context context;
	struct rb_import_message message;
	unsigned long line; /* of the description */
};

/* The TTLs as they were when the record was made. */
static void rejuvenate(struct rb_import_record *record, const struct rb_import_own *own)
{
	record->ttl_s += rb_age_s(own->left_ns, own->ttl_s);
}

/* 1: something is wrong with it, and has been reported. -ENODATA: there is none. */
static int record_read(struct work *work, const struct rb_import_own *own,
		       enum rb_import_section section)
{
	struct rb_import_text *text = work->text;
	struct rb_import_record record;
	struct rb_import_entry entry;
	const char *problem;
	int err;

	/* Fewer than were announced: what follows is the next record's. */
	if (text->at >= text->len || text->bytes[text->at] == ';')
		return -ENODATA;
	err = rb_import_text_next(text, &entry, &problem);
	if (!err)
		return -ENODATA;
	if (err == -EBADMSG)
		rb_import_problem(work->problems, entry.line, RB_IMPORT_SYNTAX, "%s", problem);
	if (err == 1)
		err = rb_import_rr_parse(&work->context, &entry, work->problems, &record);
	if (err)
		return err == -EBADMSG ? 1 : err;
	rejuvenate(&record, own);
	if (!rb_import_message_add(&work->message, section, &record))
		return 0;
	rb_import_problem(work->problems, entry.line, RB_IMPORT_TOO_LARGE, NULL);
	return 1;
}

/* 1: something is wrong with one of them, and has been reported. */
static int records_read(struct work *work, const struct rb_import_own *own)
{
	unsigned int section, left;
	int bad = 0, err;

	for (section = 0; section < RB_IMPORT_SECTIONS; section++) {
		for (left = own->counts[section]; left; left--) {
			err = record_read(work, own, section);
			if (err == -ENODATA) {
				rb_import_problem(work->problems, work->line, RB_IMPORT_MISSING,
						  NULL);
				return 1;
			}
			if (err < 0)
				return err;
			bad |= err;
		}
	}
	return bad;
}

static int answer_make(struct work *work, const struct rb_import_own *own,
		       struct rb_answer **ret_answer)
{
	const struct rb_answer_opts opts = {
		.qname = work->message.qname,
		.qname_len = work->message.qname_len,
		.qtype = work->message.qtype,
		.dnssec_ok = own->traits & RB_SERVES_DO1,
		.secure = own->traits & RB_SECURE,
		.ede = own->ede,
		.roundrobin = own->rotate,
		.max_ttl_s = INT32_MAX,
		.max_negative_ttl_s = INT32_MAX,
		.signatures = rb_import_signature_rules(work->now_ns),
		.now_ns = work->now_ns,
	};
	struct rb_answer *answer;
	uint64_t until_ns;
	int err;

	rb_import_message_finish(&work->message);
	err = rb_answer_from_message(work->message.bytes, work->message.len, &opts, &answer);
	if (err)
		return err;
	/* A shorter life than its records would allow is believed, a longer one is not. */
	if (answer->ttl_s > own->ttl_s)
		answer->ttl_s = own->ttl_s;
	answer->expires_ns = work->now_ns + own->left_ns;
	if (own->left_ns > answer->ttl_s * RB_NS_PER_S)
		answer->expires_ns = work->now_ns + answer->ttl_s * RB_NS_PER_S;
	/* Nothing shows any more that a message was cut down for DO=0. */
	if (answer->traits & RB_SERVES_DO0 || !(own->traits & RB_SERVES_DO0))
		answer->traits = (uint8_t)((answer->traits & ~RB_SERVES_MASK) |
					   (own->traits & RB_SERVES_MASK));
	answer->traits |= own->traits & RB_NO_STALE;
	until_ns = answer->signed_until_ns;
	rb_answer_set_stale_limit(answer, own->stale_limit);
	if (answer->signed_until_ns > until_ns)
		answer->signed_until_ns = until_ns;
	if (answer->expires_ns > until_ns)
		answer->expires_ns = until_ns;
	*ret_answer = answer;
	return 0;
}

static enum rb_import_reason judge(const struct rb_import_own *own)
{
	uint16_t rcode = own->flags & RB_FLAG_RCODE;

	if (own->traits & RB_FIXED_TTL || own->audience || own->flags & RB_FLAG_AA)
		return RB_IMPORT_LOCAL;
	if (rcode != RB_RCODE_NOERROR && rcode != RB_RCODE_NXDOMAIN)
		return RB_IMPORT_ERROR;
	if (!rb_name_is_scannable(own->qname.bytes, own->qname.len))
		return RB_IMPORT_NAME;
	return own->left_ns ? RB_IMPORT_REASON_COUNT : RB_IMPORT_EXPIRED;
}

static int record_put(struct work *work, const struct rb_import_own *own)
{
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	enum rb_import_reason reason = judge(own);
	int err;

	rb_import_message_begin(&work->message, own->qname.bytes, own->qname.len, own->qtype,
				(uint16_t)(RB_FLAG_QR | RB_FLAG_RD |
					   (own->flags & (RB_FLAG_RA | RB_FLAG_RCODE))));
	err = records_read(work, own);
	if (err)
		return err < 0 ? err : 0;
	if (reason != RB_IMPORT_REASON_COUNT) {
		rb_import_problem(work->problems, work->line, reason, NULL);
		return 0;
	}
	err = answer_make(work, own, &answer);
	if (!err)
		err = rb_import_answer_put(&work->message, answer, work->sink);
	if (err != -EBADMSG && err != -EMSGSIZE && err != -EINVAL && err != -ESTALE)
		return err;
	rb_import_problem(work->problems, work->line,
			  err == -ESTALE ? RB_IMPORT_EXPIRED : RB_IMPORT_SYNTAX, NULL);
	return 0;
}

static int described_put(struct work *work, const struct rb_import_word *line)
{
	size_t mark = strlen(RB_IMPORT_OWN_MARK);
	_cleanup_free_ char *words = strndup(line->text + mark, line->len - mark);
	struct rb_import_own own;

	if (!words)
		return -ENOMEM;
	if (!description_parse(words, &own))
		return record_put(work, &own);
	rb_import_problem(work->problems, work->line, RB_IMPORT_SYNTAX,
			  "not a record's description");
	return 0;
}

/* Records without a description do not belong to any answer. */
static int stray_skip(struct work *work)
{
	struct rb_import_entry entry;
	const char *problem;
	int err = rb_import_text_next(work->text, &entry, &problem);

	if (!err)
		return 0;
	if (err < 0 && err != -EBADMSG)
		return err;
	rb_import_problem(work->problems, entry.line, RB_IMPORT_SYNTAX, "no description before it");
	return 0;
}

int rb_import_own_put(struct rb_import_text *text, uint64_t now_ns,
		      struct rb_import_problems *problems, const struct rb_import_sink *sink)
{
	struct work work = {.text = text, .problems = problems, .sink = sink, .now_ns = now_ns};
	int err = 0;

	while (text->at < text->len && !err) {
		struct rb_import_word line;

		if (text->bytes[text->at] != ';' && text->bytes[text->at] != '\n') {
			err = stray_skip(&work);
			continue;
		}
		work.line = text->line;
		rb_import_text_line(text, &line);
		if (line.len > strlen(RB_IMPORT_OWN_MARK) &&
		    !memcmp(line.text, RB_IMPORT_OWN_MARK, strlen(RB_IMPORT_OWN_MARK)))
			err = described_put(&work, &line);
	}
	return err;
}

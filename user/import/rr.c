/* SPDX-License-Identifier: BSD-2-Clause */
/* From an entry's words to a resource record. */
#include "import/rr.h"

#include <errno.h>
#include <string.h>

#include "dns/bytes.h"
#include "dns/name.h"
#include "dns/rdata.h"

#define TTL_MAX         INT32_MAX /* RFC 2181 8 */
#define RRSIG_BYTES_MIN 18        /* before the signer's name, RFC 4034 3.1 */
#define SHOWN_BYTES     60        /* of a word, in a complaint */

static int shown(const struct rb_import_word *word)
{
	return word->len < SHOWN_BYTES ? (int)word->len : SHOWN_BYTES;
}

static uint32_t unit_s(char unit)
{
	switch (unit) {
	case 's':
	case 'S':
		return 1;
	case 'm':
	case 'M':
		return 60;
	case 'h':
	case 'H':
		return 3600;
	case 'd':
	case 'D':
		return 86400;
	case 'w':
	case 'W':
		return 604800;
	default:
		return 0;
	}
}

int rb_import_ttl_parse(const struct rb_import_word *word, uint32_t *ret_ttl_s)
{
	const char *at = word->text, *end = at + word->len;
	uint64_t sum = 0;

	if (word->quoted || at == end)
		return -EINVAL;
	while (at < end) {
		const char *begin = at;
		uint64_t number = 0;

		while (at < end && *at >= '0' && *at <= '9' && number <= TTL_MAX)
			number = number * 10 + (uint64_t)(*at++ - '0');
		if (at == begin)
			return -EINVAL;
		if (at < end) {
			uint32_t unit = unit_s(*at++);

			if (!unit)
				return -EINVAL;
			number *= unit;
		} else if (begin != word->text) {
			return -EINVAL; /* 1h30 does not say thirty of what. */
		}
		sum += number;
		if (sum > TTL_MAX)
			return -EINVAL;
	}
	*ret_ttl_s = (uint32_t)sum;
	return 0;
}

enum rr_class {
	CLASS_NONE, /* not a class */
	CLASS_IN,
	CLASS_OTHER,
};

static enum rr_class class_parse(const struct rb_import_word *word)
{
	if (rb_import_word_is(word, "IN") || rb_import_word_is(word, "CLASS1"))
		return CLASS_IN;
	if (rb_import_word_is(word, "CH") || rb_import_word_is(word, "HS") ||
	    rb_import_word_is(word, "CHAOS") || rb_import_word_is(word, "HESIOD"))
		return CLASS_OTHER;
	if (word->len > strlen("CLASS") && !word->quoted &&
	    !strncasecmp(word->text, "CLASS", strlen("CLASS")) && word->text[5] >= '0' &&
	    word->text[5] <= '9')
		return CLASS_OTHER;
	return CLASS_NONE;
}

/* The words between owner and data. */
struct head {
	bool has_ttl;
	uint32_t ttl_s;
	enum rr_class rr_class;
	uint16_t type;
	size_t words; /* how many these are */
};

/* TTL and class, each at most once and in any order, then the type. */
static int head_parse(const struct rb_import_word *words, size_t count, struct head *head)
{
	size_t at = 0;

	*head = (struct head){.rr_class = CLASS_NONE};
	while (at < count) {
		if (!head->has_ttl && !rb_import_ttl_parse(&words[at], &head->ttl_s)) {
			head->has_ttl = true;
		} else if (head->rr_class == CLASS_NONE && class_parse(&words[at]) != CLASS_NONE) {
			head->rr_class = class_parse(&words[at]);
		} else {
			head->type = rb_import_type_parse(&words[at]);
			head->words = at + 1;
			return head->type ? 0 : -EINVAL;
		}
		at++;
	}
	head->words = count;
	return -EINVAL;
}

static int owner_parse(struct rb_import_context *context, const struct rb_import_entry *entry,
		       struct rb_import_problems *problems)
{
	if (entry->indented) {
		if (context->owner.len)
			return 0;
		rb_import_problem(problems, entry->line, RB_IMPORT_SYNTAX,
				  "no owner, and none before");
		return -EBADMSG;
	}
	if (!rb_import_name_parse(&entry->words[0], &context->origin, &context->owner))
		return 0;
	/* The records that follow must not get an earlier owner. */
	context->owner.len = 0;
	rb_import_problem(problems, entry->line, RB_IMPORT_SYNTAX, "'%.*s' is no domain name%s",
			  shown(&entry->words[0]), entry->words[0].text,
			  context->origin.len ? ""
					      : " with a dot at its end, and there is no origin");
	return -EBADMSG;
}

static int type_check(const struct head *head, const struct rb_import_entry *entry, size_t first,
		      struct rb_import_problems *problems)
{
	if (head->rr_class == CLASS_OTHER) {
		rb_import_problem(problems, entry->line, RB_IMPORT_CLASS, NULL);
		return -EBADMSG;
	}
	if (!head->type) {
		const struct rb_import_word *word =
			&entry->words[first + head->words > entry->count || !head->words
					      ? entry->count - 1
					      : first + head->words - 1];

		rb_import_problem(problems, entry->line, RB_IMPORT_SYNTAX,
				  "'%.*s' where a type should be", shown(word), word->text);
		return -EBADMSG;
	}
	if (rb_rdata_is_meta(head->type)) {
		rb_import_problem(problems, entry->line, RB_IMPORT_TYPE, NULL);
		return -EBADMSG;
	}
	return 0;
}

static int rdata_read(struct rb_import_context *context, const struct rb_import_entry *entry,
		      size_t first, uint16_t type, struct rb_import_problems *problems,
		      uint16_t *ret_len)
{
	const struct rb_import_word *words = entry->words + first;
	size_t count = entry->count - first;
	const char *problem = "data that do not fit the type";
	int err = rb_import_rdata_parse(type, words, count, &context->origin, context->rdata,
					ret_len);

	if (err == -ENOTSUP)
		err = rb_import_rdata_by_ldns(type, words, count, &context->origin, context->rdata,
					      ret_len, &problem);
	if (err != -EINVAL)
		return err;
	rb_import_problem(problems, entry->line, RB_IMPORT_SYNTAX, "%s", problem);
	return -EBADMSG;
}

/* The TTL that was given last, or the SOA's minimum: RFC 2308 4. */
static int ttl_find(struct rb_import_context *context, const struct head *head, uint16_t rdata_len,
		    unsigned long line, struct rb_import_problems *problems, uint32_t *ret_ttl_s)
{
	uint32_t ttl_s;

	if (head->has_ttl) {
		ttl_s = head->ttl_s;
	} else if (context->has_default_ttl) {
		ttl_s = context->default_ttl_s;
	} else if (head->type == RB_TYPE_SOA && rdata_len >= 4) {
		ttl_s = rb_bytes_get32(context->rdata + rdata_len - 4);
	} else if (context->has_last_ttl) {
		ttl_s = context->last_ttl_s;
	} else {
		rb_import_problem(problems, line, RB_IMPORT_NO_TTL, NULL);
		return -EBADMSG;
	}
	context->has_last_ttl = true;
	context->last_ttl_s = ttl_s;
	*ret_ttl_s = ttl_s > TTL_MAX ? 0 : ttl_s;
	return 0;
}

int rb_import_rr_parse(struct rb_import_context *context, const struct rb_import_entry *entry,
		       struct rb_import_problems *problems, struct rb_import_record *ret_record)
{
	size_t first = entry->indented ? 0 : 1;
	struct rb_import_record record = {.line = entry->line};
	struct head head;
	int err = owner_parse(context, entry, problems);

	if (err)
		return err;
	head_parse(entry->words + first, entry->count - first, &head);
	err = type_check(&head, entry, first, problems);
	if (!err)
		err = rdata_read(context, entry, first + head.words, head.type, problems,
				 &record.rdata_len);
	if (!err)
		err = ttl_find(context, &head, record.rdata_len, entry->line, problems,
			       &record.ttl_s);
	if (err)
		return err;
	if (head.type == RB_TYPE_RRSIG && record.rdata_len < RRSIG_BYTES_MIN) {
		rb_import_problem(problems, entry->line, RB_IMPORT_SYNTAX, "a signature cut off");
		return -EBADMSG;
	}
	rb_name_lower(context->owner.bytes, context->owner.len, context->lower);
	record.owner = context->lower;
	record.owner_len = context->owner.len;
	record.type = head.type;
	record.covers = head.type == RB_TYPE_RRSIG ? rb_bytes_get16(context->rdata) : 0;
	record.rdata = context->rdata;
	*ret_record = record;
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The cache of an Unbound, from its dump. */
#include "import/unbound.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "dns/rdata.h"

/* enum sec_status of Unbound's: what its validator found. */
enum security {
	SECURITY_BOGUS = 1,
	SECURITY_SECURE = 5,
};

/* Words of a "msg" line. */
enum {
	MSG_NAME = 1,
	MSG_CLASS,
	MSG_TYPE,
	MSG_FLAGS,
	MSG_QDCOUNT,
	MSG_TTL,
	MSG_SECURITY,
	MSG_COUNTS,
	MSG_WORDS = MSG_COUNTS + RB_IMPORT_SECTIONS,
};

int rb_import_unbound_init(struct rb_import_unbound *cache)
{
	*cache = (struct rb_import_unbound){};
	return rb_import_sets_init(&cache->sets);
}

void rb_import_unbound_free(struct rb_import_unbound *cache)
{
	rb_import_sets_free(&cache->sets);
}

static int number_parse(const struct rb_import_word *word, long *ret_number)
{
	char text[16], *end;

	if (!word->len || word->len >= sizeof(text))
		return -EINVAL;
	memcpy(text, word->text, word->len);
	text[word->len] = '\0';
	*ret_number = strtol(text, &end, 10);
	return *end ? -EINVAL : 0;
}

static bool starts_with(const struct rb_import_word *line, const char *prefix)
{
	return line->len >= strlen(prefix) && !memcmp(line->text, prefix, strlen(prefix));
}

static void ttl_lower(struct rb_import_sets *sets, const struct rb_import_set *set, uint32_t ttl_s)
{
	uint32_t at;

	for (at = set->rrs.first; at != RB_IMPORT_NONE; at = sets->rrs[at].next)
		if (sets->rrs[at].ttl_s > ttl_s)
			sets->rrs[at].ttl_s = ttl_s;
}

/*
 * Unbound may hold a set twice: the SOA as an answer and as the end of negative ones, whose TTLs
 * differ. The shorter is right for both.
 */
static int record_take(struct rb_import_unbound *cache, const struct rb_import_record *record,
		       unsigned long block_line, struct rb_import_problems *problems)
{
	uint16_t type = record->covers ? record->covers : record->type;
	const struct rb_import_set *set =
		rb_import_sets_find(&cache->sets, record->owner, record->owner_len, type);
	int err;

	if (set && set->line < block_line) {
		if (record->type == RB_TYPE_SOA)
			ttl_lower(&cache->sets, set, record->ttl_s);
		return 0;
	}
	err = rb_import_sets_add(&cache->sets, record);
	if (err != -EEXIST && err != -EMSGSIZE)
		return err;
	rb_import_problem(problems, record->line,
			  err == -EEXIST ? RB_IMPORT_DUPLICATE : RB_IMPORT_TOO_LARGE, NULL);
	return 0;
}

static int record_read(struct rb_import_unbound *cache, unsigned long block_line,
		       struct rb_import_problems *problems)
{
	struct rb_import_record record;
	struct rb_import_entry entry;
	const char *problem;
	int err = rb_import_text_next(cache->text, &entry, &problem);

	if (err == -EBADMSG)
		rb_import_problem(problems, entry.line, RB_IMPORT_SYNTAX, "%s", problem);
	if (err != 1)
		return err == -EBADMSG ? 0 : err;
	err = rb_import_rr_parse(&cache->context, &entry, problems, &record);
	if (!err)
		err = record_take(cache, &record, block_line, problems);
	return err == -EBADMSG ? 0 : err;
}

int rb_import_unbound_read(struct rb_import_unbound *cache, struct rb_import_text *text,
			   struct rb_import_problems *problems)
{
	unsigned long block_line = 0;
	bool within = false;
	int err = 0;

	cache->text = text;
	while (text->at < text->len && !err) {
		const char *at = text->bytes + text->at;
		const char *words[] = {"START_RRSET_CACHE", "END_RRSET_CACHE"};
		struct rb_import_word line;

		if (within && *at != ';' && strncmp(at, words[1], strlen(words[1])) != 0) {
			err = record_read(cache, block_line, problems);
			continue;
		}
		rb_import_text_line(text, &line);
		if (starts_with(&line, words[0]))
			within = true;
		else if (starts_with(&line, words[1]))
			within = false;
		else if (starts_with(&line, ";rrset"))
			block_line = text->line;
		else if (starts_with(&line, "START_MSG_CACHE"))
			break;
	}
	cache->messages_at = text->at;
	cache->messages_line = text->line;
	return err;
}

struct work {
	struct rb_import_unbound *cache;
	struct rb_import_problems *problems;
	const struct rb_import_sink *sink;
	struct rb_import_message message;
};

/* A "msg" line. */
struct head {
	struct rb_import_name qname; /* lower case */
	uint16_t qtype;
	uint16_t flags;
	long ttl_s, security;
	long counts[RB_IMPORT_SECTIONS];
	unsigned long line;
};

static int head_parse(const struct rb_import_entry *entry, struct head *head)
{
	static const struct rb_import_name none = {.len = 0};
	const struct rb_import_word *words = entry->words;
	long flags;
	int i;

	if (entry->count < MSG_WORDS || !rb_import_word_is(&words[0], "MSG") ||
	    rb_import_name_parse(&words[MSG_NAME], &none, &head->qname) ||
	    number_parse(&words[MSG_FLAGS], &flags) ||
	    number_parse(&words[MSG_TTL], &head->ttl_s) ||
	    number_parse(&words[MSG_SECURITY], &head->security))
		return -EBADMSG;
	rb_name_lower(head->qname.bytes, head->qname.len, head->qname.bytes);
	head->qtype = rb_import_type_parse(&words[MSG_TYPE]);
	head->flags = (uint16_t)flags;
	head->line = entry->line;
	for (i = 0; i < RB_IMPORT_SECTIONS; i++)
		if (number_parse(&words[MSG_COUNTS + i], &head->counts[i]) || head->counts[i] < 0 ||
		    head->counts[i] > UINT16_MAX)
			return -EBADMSG;
	return 0;
}

/* Why the message is not used; RB_IMPORT_REASON_COUNT: it is used. */
static enum rb_import_reason head_judge(const struct head *head,
					const struct rb_import_word *class_word)
{
	uint16_t rcode = head->flags & RB_FLAG_RCODE;

	if (!rb_import_word_is(class_word, "IN"))
		return RB_IMPORT_CLASS;
	if (rb_rdata_is_meta(head->qtype))
		return RB_IMPORT_TYPE;
	if (head->security == SECURITY_BOGUS)
		return RB_IMPORT_BOGUS;
	if (rcode != RB_RCODE_NOERROR && rcode != RB_RCODE_NXDOMAIN)
		return RB_IMPORT_ERROR;
	if (head->ttl_s <= 0)
		return RB_IMPORT_EXPIRED;
	if (!rb_name_is_scannable(head->qname.bytes, head->qname.len))
		return RB_IMPORT_NAME;
	return RB_IMPORT_REASON_COUNT;
}

/* "name class type flags": NULL: the set is not there. */
static const struct rb_import_set *reference_find(const struct rb_import_unbound *cache,
						  const struct rb_import_entry *entry)
{
	static const struct rb_import_name none = {.len = 0};
	const struct rb_import_set *set;
	struct rb_import_name owner;

	if (entry->count < 3 || rb_import_name_parse(&entry->words[0], &none, &owner))
		return NULL;
	rb_name_lower(owner.bytes, owner.len, owner.bytes);
	set = rb_import_sets_find(&cache->sets, owner.bytes, owner.len,
				  rb_import_type_parse(&entry->words[2]));
	return set && set->rrs.count ? set : NULL;
}

/* Reads all lines of the message, even if some are wrong. 1: some were. */
static int references_read(struct work *work, const struct head *head)
{
	struct rb_import_entry entry;
	const char *problem;
	int bad = 0, err, section;
	long left;

	for (section = 0; section < RB_IMPORT_SECTIONS; section++) {
		for (left = head->counts[section]; left > 0; left--) {
			const struct rb_import_set *set;

			err = rb_import_text_next(work->cache->text, &entry, &problem);
			if (err < 0 && err != -EBADMSG)
				return err;
			if (!err)
				return 1;
			set = err == 1 ? reference_find(work->cache, &entry) : NULL;
			if (!set || rb_import_message_add_set(&work->message, section,
							      &work->cache->sets, set))
				bad = 1;
		}
	}
	return bad;
}

static int message_put(struct work *work, const struct head *head,
		       const struct rb_import_meaning *given)
{
	struct rb_import_meaning meaning = *given;

	meaning.secure = head->security == SECURITY_SECURE;
	if (meaning.ttl_max_s > head->ttl_s)
		meaning.ttl_max_s = (uint32_t)head->ttl_s;
	return rb_import_message_put(&work->message, &meaning, work->sink, head->line,
				     work->problems);
}

static int message_read(struct work *work, const struct rb_import_entry *entry,
			const struct rb_import_meaning *meaning)
{
	enum rb_import_reason reason;
	struct head head;
	int err;

	if (head_parse(entry, &head)) {
		rb_import_problem(work->problems, entry->line, RB_IMPORT_SYNTAX,
				  "not a message's line");
		return 0;
	}
	/* The next entry overwrites the words of this one. */
	reason = head_judge(&head, &entry->words[MSG_CLASS]);
	rb_import_message_begin(&work->message, head.qname.bytes, head.qname.len, head.qtype,
				(uint16_t)(RB_FLAG_QR | RB_FLAG_RD | RB_FLAG_RA |
					   (head.flags & RB_FLAG_RCODE)));
	err = references_read(work, &head);
	if (err < 0)
		return err;
	if (err && reason == RB_IMPORT_REASON_COUNT)
		reason = RB_IMPORT_MISSING;
	if (reason == RB_IMPORT_REASON_COUNT)
		return message_put(work, &head, meaning);
	rb_import_problem(work->problems, head.line, reason, NULL);
	return 0;
}

int rb_import_unbound_put(struct rb_import_unbound *cache, const struct rb_import_meaning *meaning,
			  struct rb_import_problems *problems, const struct rb_import_sink *sink)
{
	struct work work = {.cache = cache, .problems = problems, .sink = sink};
	struct rb_import_entry entry;
	const char *problem;
	int err;

	cache->text->at = cache->messages_at;
	cache->text->line = cache->messages_line;
	while ((err = rb_import_text_next(cache->text, &entry, &problem)) != 0) {
		if (err == -EBADMSG) {
			rb_import_problem(problems, entry.line, RB_IMPORT_SYNTAX, "%s", problem);
			continue;
		}
		if (err < 0)
			return err;
		if (rb_import_word_is(&entry.words[0], "END_MSG_CACHE"))
			return 0;
		err = message_read(&work, &entry, meaning);
		if (err)
			return err;
	}
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Owner, TTL, class and type, then the data by the fields of the type. */
#include "config/record.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <string.h>

#include "config/record_ldns.h"
#include "dns/fields.h"

static const char bad_data[] = "the data does not fit the type";

/* Types of questions and of what belongs to one message alone (RFC 6895 3.1) are no data. */
static bool is_data_type(unsigned int type)
{
	return type && type != LDNS_RR_TYPE_OPT && !(type >= 128 && type <= 255) &&
	       type <= UINT16_MAX;
}

/* A word for ldns' tables; too long ones are in none. */
static const char *word_text(const struct rb_word *word, char text[64])
{
	size_t len = word->len < 64 ? word->len : 0;

	memcpy(text, word->text, len);
	text[len] = '\0';
	return text;
}

static const char *owner_read(const char **cursor, struct rb_record_context *context,
			      struct rb_text_record *record)
{
	struct rb_word word;
	int len;

	if (**cursor == ' ' || **cursor == '\t') {
		if (!context->owner_len)
			return "it begins with a blank, and there is no owner before it";
	} else {
		len = rb_word_next(cursor, &word)
			      ? rb_word_name(&word, context->origin, context->owner)
			      : -EINVAL;
		if (len < 0)
			return "its owner is no domain name";
		context->owner_len = (uint8_t)len;
	}
	memcpy(record->owner, context->owner, context->owner_len);
	record->owner_len = context->owner_len;
	return NULL;
}

/* NULL, or what is wrong. */
static const char *head_read(const char **cursor, struct rb_record_context *context,
			     struct rb_text_record *record)
{
	const char *wrong = owner_read(cursor, context, record);
	struct rb_word word;
	unsigned int type, rr_class;
	char text[64];

	if (wrong)
		return wrong;
	record->ttl_s = context->ttl_s;
	record->rr_class = LDNS_RR_CLASS_IN;
	if (!rb_word_next(cursor, &word))
		return "its type is missing";
	if (rb_word_period(&word, &record->ttl_s) && !rb_word_next(cursor, &word))
		return "its type is missing";
	rr_class = ldns_get_rr_class_by_name(word_text(&word, text));
	if (rr_class) {
		record->rr_class = (uint16_t)rr_class;
		if (!rb_word_next(cursor, &word))
			return "its type is missing";
	}
	type = ldns_get_rr_type_by_name(word_text(&word, text));
	if (!is_data_type(type))
		return "there are no records of this type";
	record->type = (uint16_t)type;
	return NULL;
}

/* "\# LENGTH HEX...": RFC 3597 5. The data has to be as the type says, where it is known. */
static const char *generic_read(const char *cursor, const ldns_rr_descriptor *type,
				struct rb_text_record *record)
{
	size_t at = 0, most = ldns_rr_descriptor_maximum(type);
	struct rb_word word;
	uint64_t expected;
	int len;

	if (!rb_word_next(&cursor, &word) || !rb_word_number(&word, &expected))
		return "the length of the data in generic form is missing";
	len = rb_words_hex(&cursor, record->rdata, sizeof(record->rdata));
	if (len < 0 || (uint64_t)len != expected)
		return "the data in generic form is not of the length that it says";
	record->rdata_len = (uint16_t)len;
	for (size_t i = 0;
	     i < most && (at < record->rdata_len || i < ldns_rr_descriptor_minimum(type)); i++) {
		len = rb_field_len(ldns_rr_descriptor_field_type(type, i), record->rdata + at,
				   record->rdata_len - at);
		if (len < 0)
			return bad_data;
		at += (size_t)len;
	}
	return at == record->rdata_len ? NULL : bad_data;
}

/* A list of types, and the text that a CAA record has behind its tag (RFC 8659 4.1). */
static bool may_be_empty(ldns_rdf_type kind)
{
	return kind == LDNS_RDF_TYPE_NSEC || kind == LDNS_RDF_TYPE_LONG_STR;
}

/* -ENOTSUP: ldns has to read it. */
static int fields_read(const char **cursor, const struct rb_record_context *context,
		       const ldns_rr_descriptor *type, struct rb_text_record *record)
{
	size_t most = ldns_rr_descriptor_maximum(type), used = 0;

	/* ldns' table has one of its three fields. */
	if (record->type == LDNS_RR_TYPE_SINK)
		return -ENOTSUP;
	for (size_t i = 0; i < most; i++) {
		const struct rb_field field = {ldns_rr_descriptor_field_type(type, i),
					       context->origin};
		const char *ahead = *cursor;
		struct rb_word word;
		int len;

		if (!rb_word_next(&ahead, &word) && !may_be_empty(field.kind)) {
			if (i < ldns_rr_descriptor_minimum(type))
				return -EINVAL;
			break;
		}
		len = rb_field_read(&field, cursor, record->rdata + used,
				    sizeof(record->rdata) - used);
		if (len < 0)
			return len;
		used += (size_t)len;
	}
	record->rdata_len = (uint16_t)used;
	return 0;
}

int rb_record_parse(const char *text, struct rb_record_context *context,
		    struct rb_text_record *ret_record, const char **ret_wrong)
{
	struct rb_record_context alone = {.ttl_s = RB_RECORD_TTL_S};
	const char *cursor = text, *data;
	const ldns_rr_descriptor *type;
	struct rb_word word;
	int err = 0;

	if (!context)
		context = &alone;
	*ret_wrong = head_read(&cursor, context, ret_record);
	if (*ret_wrong)
		return -EINVAL;
	type = ldns_rr_descript(ret_record->type);
	data = cursor;
	ret_record->has_excess = false;
	if (rb_word_next(&cursor, &word) && rb_word_is(&word, "\\#")) {
		*ret_wrong = generic_read(cursor, type, ret_record);
	} else {
		cursor = data;
		err = fields_read(&cursor, context, type, ret_record);
		if (err == -ENOTSUP)
			return rb_record_by_ldns(data, context, ret_record, ret_wrong);
		*ret_wrong = err ? bad_data : NULL;
		ret_record->has_excess = rb_word_next(&cursor, &word);
	}
	return *ret_wrong ? -EINVAL : 0;
}

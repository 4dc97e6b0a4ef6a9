/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads records with ldns, and sees to what it takes for something else. */
#include "config/record.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

static void rr_freep(ldns_rr **rr)
{
	ldns_rr_free(*rr);
}

static void buffer_freep(ldns_buffer **buffer)
{
	ldns_buffer_free(*buffer);
}

/* Behind the "\#" of data in generic form (RFC 3597 5), or NULL: it is in the form of its type. */
static const char *generic_find(const char *text)
{
	bool quoted = false;

	for (const char *c = text; *c; c++) {
		if (*c == '"')
			quoted = !quoted;
		else if (!quoted && c > text && isspace((unsigned char)c[-1]) && c[0] == '\\' &&
			 c[1] == '#' && isspace((unsigned char)c[2]))
			return c + 2;
		else if (*c == '\\' && c[1])
			c++;
	}
	return NULL;
}

/* As if the last word were in quotes; NULL: it is. */
static char *last_word_quoted(const char *text)
{
	size_t end = strlen(text), start;
	char *quoted;

	while (end && isspace((unsigned char)text[end - 1]))
		end--;
	for (start = end; start && !isspace((unsigned char)text[start - 1]); start--)
		if (text[start - 1] == '"')
			return NULL;
	if (asprintf(&quoted, "%.*s\"%.*s\"", (int)start, text, (int)(end - start), text + start) <
	    0)
		return NULL;
	return quoted;
}

static char *without_data(const char *text)
{
	char *empty;

	return asprintf(&empty, "%s \\# 0", text) < 0 ? NULL : empty;
}

/* What ldns does not take as it stands, and the form of the same that it does. */
static const struct {
	ldns_rr_type type;
	char *(*form)(const char *text);
} other_forms[] = {
	{LDNS_RR_TYPE_CAA, last_word_quoted}, /* RFC 8659 4.1: a word may go without quotes */
	{LDNS_RR_TYPE_URI, last_word_quoted}, /* Unbound takes it */
	{LDNS_RR_TYPE_APL, without_data},     /* RFC 3123 4: of no address */
};

static ldns_status text_parse(const char *text, ldns_rr **ret_rr)
{
	return ldns_rr_new_frm_str(ret_rr, text, RB_RECORD_TTL_S, NULL, NULL);
}

static ldns_status other_forms_parse(const char *text, ldns_status status, ldns_rr **ret_rr)
{
	for (size_t i = 0; i < ARRAY_SIZE(other_forms); i++) {
		_cleanup_free_ char *form = other_forms[i].form(text);
		ldns_rr *rr = NULL;

		if (!form || text_parse(form, &rr) != LDNS_STATUS_OK)
			continue;
		if (ldns_rr_get_type(rr) == other_forms[i].type) {
			*ret_rr = rr;
			return LDNS_STATUS_OK;
		}
		ldns_rr_free(rr);
	}
	return status;
}

/* Types of questions and of what belongs to one message alone (RFC 6895 3.1) are no data. */
static bool is_data_type(ldns_rr_type type)
{
	return type && type != LDNS_RR_TYPE_OPT && !(type >= 128 && type <= 255) &&
	       type <= UINT16_MAX;
}

/* ldns takes a word that is no type for one without data, and drops what is too much. */
static const char *fault_find(const char *text, const ldns_rr *rr, size_t bytes)
{
	const char *generic = generic_find(text), *alpn = strstr(text, "alpn=");
	ldns_rr_type type = ldns_rr_get_type(rr);
	bool may_be_empty = !ldns_rr_descriptor_minimum(ldns_rr_descript((uint16_t)type));

	if (!is_data_type(type))
		return "there are no records of this type";
	if (!bytes && !(may_be_empty && (generic || type == LDNS_RR_TYPE_APL)))
		return ldns_get_errorstr_by_id(LDNS_STATUS_SYNTAX_RDATA_ERR);
	if (generic && strtoul(generic, NULL, 10) != bytes)
		return "the data in generic form is longer than the type's";
	/* It takes the escapes of the list (RFC 9460 A.1) for data. */
	if ((type == LDNS_RR_TYPE_SVCB || type == LDNS_RR_TYPE_HTTPS) && !generic && alpn &&
	    strchr(alpn, '\\'))
		return "escapes in alpn= are not understood; the generic form \\# is";
	return NULL;
}

int rb_record_parse(const char *text, ldns_rr **ret_rr, ldns_buffer **ret_rdata,
		    const char **ret_wrong)
{
	_cleanup_(buffer_freep) ldns_buffer *rdata = ldns_buffer_new(LDNS_MIN_BUFLEN);
	_cleanup_(rr_freep) ldns_rr *rr = NULL;
	ldns_status status = rdata ? text_parse(text, &rr) : LDNS_STATUS_MEM_ERR;
	const char *wrong;

	if (status != LDNS_STATUS_OK) {
		rr = NULL;
		if (status != LDNS_STATUS_MEM_ERR)
			status = other_forms_parse(text, status, &rr);
	}
	if (status == LDNS_STATUS_OK)
		status = ldns_rr_rdata2buffer_wire(rdata, rr);
	if (status == LDNS_STATUS_MEM_ERR)
		return -ENOMEM;
	wrong = status == LDNS_STATUS_OK ? fault_find(text, rr, ldns_buffer_position(rdata))
					 : ldns_get_errorstr_by_id(status);
	if (wrong) {
		*ret_wrong = wrong;
		return -EINVAL;
	}
	*ret_rr = TAKE_PTR(rr);
	*ret_rdata = TAKE_PTR(rdata);
	return 0;
}

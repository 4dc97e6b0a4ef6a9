/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads data with ldns, and sees to what it takes for something else. */
#include "config/record_ldns.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "util/cleanup.h"

static void rr_freep(ldns_rr **rr)
{
	ldns_rr_free(*rr);
}

static void rdf_freep(ldns_rdf **rdf)
{
	ldns_rdf_deep_free(*rdf);
}

static void buffer_freep(ldns_buffer **buffer)
{
	ldns_buffer_free(*buffer);
}

static int data_copy(const ldns_rr *rr, struct rb_text_record *record)
{
	_cleanup_(buffer_freep) ldns_buffer *rdata = ldns_buffer_new(LDNS_MIN_BUFLEN);

	if (!rdata || ldns_rr_rdata2buffer_wire(rdata, rr) != LDNS_STATUS_OK)
		return -ENOMEM;
	if (ldns_buffer_position(rdata) > sizeof(record->rdata))
		return -EINVAL;
	record->rdata_len = (uint16_t)ldns_buffer_position(rdata);
	memcpy(record->rdata, ldns_buffer_begin(rdata), record->rdata_len);
	return 0;
}

int rb_record_by_ldns(const char *data, const struct rb_record_context *context,
		      struct rb_text_record *record, const char **ret_wrong)
{
	static const char none[] = "\\# 0";
	_cleanup_free_ char *line = NULL;
	_cleanup_(rdf_freep) ldns_rdf *origin = ldns_rdf_new_frm_data(
		LDNS_RDF_TYPE_DNAME, (size_t)rb_name_len(context->origin, RB_NAME_MAX),
		context->origin);
	_cleanup_(rr_freep) ldns_rr *rr = NULL;
	ldns_status status;
	int err;

	/* An APL of no address (RFC 3123 4) ldns does not take without data. */
	if (record->type == LDNS_RR_TYPE_APL && !data[strspn(data, " \t")])
		data = none;
	if (!origin || asprintf(&line, ". 0 IN TYPE%u %s", record->type, data) < 0) {
		line = NULL;
		return -ENOMEM;
	}
	status = ldns_rr_new_frm_str(&rr, line, 0, origin, NULL);
	if (status == LDNS_STATUS_MEM_ERR)
		return -ENOMEM;
	if (status != LDNS_STATUS_OK) {
		rr = NULL;
		*ret_wrong = ldns_get_errorstr_by_id(status);
		return -EINVAL;
	}
	err = data_copy(rr, record);
	if (!err && !record->rdata_len && record->type != LDNS_RR_TYPE_APL)
		err = -EINVAL;
	if (err == -EINVAL)
		*ret_wrong = ldns_get_errorstr_by_id(LDNS_STATUS_SYNTAX_RDATA_ERR);
	return err;
}

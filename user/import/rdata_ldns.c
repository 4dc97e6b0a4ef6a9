/* SPDX-License-Identifier: BSD-2-Clause */
/* The data of any type from zone file text, by way of ldns. */
#include <errno.h>
#include <ldns/ldns.h>
#include <string.h>

#include "import/rdata.h"
#include "util/cleanup.h"
#include "util/text.h"

static void rr_freep(ldns_rr **rr)
{
	ldns_rr_free(*rr);
}

static void rdf_freep(ldns_rdf **rdf)
{
	ldns_rdf_deep_free(*rdf);
}

/* One line, as ldns reads it. */
static char *line_join(uint16_t type, const struct rb_import_word *words, size_t count)
{
	struct rb_text *text;
	size_t line_len, i;
	char *line = NULL;
	FILE *memory;

	if (rb_text_open(&text, &memory))
		return NULL;
	fprintf(memory, ". 0 IN TYPE%u", type);
	for (i = 0; i < count; i++) {
		fputs(words[i].quoted ? " \"" : " ", memory);
		fwrite(words[i].text, 1, words[i].len, memory);
		if (words[i].quoted)
			fputc('"', memory);
	}
	(void)rb_text_close(text, &line, &line_len);
	return line;
}

static int data_copy(const ldns_rr *rr, uint8_t *out, uint16_t *ret_len)
{
	size_t len = 0, i;

	for (i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(rr, i);

		/* Less than the type asks for. */
		if (!rdf)
			return -EINVAL;
		if (len + ldns_rdf_size(rdf) > RB_IMPORT_RDATA_MAX)
			return -EINVAL;
		memcpy(out + len, ldns_rdf_data(rdf), ldns_rdf_size(rdf));
		len += ldns_rdf_size(rdf);
	}
	*ret_len = (uint16_t)len;
	return 0;
}

int rb_import_rdata_by_ldns(uint16_t type, const struct rb_import_word *words, size_t count,
			    const struct rb_import_name *origin, uint8_t *out, uint16_t *ret_len,
			    const char **ret_problem)
{
	_cleanup_free_ char *line = line_join(type, words, count);
	_cleanup_(rdf_freep) ldns_rdf *zone = NULL;
	_cleanup_(rr_freep) ldns_rr *rr = NULL;
	ldns_status status;

	if (!line)
		return -ENOMEM;
	if (origin->len)
		zone = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, origin->len, origin->bytes);
	status = ldns_rr_new_frm_str(&rr, line, 0, zone, NULL);
	if (status == LDNS_STATUS_MEM_ERR)
		return -ENOMEM;
	if (status != LDNS_STATUS_OK || data_copy(rr, out, ret_len)) {
		*ret_problem = status == LDNS_STATUS_OK ? "data that do not fit the type"
							: ldns_get_errorstr_by_id(status);
		return -EINVAL;
	}
	return 0;
}

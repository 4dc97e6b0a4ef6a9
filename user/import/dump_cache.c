/* SPDX-License-Identifier: BSD-2-Clause */
/* The table in the words of Unbound's dump_cache. */
#include "import/dump_cache.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/wire.h"
#include "dns/answer.h"
#include "dns/name.h"
#include "dns/query.h"
#include "dns/rdata.h"
#include "util/cleanup.h"
#include "util/clock.h"

/* enum sec_status and enum rrset_trust of Unbound's, as far as we can tell. */
enum {
	SECURITY_UNCHECKED = 0,
	SECURITY_SECURE = 5,
	TRUST_ADDITIONAL = 3,
	TRUST_AUTHORITY = 7,
	TRUST_ANSWER = 8,
	TRUST_VALIDATED = 11,
};

#define NSEC_AT_APEX 1 /* a flag of a set's */
#define SECTIONS     3

/*
 * If a set comes twice, Unbound keeps the later one, so those without signatures are printed first.
 */
enum pass {
	PASS_PLAIN_SETS,
	PASS_SIGNED_SETS,
	PASS_MESSAGES,
};

struct dump {
	const struct rb_table *table;
	const struct rb_import_dump_names *names;
	FILE *out;
	uint64_t now_ns;
	uint32_t epoch;
	enum pass pass;
};

/* A record while it is printed. */
struct entry {
	const struct rb_record *record;
	ldns_pkt *message;
	ldns_rr_list *sections[SECTIONS];
	uint32_t left_s;
	bool secure;
};

static void message_freep(ldns_pkt **message)
{
	ldns_pkt_free(*message);
}

static uint16_t rcode_of(const struct rb_record *record)
{
	return RB_HTONS(record->flags) & RB_FLAG_RCODE;
}

/* Whether there is a record for DO=1, from which Unbound makes the answer for DO=0. */
static bool has_signed_twin(const struct dump *dump, const struct rb_record *record)
{
	struct rb_table_found found;
	struct rb_table_key key;

	return !(record->traits & RB_SERVES_DO1) && !rb_table_key_of(dump->table, record, &key) &&
	       !rb_table_find(dump->table, &key, RB_SERVES_DO1, dump->now_ns, &found);
}

static bool is_named(const struct rb_import_dump_names *names, const struct rb_record *record)
{
	for (size_t i = 0; names && i < names->count; i++)
		if (rb_name_is_under(rb_table_record_qname(record), record->qname_len,
				     names->names[i].name, names->names[i].len))
			return true;
	return !names;
}

static bool is_wanted(const struct dump *dump, const struct rb_record *record)
{
	uint16_t rcode = rcode_of(record), qtype = RB_HTONS(record->qtype);
	bool is_signed = record->traits & RB_SERVES_DO1;

	if (record->epoch != dump->epoch || record->audience ||
	    record->expires_ns <= dump->now_ns || record->traits & (RB_FIXED_TTL | RB_STUB) ||
	    rb_rdata_is_meta(qtype) || qtype == RB_TYPE_RRSIG ||
	    (rcode != RB_RCODE_NOERROR && rcode != RB_RCODE_NXDOMAIN))
		return false;
	if (!is_named(dump->names, record))
		return false;
	if (dump->pass != PASS_MESSAGES && is_signed != (dump->pass == PASS_SIGNED_SETS))
		return false;
	return !has_signed_twin(dump, record);
}

/* The reply as a client with DO=1 gets it, TTLs as they are now. NULL: the record is none. */
static ldns_pkt *message_make(const struct rb_record *record, uint64_t now_ns)
{
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	uint8_t question[RB_NAME_MAX + RB_QUESTION_TAIL], message[RB_MESSAGE_MAX];
	struct rb_query query = {
		.qname = question,
		.qname_len = record->qname_len,
		.question_len = (uint16_t)(record->qname_len + RB_QUESTION_TAIL),
		.flags = RB_FLAG_RD,
		.qtype = RB_HTONS(record->qtype),
		.qclass = RB_CLASS_IN,
	};
	const uint8_t tail[RB_QUESTION_TAIL] = {(uint8_t)(query.qtype >> 8), (uint8_t)query.qtype,
						0, RB_CLASS_IN};
	ldns_pkt *ret_message;
	size_t len;

	if (rb_table_record_to_answer(record, &answer))
		return NULL;
	/* Which no line tells. */
	answer->ede = 0;
	memcpy(question, rb_table_record_qname(record), record->qname_len);
	memcpy(question + record->qname_len, tail, sizeof(tail));
	len = rb_reply_build(&query, answer, now_ns, 0, sizeof(message), message);
	return len && ldns_wire2pkt(&ret_message, message, len) == LDNS_STATUS_OK ? ret_message
										  : NULL;
}

/* The type of the set that a record is in, or whose signature it is. */
static ldns_rr_type set_type(const ldns_rr *rr)
{
	if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_RRSIG)
		return ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rr));
	return ldns_rr_get_type(rr);
}

static bool same_set(const ldns_rr *a, const ldns_rr *b)
{
	return set_type(a) == set_type(b) &&
	       !ldns_dname_compare(ldns_rr_owner(a), ldns_rr_owner(b));
}

/* Whether the record is the first one of its set. A signature is of a set that is there. */
static bool begins_set(const ldns_rr_list *section, size_t at)
{
	const ldns_rr *rr = ldns_rr_list_rr(section, at);

	if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_RRSIG)
		return false;
	for (size_t i = 0; i < at; i++)
		if (ldns_rr_get_type(ldns_rr_list_rr(section, i)) != LDNS_RR_TYPE_RRSIG &&
		    same_set(ldns_rr_list_rr(section, i), rr))
			return false;
	return true;
}

/* Its bitmap has the SOA, whose bit is in the first byte of the first window. */
static bool is_apex_nsec(const ldns_rr *rr)
{
	const ldns_rdf *types = ldns_rr_get_type(rr) == LDNS_RR_TYPE_NSEC ? ldns_rr_rdf(rr, 1)
									  : NULL;
	const uint8_t *bytes = types ? ldns_rdf_data(types) : NULL;

	return bytes && ldns_rdf_size(types) > 2 && !bytes[0] && bytes[2] & 0x80 >> RB_TYPE_SOA;
}

/* Records of a set, or its signatures. out NULL: they are counted. */
static size_t rrs_print(const ldns_rr_list *section, const ldns_rr *of, bool signatures, FILE *out)
{
	size_t count = 0;

	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(section, i);
		_cleanup_free_ char *text = NULL;

		if ((ldns_rr_get_type(rr) == LDNS_RR_TYPE_RRSIG) != signatures || !same_set(rr, of))
			continue;
		count++;
		text = out ? ldns_rr2str(rr) : NULL;
		if (text)
			fputs(text, out);
	}
	return count;
}

static void set_print(const struct entry *entry, unsigned int number, const ldns_rr *first,
		      FILE *out)
{
	static const int trusts[SECTIONS] = {TRUST_ANSWER, TRUST_AUTHORITY, TRUST_ADDITIONAL};
	const ldns_rr_list *section = entry->sections[number];
	bool secure = entry->secure && number < SECTIONS - 1;

	fprintf(out, ";rrset%s %u %zu %zu %d %d\n", is_apex_nsec(first) ? " nsec_apex" : "",
		ldns_rr_ttl(first), rrs_print(section, first, false, NULL),
		rrs_print(section, first, true, NULL), secure ? TRUST_VALIDATED : trusts[number],
		secure ? SECURITY_SECURE : SECURITY_UNCHECKED);
	rrs_print(section, first, false, out);
	rrs_print(section, first, true, out);
}

/* How a message refers to a set. */
static void reference_print(const ldns_rr *first, FILE *out)
{
	_cleanup_free_ char *owner = ldns_rdf2str(ldns_rr_owner(first));
	_cleanup_free_ char *type = ldns_rr_type2str(ldns_rr_get_type(first));

	if (owner && type)
		fprintf(out, "%s IN %s %d\n", owner, type, is_apex_nsec(first) ? NSEC_AT_APEX : 0);
}

static size_t sets_count(const ldns_rr_list *section)
{
	size_t count = 0;

	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++)
		count += begins_set(section, i);
	return count;
}

static void head_print(const struct entry *entry, FILE *out)
{
	const struct rb_record *record = entry->record;
	_cleanup_free_ char *type = ldns_rr_type2str((ldns_rr_type)RB_HTONS(record->qtype));
	char name[RB_NAME_TEXT_MAX];

	rb_name_to_text(rb_table_record_qname(record), record->qname_len, name);
	fprintf(out, "msg %s IN %s %u 1 %u %d %zu %zu %zu\n", name, type ? type : "?",
		RB_FLAG_QR | RB_FLAG_RA | rcode_of(record), entry->left_s,
		entry->secure ? SECURITY_SECURE : SECURITY_UNCHECKED,
		sets_count(entry->sections[0]), sets_count(entry->sections[1]),
		sets_count(entry->sections[2]));
}

static void entry_print(const struct entry *entry, enum pass pass, FILE *out)
{
	if (pass == PASS_MESSAGES)
		head_print(entry, out);
	for (unsigned int number = 0; number < SECTIONS; number++) {
		const ldns_rr_list *section = entry->sections[number];

		for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
			const ldns_rr *rr = ldns_rr_list_rr(section, i);

			if (!begins_set(section, i))
				continue;
			if (pass == PASS_MESSAGES)
				reference_print(rr, out);
			else
				set_print(entry, number, rr, out);
		}
	}
}

/* Whether it says that there is no such record. */
static bool is_negative(const struct entry *entry)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(entry->sections[1]); i++)
		if (ldns_rr_get_type(ldns_rr_list_rr(entry->sections[1], i)) == LDNS_RR_TYPE_SOA)
			return true;
	return false;
}

static int visit(const struct rb_table *table, struct rb_table_ref ref,
		 const struct rb_record *record, void *context)
{
	const struct dump *dump = context;
	_cleanup_(message_freep) ldns_pkt *message = NULL;
	bool is_whole = record->traits & RB_SERVES_DO1;
	struct entry entry = {.record = record, .secure = is_whole && record->traits & RB_SECURE};

	(void)table, (void)ref;
	if (!is_wanted(dump, record))
		return 0;
	message = message_make(record, dump->now_ns);
	if (!message)
		return 0;
	entry.sections[0] = ldns_pkt_answer(message);
	entry.sections[1] = ldns_pkt_authority(message);
	entry.sections[2] = ldns_pkt_additional(message);
	/*
	 * From the record for DO=0 alone signatures and proofs are left out. An Unbound that took it
	 * for secure would give it so to clients that verify. Without a verdict it asks for what is
	 * missing of an answer, but of a denial it would say that it is bogus.
	 */
	if (!is_whole && is_negative(&entry))
		return 0;
	entry.left_s = (uint32_t)((record->expires_ns - dump->now_ns + RB_NS_PER_S - 1) /
				  (uint64_t)RB_NS_PER_S);
	entry_print(&entry, dump->pass, dump->out);
	return ferror(dump->out) ? -EIO : 0;
}

int rb_import_dump_cache(const struct rb_table *table, const struct rb_import_dump_names *names,
			 FILE *out)
{
	struct dump dump = {
		.table = table,
		.names = names,
		.out = out,
		.now_ns = rb_clock_ns(),
		.epoch = __atomic_load_n(&table->control->epoch, __ATOMIC_ACQUIRE),
	};
	int err = 0;

	fputs("START_RRSET_CACHE\n", out);
	for (dump.pass = PASS_PLAIN_SETS; dump.pass <= PASS_MESSAGES && !err; dump.pass++) {
		if (dump.pass == PASS_MESSAGES)
			fputs("END_RRSET_CACHE\nSTART_MSG_CACHE\n", out);
		err = rb_table_iterate(table, visit, &dump);
	}
	if (err)
		return err;
	fputs("END_MSG_CACHE\nEOF\n", out);
	return fflush(out) ? -EIO : 0;
}

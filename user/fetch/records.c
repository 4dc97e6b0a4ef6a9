/* SPDX-License-Identifier: BSD-2-Clause */
/* A hash table of records. */
#include "fetch/records.h"

#include <ctype.h>
#include <errno.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/wire.h"
#include "dns/bytes.h"
#include "dns/name.h"
#include "util/cleanup.h"
#include "util/fnv.h"

#define GONE         SIZE_MAX
#define FIXED_BYTES  10 /* type, class, TTL, length, behind the owner, as on the wire */
#define RR_BYTES_MAX (RB_NAME_MAX + FIXED_BYTES + UINT16_MAX)

/* A record as it lies in bytes: the owner's length, then its wire form. */
static void at(const struct rb_fetch_records *records, size_t offset, struct rb_fetch_rr *ret_rr)
{
	const uint8_t *bytes = records->bytes + offset, *fixed = bytes + 1 + bytes[0];

	ret_rr->owner_len = bytes[0];
	ret_rr->owner = bytes + 1;
	ret_rr->type = rb_bytes_get16(fixed);
	ret_rr->ttl_s = rb_bytes_get32(fixed + 4);
	ret_rr->rdata_len = rb_bytes_get16(fixed + 8);
	ret_rr->rdata = fixed + FIXED_BYTES;
}

/* Names in data differ by case, too, as those of different records would in a file. */
static uint32_t hash_of(const struct rb_fetch_rr *rr)
{
	uint8_t lower[RB_NAME_MAX];
	uint32_t hash;

	rb_name_lower(rr->owner, rr->owner_len, lower);
	hash = rb_fnv(RB_FNV_START, lower, rr->owner_len);
	hash = rb_fnv(hash, &rr->type, sizeof(rr->type));
	return rb_fnv(hash, rr->rdata, rr->rdata_len);
}

static bool is_same(const struct rb_fetch_rr *a, const struct rb_fetch_rr *b)
{
	return a->type == b->type && a->rdata_len == b->rdata_len &&
	       rb_name_equal(a->owner, a->owner_len, b->owner, b->owner_len) &&
	       !memcmp(a->rdata, b->rdata, a->rdata_len);
}

/* The slot that it is in, or the first free one. */
static size_t slot_find(const struct rb_fetch_records *records, const struct rb_fetch_rr *rr)
{
	size_t slot = hash_of(rr) & (records->room - 1);

	for (; records->slots[slot]; slot = (slot + 1) & (records->room - 1)) {
		struct rb_fetch_rr known;

		if (records->slots[slot] == GONE)
			continue;
		at(records, records->slots[slot] - 1, &known);
		if (is_same(&known, rr))
			break;
	}
	return slot;
}

static int slots_grow(struct rb_fetch_records *records)
{
	struct rb_fetch_records grown = *records;

	if (records->used * 2 < records->room)
		return 0;
	grown.room = records->room ? 2 * records->room : 1024;
	grown.slots = calloc(grown.room, sizeof(*grown.slots));
	if (!grown.slots)
		return -ENOMEM;
	grown.used = 0;
	for (size_t i = 0; i < records->room; i++) {
		struct rb_fetch_rr rr;

		if (!records->slots[i] || records->slots[i] == GONE)
			continue;
		at(records, records->slots[i] - 1, &rr);
		grown.slots[slot_find(&grown, &rr)] = records->slots[i];
		grown.used++;
	}
	free(records->slots);
	*records = grown;
	return 0;
}

static int bytes_put(struct rb_fetch_records *records, const struct rb_fetch_rr *rr)
{
	size_t len = 1 + (size_t)rr->owner_len + FIXED_BYTES + rr->rdata_len;
	uint8_t *out;

	if (len > records->bytes_max - records->bytes_len)
		return -E2BIG;
	if (records->bytes_len + len > records->bytes_room) {
		size_t room = 2 * (records->bytes_len + len) + 4096;
		uint8_t *grown = realloc(records->bytes, room);

		if (!grown)
			return -ENOMEM;
		records->bytes = grown;
		records->bytes_room = room;
	}
	out = records->bytes + records->bytes_len;
	*out++ = (uint8_t)rr->owner_len;
	memcpy(out, rr->owner, rr->owner_len);
	out += rr->owner_len;
	rb_bytes_put16(out, rr->type);
	rb_bytes_put16(out + 2, RB_CLASS_IN);
	rb_bytes_put32(out + 4, rr->ttl_s);
	rb_bytes_put16(out + 8, rr->rdata_len);
	if (rr->rdata_len)
		memcpy(out + FIXED_BYTES, rr->rdata, rr->rdata_len);
	records->bytes_len += len;
	return 0;
}

int rb_records_add(struct rb_fetch_records *records, const struct rb_fetch_rr *rr)
{
	size_t slot, offset;
	int err = slots_grow(records);

	if (err)
		return err;
	slot = slot_find(records, rr);
	if (records->slots[slot]) {
		uint8_t *known = records->bytes + records->slots[slot] - 1;

		rb_bytes_put32(known + 1 + known[0] + 4, rr->ttl_s);
		return 0;
	}
	offset = records->bytes_len;
	err = bytes_put(records, rr);
	if (err)
		return err;
	records->slots[slot] = offset + 1;
	records->used++;
	records->count++;
	return 0;
}

/* Free its slot, and mark its bytes by a type that is none. */
int rb_records_remove(struct rb_fetch_records *records, const struct rb_fetch_rr *rr)
{
	size_t slot = records->room ? slot_find(records, rr) : 0;
	uint8_t *known;

	if (!records->room || !records->slots[slot])
		return -ENOENT;
	known = records->bytes + records->slots[slot] - 1;
	rb_bytes_put16(known + 1 + known[0], 0);
	records->slots[slot] = GONE;
	records->count--;
	return 0;
}

/* Behind owner, TTL, class and type. */
static char *rdata_of(char *text)
{
	for (unsigned int i = 0; i < 4; i++)
		text += strcspn(text, "\t") + (text[strcspn(text, "\t")] == '\t');
	return text;
}

static bool has_hex_alone(const ldns_rr *rr, char *text)
{
	switch (ldns_rr_get_type(rr)) {
	case LDNS_RR_TYPE_DS:
	case LDNS_RR_TYPE_CDS:
	case LDNS_RR_TYPE_SSHFP:
	case LDNS_RR_TYPE_TLSA:
	case LDNS_RR_TYPE_SMIMEA:
	case LDNS_RR_TYPE_ZONEMD:
		return true;
	default:
		return !strncmp(rdata_of(text), "\\#", 2);
	}
}

/* A key's tag is behind it; the library's own comment has a comma too many in some versions. */
static void text_write(const ldns_rr *rr, const char *text, FILE *out)
{
	fprintf(out, "%.*s", (int)strcspn(text, "\n"), text);
	if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_DNSKEY)
		fprintf(out, " ;{id = %u}", ldns_calc_keytag(rr));
	fputc('\n', out);
}

/* Hexadecimal digits are large, as in a file that Unbound writes: others compare the two. */
static int rr_write(const uint8_t *wire, size_t len, FILE *out)
{
	const ldns_output_format format = {.flags = 0};
	_cleanup_free_ char *text = NULL;
	ldns_rr *rr = NULL;
	size_t position = 0;
	ldns_status status = ldns_wire2rr(&rr, wire, len, &position, LDNS_SECTION_ANSWER);

	if (status != LDNS_STATUS_OK)
		return -EBADMSG;
	text = ldns_rr2str_fmt(&format, rr);
	if (text && has_hex_alone(rr, text))
		for (char *c = rdata_of(text); *c; c++)
			*c = (char)toupper((unsigned char)*c);
	if (text)
		text_write(rr, text, out);
	ldns_rr_free(rr);
	return !text ? -ENOMEM : ferror(out) ? -EIO : 0;
}

/* What a record is sorted by. */
struct sort_key {
	struct rb_fetch_rr rr;
	size_t offset;
	uint16_t set; /* the type, of a signature that which it covers; first of all: the SOA */
	bool signs;
};

static struct sort_key sort_key_at(const struct rb_fetch_records *records, size_t offset)
{
	struct sort_key key = {.offset = offset};

	at(records, offset, &key.rr);
	key.signs = key.rr.type == LDNS_RR_TYPE_RRSIG && key.rr.rdata_len >= 2;
	key.set = key.signs ? rb_bytes_get16(key.rr.rdata) : key.rr.type;
	if (key.set == RB_TYPE_SOA)
		key.set = 0;
	return key;
}

/* As Unbound writes a zone: names in canonical order, below each its sets by type, each signed. */
static int sort_key_compare(const void *one, const void *other, void *records)
{
	const struct sort_key a = sort_key_at(records, *(const size_t *)one);
	const struct sort_key b = sort_key_at(records, *(const size_t *)other);
	/* Whatever else there is: without an SOA first it is no zone file. */
	int order = (b.rr.type == RB_TYPE_SOA) - (a.rr.type == RB_TYPE_SOA);

	if (!order)
		order = rb_name_compare(a.rr.owner, a.rr.owner_len, b.rr.owner, b.rr.owner_len);

	if (!order)
		order = (a.set > b.set) - (a.set < b.set);
	if (!order)
		order = (int)a.signs - (int)b.signs;
	return order ?: (a.offset > b.offset) - (a.offset < b.offset);
}

int rb_records_write(const struct rb_fetch_records *records, FILE *out)
{
	_cleanup_free_ size_t *offsets = calloc(records->count + 1, sizeof(*offsets));
	size_t offset = 0, count = 0;
	int err = 0;

	if (!offsets)
		return -ENOMEM;
	while (offset < records->bytes_len && count < records->count) {
		struct rb_fetch_rr rr;

		at(records, offset, &rr);
		if (rr.type)
			offsets[count++] = offset;
		offset += 1 + (size_t)rr.owner_len + FIXED_BYTES + rr.rdata_len;
	}
	qsort_r(offsets, count, sizeof(*offsets), sort_key_compare, (void *)records);
	for (size_t i = 0; i < count && !err; i++) {
		struct rb_fetch_rr rr;

		at(records, offsets[i], &rr);
		err = rr_write(records->bytes + offsets[i] + 1,
			       (size_t)rr.owner_len + FIXED_BYTES + rr.rdata_len, out);
	}
	return err;
}

void rb_records_free(struct rb_fetch_records *records)
{
	free(records->bytes);
	free(records->slots);
}

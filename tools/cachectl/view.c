/* SPDX-License-Identifier: BSD-2-Clause */
/* One record of the table, in the forms in which it is shown. */
#include "view.h"

#include <errno.h>
#include <string.h>

#include "../kern/reply.h"
#include "../kern/wire.h"
#include "import/own.h"
#include "util/json.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/text.h"

struct bit_name {
	uint32_t bit;
	const char *name;
};

static const struct bit_name flag_names[] = {
	{RB_FLAG_QR, "qr"},
	{RB_FLAG_AA, "aa"},
	{RB_FLAG_RD, "rd"},
	{RB_FLAG_RA, "ra"},
};

static const struct bit_name trait_names[] = {
	{RB_SECURE, "secure"},
	{RB_FIXED_TTL, "fixed-ttl"},
	{RB_NO_STALE, "no-stale"},
	{RB_PINNED, "pinned"},
};

static const struct bit_name mark_names[] = {
	{RB_MARK_VISITED, "visited"},
	{RB_MARK_REFRESH, "refresh"},
};

static uint16_t flags_of(const struct view *view)
{
	return (uint16_t)RB_HTONS(view->record->flags);
}

int view_open(struct view *view, const struct cachectl *ctl, struct rb_table_ref ref,
	      const struct rb_record *record)
{
	uint64_t left_ns = record->expires_ns - ctl->now_ns;
	ldns_pkt *reply;
	int err;

	err = present_reply(record, ctl->now_ns, &reply);
	if (err)
		return err;
	view->ctl = ctl;
	view->record = record;
	view->ref = ref;
	view->reply = reply;
	view->left_s = (uint32_t)((left_ns + RB_NS_PER_S - 1) / RB_NS_PER_S);
	rb_name_to_text(rb_table_record_qname(record), record->qname_len, view->name);
	view->type = present_type((uint16_t)RB_HTONS(record->qtype));
	view->rcode = present_rcode(flags_of(view) & RB_FLAG_RCODE);
	if (view->type && view->rcode)
		return 0;
	view_close(view);
	return -ENOMEM;
}

void view_close(struct view *view)
{
	free(view->type);
	free(view->rcode);
	ldns_pkt_free(view->reply);
}

static const char *variant_text(const struct view *view)
{
	switch (view->record->traits & RB_SERVES_MASK) {
	case RB_SERVES_DO0:
		return "DO=0";
	case RB_SERVES_DO1:
		return "DO=1";
	default:
		return "DO=0,1";
	}
}

static uint32_t bytes_used(const struct rb_record *record)
{
	return RB_RECORD_HEADER + (uint32_t)record->body_len + record->qname_len +
	       record->ttl_steps;
}

static void print_command(const struct view *view, FILE *out)
{
	uint32_t index = view->ref.index;

	fprintf(out, "bpftool map lookup pinned %s/%s key %u %u %u %u", view->ctl->pin_dir,
		rb_table_records_name(view->ref.tier), index & 255, index >> 8 & 255,
		index >> 16 & 255, index >> 24);
}

static void print_rrs_text(ldns_rr_list *rrs)
{
	size_t i;

	for (i = 0; i < ldns_rr_list_rr_count(rrs); i++) {
		_cleanup_free_ char *text = present_rr(ldns_rr_list_rr(rrs, i));

		puts(text ? text : "; no memory");
	}
}

static void print_all_rrs_text(const struct view *view)
{
	print_rrs_text(ldns_pkt_answer(view->reply));
	print_rrs_text(ldns_pkt_authority(view->reply));
	print_rrs_text(ldns_pkt_additional(view->reply));
}

static void print_bits_text(const struct bit_name *names, size_t count, uint32_t bits)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (bits & names[i].bit)
			printf(" %s", names[i].name);
}

/* Comments start with a semicolon, so that what is printed is a zone file all the same. */
void view_print_text(const struct view *view)
{
	const struct rb_record *record = view->record;
	enum rb_tier tier = view->ref.tier;

	printf("; %s %s: %s, %u s of %u s left\n", view->name, view->type, view->rcode,
	       view->left_s, record->ttl_s);
	fputs(";   flags  ", stdout);
	print_bits_text(flag_names, ARRAY_SIZE(flag_names), flags_of(view));
	printf("\n;   record  %s, %u of %u bytes, %s, audience %u", cachectl_tier_name(tier),
	       bytes_used(record), view->ctl->table->tiers[tier].record_bytes, variant_text(view),
	       record->audience);
	print_bits_text(trait_names, ARRAY_SIZE(trait_names), record->traits);
	print_bits_text(mark_names, ARRAY_SIZE(mark_names), record->marks);
	if (record->ede)
		printf(" ede=%u", record->ede - 1U);
	if (record->stale_limit != RB_STALE_ENDLESS)
		printf(" stale=%llu", rb_stale_limit_s(record->stale_limit));
	putchar('\n');
	printf(";   slot    %s[%u]\n;   see     ", rb_table_records_name(tier), view->ref.index);
	print_command(view, stdout);
	putchar('\n');
	print_all_rrs_text(view);
}

void view_print_description(const struct view *view)
{
	const struct rb_record *record = view->record;
	struct rb_import_own own = {
		.flags = flags_of(view),
		.left_ns = record->expires_ns - view->ctl->now_ns,
		.ttl_s = record->ttl_s,
		.counts = {record->ancount, record->nscount, record->arcount},
		.traits = record->traits,
		.ede = record->ede,
		.rotate = record->rotate,
		.audience = record->audience,
		.stale_limit = record->stale_limit,
	};

	rb_import_own_describe(&own, view->name, view->type, view->rcode, stdout);
	printf(" at=%s[%u]\n", rb_table_records_name(view->ref.tier), view->ref.index);
}

void view_print_records(const struct view *view)
{
	print_all_rrs_text(view);
}

static void print_bits_json(const char *key, const struct bit_name *names, size_t count,
			    uint32_t bits)
{
	int first = 1;
	size_t i;

	printf(",\"%s\":[", key);
	for (i = 0; i < count; i++) {
		if (!(bits & names[i].bit))
			continue;
		rb_json_comma(stdout, &first);
		rb_json_string(stdout, names[i].name);
	}
	putchar(']');
}

static void print_rrs_json(const char *key, ldns_rr_list *rrs)
{
	int first = 1;
	size_t i;

	printf(",\"%s\":[", key);
	for (i = 0; i < ldns_rr_list_rr_count(rrs); i++) {
		_cleanup_free_ char *text = present_rr(ldns_rr_list_rr(rrs, i));

		rb_json_comma(stdout, &first);
		rb_json_string(stdout, text ? text : "");
	}
	putchar(']');
}

void view_print_json(const struct view *view)
{
	const struct rb_record *record = view->record;
	enum rb_tier tier = view->ref.tier;
	_cleanup_free_ char *command = NULL;
	struct rb_text *text;
	size_t command_len;
	FILE *memory;

	fputs("{\"name\":", stdout);
	rb_json_string(stdout, view->name);
	fputs(",\"type\":", stdout);
	rb_json_string(stdout, view->type);
	fputs(",\"rcode\":", stdout);
	rb_json_string(stdout, view->rcode);
	print_bits_json("flags", flag_names, ARRAY_SIZE(flag_names), flags_of(view));
	print_bits_json("traits", trait_names, ARRAY_SIZE(trait_names), record->traits);
	print_bits_json("marks", mark_names, ARRAY_SIZE(mark_names), record->marks);
	printf(",\"do0\":%s,\"do1\":%s,\"audience\":%u",
	       record->traits & RB_SERVES_DO0 ? "true" : "false",
	       record->traits & RB_SERVES_DO1 ? "true" : "false", record->audience);
	if (record->ede)
		printf(",\"ede\":%u", record->ede - 1U);
	printf(",\"ttl_left_s\":%u,\"ttl_s\":%u", view->left_s, record->ttl_s);
	if (record->stale_limit != RB_STALE_ENDLESS)
		printf(",\"stale_s\":%llu", rb_stale_limit_s(record->stale_limit));
	printf(",\"class\":\"%s\",\"bytes\":%u,\"class_bytes\":%u", cachectl_tier_name(tier),
	       bytes_used(record), view->ctl->table->tiers[tier].record_bytes);
	printf(",\"map\":\"%s\",\"index\":%u", rb_table_records_name(tier), view->ref.index);
	if (!rb_text_open(&text, &memory)) {
		print_command(view, memory);
		(void)rb_text_close(text, &command, &command_len);
	}
	if (command) {
		fputs(",\"bpftool\":", stdout);
		rb_json_string(stdout, command);
	}
	print_rrs_json("answer", ldns_pkt_answer(view->reply));
	print_rrs_json("authority", ldns_pkt_authority(view->reply));
	print_rrs_json("additional", ldns_pkt_additional(view->reply));
	putchar('}');
}

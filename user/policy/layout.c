/* SPDX-License-Identifier: BSD-2-Clause */
/* The last step of a policy image: its arrays, one behind the other in one block. */
#include "policy/build_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

/* Where an array goes, and the end so far. */
static struct rb_policy_span span_take(size_t *end, size_t count, size_t member_bytes)
{
	struct rb_policy_span span = {.offset = (uint32_t)*end, .count = (uint32_t)count};

	*end += (count * member_bytes + 7) & ~(size_t)7;
	return span;
}

static size_t records_bytes(const struct rb_build *build)
{
	size_t bytes = 0;

	for (size_t i = 0; i < build->record_count; i++)
		bytes += RB_POLICY_RECORD_HEADER + build->records[i].rdata_len;
	return bytes;
}

static void copy(uint8_t *image, struct rb_policy_span span, const void *array, size_t member_bytes)
{
	if (span.count)
		memcpy(image + span.offset, array, span.count * member_bytes);
}

static void record_write(uint8_t *out, const struct rb_build_record *record, const uint8_t *bytes)
{
	memcpy(out, &record->ttl_s, 4);
	memcpy(out + 4, &record->line, 4);
	memcpy(out + 8, &record->file, 2);
	memcpy(out + 10, &record->rdata_len, 2);
	if (record->rdata_len)
		memcpy(out + RB_POLICY_RECORD_HEADER, bytes + record->rdata, record->rdata_len);
}

/* Records of a set stand together. */
static void rrsets_write(const struct rb_build *build, const struct rb_policy_header *header,
			 uint8_t *image)
{
	struct rb_policy_rrset *out = (struct rb_policy_rrset *)(image + header->rrsets.offset);
	uint8_t *bytes = image + header->records.offset;
	size_t end = 0;

	for (size_t i = 0; i < build->rrset_count; i++) {
		const struct rb_build_rrset *set = &build->rrsets[i];

		out[i] = (struct rb_policy_rrset){
			.next = set->next,
			.records = (uint32_t)end,
			.type = set->type,
			.count = set->count,
		};
		for (uint32_t at = set->first; at; at = build->records[at - 1].next) {
			record_write(bytes + end, &build->records[at - 1], build->bytes);
			end += RB_POLICY_RECORD_HEADER + build->records[at - 1].rdata_len;
		}
		out[i].records_len = (uint32_t)end - out[i].records;
	}
}

/* Overrides of a zone stand together, in the order of the file. */
static void overrides_write(const struct rb_build *build, const struct rb_policy_header *header,
			    uint8_t *image)
{
	struct rb_policy_override *out =
		(struct rb_policy_override *)(image + header->overrides.offset);
	struct rb_policy_detail *details =
		(struct rb_policy_detail *)(image + header->details.offset);
	uint32_t count = 0;

	for (size_t zone = 0; zone < build->zone_count && count < build->override_count; zone++) {
		struct rb_policy_detail *detail;

		if (!build->zones[zone].detail)
			continue;
		detail = &details[build->zones[zone].detail - 1];
		detail->override_first = count;
		for (size_t i = 0; i < build->override_count; i++)
			if (build->override_zones[i] == zone)
				out[count++] = build->overrides[i];
		detail->override_count = count - detail->override_first;
	}
}

int rb_build_image(struct rb_build *build, void **ret_image, size_t *ret_bytes)
{
	struct rb_policy_header header = {
		.magic = RB_POLICY_MAGIC, .seed = build->seed, .numbering = build->numbering};
	struct rb_build_listed *listed = &build->listed;
	size_t end = sizeof(header);
	uint8_t *image;

	header.zones = span_take(&end, build->zone_count, sizeof(*build->zones));
	header.zone_slots =
		span_take(&end, build->zone_slots.room, sizeof(*build->zone_slots.slots));
	header.nodes = span_take(&end, build->node_count, sizeof(*build->nodes));
	header.node_slots =
		span_take(&end, build->node_slots.room, sizeof(*build->node_slots.slots));
	header.details = span_take(&end, build->detail_count, sizeof(*build->details));
	header.overrides = span_take(&end, build->override_count, sizeof(*build->overrides));
	header.rrsets = span_take(&end, build->rrset_count, sizeof(struct rb_policy_rrset));
	header.tag_data = span_take(&end, build->tag_count, sizeof(*build->tag_data));
	header.classes = span_take(&end, build->class_count, sizeof(*build->classes));
	header.views = span_take(&end, build->view_count, sizeof(*build->views));
	header.rpzs = span_take(&end, build->rpz_count, sizeof(*build->rpzs));
	header.nets = span_take(&end, build->net_count, sizeof(*build->nets));
	header.net_slots = span_take(&end, build->net_slots.room, sizeof(*build->net_slots.slots));
	header.net_sets = span_take(&end, build->net_set_count, sizeof(*build->net_sets));
	header.lists = span_take(&end, build->list_count, sizeof(*build->lists));
	header.list_buckets = span_take(&end, listed->buckets ? listed->bucket_count + 1UL : 0,
					sizeof(*listed->buckets));
	header.list_runs = span_take(
		&end, listed->buckets ? listed->buckets[listed->bucket_count].begin : 0, 1);
	header.list_tails = span_take(&end, listed->tail_count, sizeof(*listed->tails));
	header.records = span_take(&end, records_bytes(build), 1);
	header.bytes_of = span_take(&end, build->bytes_len, 1);
	header.listed_at = build->listed_at;
	if (end > UINT32_MAX)
		return -E2BIG;
	header.bytes = end;

	image = calloc(1, end);
	if (!image)
		return -ENOMEM;
	memcpy(image, &header, sizeof(header));
	copy(image, header.zones, build->zones, sizeof(*build->zones));
	copy(image, header.zone_slots, build->zone_slots.slots, sizeof(*build->zone_slots.slots));
	copy(image, header.nodes, build->nodes, sizeof(*build->nodes));
	copy(image, header.node_slots, build->node_slots.slots, sizeof(*build->node_slots.slots));
	copy(image, header.details, build->details, sizeof(*build->details));
	copy(image, header.tag_data, build->tag_data, sizeof(*build->tag_data));
	copy(image, header.classes, build->classes, sizeof(*build->classes));
	copy(image, header.views, build->views, sizeof(*build->views));
	copy(image, header.rpzs, build->rpzs, sizeof(*build->rpzs));
	copy(image, header.nets, build->nets, sizeof(*build->nets));
	copy(image, header.net_slots, build->net_slots.slots, sizeof(*build->net_slots.slots));
	copy(image, header.net_sets, build->net_sets, sizeof(*build->net_sets));
	copy(image, header.lists, build->lists, sizeof(*build->lists));
	copy(image, header.list_buckets, listed->buckets, sizeof(*listed->buckets));
	copy(image, header.list_tails, listed->tails, sizeof(*listed->tails));
	rb_build_listed_move(listed, image + header.list_runs.offset);
	if (build->bytes_len)
		memcpy(image + header.bytes_of.offset, build->bytes, build->bytes_len);
	rrsets_write(build, &header, image);
	overrides_write(build, &header, image);
	*ret_image = image;
	*ret_bytes = end;
	return 0;
}

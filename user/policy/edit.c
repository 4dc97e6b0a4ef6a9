/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of zones, data and switches. */
#include "policy/edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/local_read.h"
#include "config/record.h"
#include "dns/name.h"
#include "policy/compile.h"
#include "policy/decide.h"
#include "policy/lines.h"
#include "util/cleanup.h"

/* One change, and what it works on. */
struct edit {
	const struct rb_local *local;
	struct rb_policy policy; /* in force */
	struct rb_policy_change *change;
	uint8_t view;
	struct rb_policy_less less;
	struct rb_local next;
};

static void edit_free(struct edit *edit)
{
	rb_policy_less_free(&edit->less);
	rb_local_free(&edit->next);
}

/* --- names --- */

static int view_find(struct edit *edit)
{
	const char *name = edit->change->view;

	if (!name)
		return 0;
	for (size_t i = 0; i < edit->local->view_count; i++) {
		if (!strcmp(edit->local->views[i].name, name)) {
			edit->view = (uint8_t)(i + 1);
			return 0;
		}
	}
	return -ENOENT;
}

/* Lower case; its length, negative: it is no name. */
static int name_read(const char *text, uint8_t name[RB_NAME_MAX])
{
	int len = rb_name_from_text(text, name);

	if (len > 0)
		rb_name_lower(name, (size_t)len, name);
	return len;
}

/* + 1; 0: there is none of exactly this name. */
static uint32_t zone_exact(const struct edit *edit, const uint8_t *name, size_t len)
{
	struct rb_policy_labels labels;

	rb_policy_labels_init(&edit->policy, name, len, &labels);
	return rb_policy_find_zone(&edit->policy, rb_policy_zone_scope(edit->view, RB_CLASS_IN),
				   &labels, labels.count);
}

/* --- zones --- */

static const char *zone_add(struct edit *edit, const char *text, int *ret_err)
{
	_cleanup_free_ char *copy = strdup(text);
	struct rb_local_zone zone = {
		.view = edit->view,
		.qclass = RB_CLASS_IN,
		.origin = {.file = RB_LOCAL_RUN_TIME},
	};
	uint8_t name[RB_NAME_MAX];
	char *position, *owner, *type;
	uint32_t known;
	int len;

	if (!copy) {
		*ret_err = -ENOMEM;
		return NULL;
	}
	owner = strtok_r(copy, " \t", &position);
	type = owner ? strtok_r(NULL, " \t", &position) : NULL;
	len = owner ? name_read(owner, name) : -1;
	if (len <= 0)
		return "expected a domain name and a type";
	zone.type = (uint8_t)(type ? rb_zone_type_of(type) : RB_ZONE_NONE);
	if (zone.type == RB_ZONE_NONE)
		return "expected a type of local-zone:";
	known = zone_exact(edit, name, (size_t)len);
	if (known) {
		edit->less.types[known - 1] = zone.type;
		return NULL;
	}
	zone.name_len = (uint8_t)len;
	*ret_err = rb_local_put_name(&edit->next, name, (size_t)len, &zone.name);
	if (!*ret_err)
		*ret_err = rb_local_add_zone(&edit->next, &zone);
	return NULL;
}

static const char *zone_remove(struct edit *edit, const char *text)
{
	uint8_t name[RB_NAME_MAX];
	int len = name_read(text, name);
	uint32_t known = len > 0 ? zone_exact(edit, name, (size_t)len) : 0;

	if (known)
		edit->less.zones[known - 1] = true;
	return len > 0 ? NULL : "expected a domain name";
}

/* --- data --- */

/* The longest zone at a name, or so many labels above it, + 1; 0: none. */
static uint32_t zone_above(const struct edit *edit, const struct rb_policy_labels *labels,
			   unsigned int above)
{
	uint32_t scope = rb_policy_zone_scope(edit->view, RB_CLASS_IN), zone = 0;

	if (labels->count < above)
		return 0;
	for (unsigned int depth = labels->count - above + 1; depth-- > 0 && !zone;)
		zone = rb_policy_find_zone(&edit->policy, scope, labels, depth);
	return zone;
}

/* A zone of type redirect has data at its top alone, and a CNAME alone there. NULL: nothing wrong. */
static const char *redirect_check(const struct edit *edit, const struct rb_local_rr *rr)
{
	const struct rb_policy *policy = &edit->policy;
	const struct rb_policy_node *node;
	const struct rb_policy_rrset *first;
	const struct rb_policy_zone *zone;
	struct rb_policy_labels labels;
	uint32_t number;

	rb_policy_labels_init(policy, edit->next.bytes + rr->owner, rr->owner_len, &labels);
	number = zone_above(edit, &labels, 0);
	zone = number ? rb_policy_zone_at(policy, number - 1) : NULL;
	if (!zone || (zone->type != RB_ZONE_REDIRECT && zone->type != RB_ZONE_INFORM_REDIRECT))
		return NULL;
	if (zone->name_len != rr->owner_len)
		return "data in a zone of type redirect must stand at its top";
	node = rb_policy_node_find(policy, number - 1, &labels, labels.count);
	first = node && node->rrset ? rb_policy_rrset_at(policy, node->rrset - 1) : NULL;
	return first && (first->type == RB_TYPE_CNAME || rr->type == RB_TYPE_CNAME)
		       ? "a CNAME in a zone of type redirect must be its only record"
		       : NULL;
}

/* The number of the text stands for the line, until all is compiled. */
static const char *data_add(struct edit *edit, size_t number, int *ret_err)
{
	struct rb_local_rr rr = {
		.view = edit->view,
		.origin = {.line = (uint32_t)number, .file = RB_LOCAL_RUN_TIME},
	};
	struct rb_text_record parsed;
	const char *wrong = NULL;
	int err = rb_record_parse(edit->change->texts[number], NULL, &parsed, &wrong);

	if (!err && !wrong)
		err = rb_local_put_record(&edit->next, &parsed, &rr);
	if (!err && !wrong)
		wrong = redirect_check(edit, &rr);
	if (!err && !wrong)
		err = rb_local_add_rr(&edit->next, &rr);
	*ret_err = wrong ? 0 : err;
	return wrong;
}

static void node_remove(struct edit *edit, const uint8_t *name, size_t len, unsigned int above,
			enum rb_policy_gone gone)
{
	const struct rb_policy *policy = &edit->policy;
	const struct rb_policy_node *nodes =
		rb_policy_member(policy, policy->header->nodes, 0, sizeof(struct rb_policy_node));
	const struct rb_policy_node *node;
	struct rb_policy_labels labels;
	uint32_t zone;

	rb_policy_labels_init(policy, name, len, &labels);
	zone = zone_above(edit, &labels, above);
	node = zone ? rb_policy_node_find(policy, zone - 1, &labels, labels.count) : NULL;
	if (node)
		edit->less.nodes[node - nodes] |= (uint8_t)gone;
}

/* A DS stands in the zone above. */
static const char *data_remove(struct edit *edit, const char *text)
{
	uint8_t name[RB_NAME_MAX];
	int len = name_read(text, name);

	if (len <= 0)
		return "expected a domain name";
	node_remove(edit, name, (size_t)len, 0, RB_POLICY_GONE);
	node_remove(edit, name, (size_t)len, 1, RB_POLICY_GONE_DS);
	return NULL;
}

/* --- all of it --- */

static int text_use(struct edit *edit, size_t number)
{
	struct rb_policy_change *change = edit->change;
	const char *text = change->texts[number];
	int err = 0;

	/* Of an earlier round. */
	if (change->wrong[number])
		return 0;
	switch (change->verb) {
	case RB_POLICY_ZONE_ADD:
		change->wrong[number] = zone_add(edit, text, &err);
		break;
	case RB_POLICY_ZONE_REMOVE:
		change->wrong[number] = zone_remove(edit, text);
		break;
	case RB_POLICY_DATA_ADD:
		change->wrong[number] = data_add(edit, number, &err);
		break;
	case RB_POLICY_DATA_REMOVE:
		change->wrong[number] = data_remove(edit, text);
		break;
	case RB_POLICY_RPZ_ENABLE:
	case RB_POLICY_RPZ_DISABLE:
		return -EINVAL;
	}
	return err;
}

static int texts_use(struct edit *edit)
{
	int err = 0;

	for (size_t i = 0; i < edit->change->count && !err; i++)
		err = text_use(edit, i);
	return err;
}

/* New records come behind those that are there; what is to go has to be known before. */
static int lines_make(struct edit *edit)
{
	bool adds = edit->change->verb == RB_POLICY_DATA_ADD;
	int err = rb_policy_less_new(&edit->policy, &edit->less);

	if (!err && !adds)
		err = texts_use(edit);
	if (!err)
		err = rb_policy_lines(&edit->policy, &edit->less, &edit->next);
	if (!err && adds)
		err = texts_use(edit);
	return err;
}

/* *ret_again: a record contradicts what is there, which was noted, and the others are still to do.
 */
static int round_do(struct edit *edit, const struct rb_policy_images *images, bool *ret_again,
		    struct rb_policy_edited *ret_edited)
{
	struct rb_policy_compiled compiled;
	struct rb_policy_fault fault = {0};
	struct rb_blob *zones;
	/* That of before: whoever compares the two then hashes each name once. */
	uint64_t seed = rb_policy_feeds(&edit->policy).header->seed;
	int err = lines_make(edit);

	*ret_again = false;
	if (!err)
		err = rb_policy_compile_zones(&edit->next, edit->local, seed, &compiled, &fault);
	if (err == -EINVAL && fault.origin.file == RB_LOCAL_RUN_TIME &&
	    fault.origin.line < edit->change->count && !edit->change->wrong[fault.origin.line]) {
		edit->change->wrong[fault.origin.line] = fault.why;
		*ret_again = true;
		return 0;
	}
	if (!err)
		err = rb_blob_new(compiled.image, compiled.bytes, &zones);
	if (err)
		return err;
	ret_edited->images = *images;
	ret_edited->images.zones = zones;
	ret_edited->images.feeds = rb_blob_ref(images->feeds ?: images->zones);
	ret_edited->lines = edit->next;
	edit->next = (struct rb_local){0};
	return 0;
}

int rb_policy_edit(const struct rb_local *local, const struct rb_policy_images *images,
		   struct rb_policy_change *change, struct rb_policy_edited *ret_edited)
{
	bool again = true;
	int err = 0;

	for (size_t i = 0; i < change->count; i++)
		change->wrong[i] = NULL;
	while (again && !err) {
		_cleanup_(edit_free) struct edit edit = {.local = local, .change = change};

		err = rb_policy_open_images(images, &edit.policy);
		if (!err)
			err = view_find(&edit);
		if (!err)
			err = round_do(&edit, images, &again, ret_edited);
	}
	return err;
}

void rb_policy_switch(const struct rb_local *local, const struct rb_policy_images *images,
		      struct rb_policy_change *change, struct rb_policy_images *ret_images)
{
	*ret_images = rb_policy_images_ref(images);
	for (size_t i = 0; i < change->count; i++) {
		uint8_t name[RB_NAME_MAX];
		int len = name_read(change->texts[i], name);

		change->wrong[i] = "there is no response policy zone of this name";
		for (size_t n = 0; len > 0 && n < local->rpz_count; n++) {
			const struct rb_local_rpz *rpz = &local->rpzs[n];
			uint64_t *word = &ret_images->rpzs_off[n / 64], bit = 1ULL << n % 64;

			if (!rb_name_equal(local->bytes + rpz->name, rpz->name_len, name,
					   (size_t)len))
				continue;
			change->wrong[i] = NULL;
			*word = change->verb == RB_POLICY_RPZ_DISABLE ? *word | bit : *word & ~bit;
		}
	}
}

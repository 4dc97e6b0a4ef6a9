/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trust anchors: the keys that the configuration trusts, as data, whatever files and forms name
 * them.
 *
 * Thread:   read by main, immutable afterwards.
 * Lifetime: rb_anchors_free().
 * Errors:   0 or -errno. Never logs.
 */
#ifndef RB_CONFIG_ANCHORS_H
#define RB_CONFIG_ANCHORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../kern/wire.h"

#define RB_ANCHOR_DIGEST_MAX 64

struct rb_text_record;

/* A key, or the digest of one. Members that are not used are zero, so that bytes can be compared.
 */
struct rb_anchor {
	uint8_t owner[RB_NAME_MAX]; /* in wire form and lower case */
	uint8_t owner_len;
	uint16_t rr_class;
	uint16_t tag; /* RFC 4034 appendix B */
	uint8_t algorithm;
	uint8_t digest_type; /* of a DS as it stands there; of a DNSKEY 2, SHA-256 */
	uint8_t digest_len;
	uint8_t digest[RB_ANCHOR_DIGEST_MAX];
};

struct rb_anchors {
	struct rb_anchor *list; /* no two are the same */
	size_t count;
	const char *root_file; /* and line: what named one of the root's last; NULL: nothing did */
	unsigned int root_line;
};

/*
 * Add the key that a DS or DNSKEY names. A DNSKEY counts as its DS, since libunbound puts the one
 * in the other's place when it rewrites an auto-trust-anchor-file. Other types: -EINVAL.
 */
int rb_anchors_add(struct rb_anchors *anchors, const struct rb_text_record *record);

/* The anchor that a DNSKEY's data would be, of the same owner as another anchor. */
int rb_anchor_of_key(const struct rb_anchor *owner, const uint8_t *rdata, size_t len,
		     struct rb_anchor *ret_anchor);

int rb_anchors_copy(const struct rb_anchors *anchors, struct rb_anchors *ret_copy);
void rb_anchors_free(struct rb_anchors *anchors);

/* A number that differs where other keys are trusted; their order does not matter. */
uint32_t rb_anchors_hash(const struct rb_anchors *anchors);

/*
 * Whether the root is validated by its key of 2017 (key tag 20326) without that of 2024 (38696),
 * which takes its place.
 */
bool rb_anchors_lack_root_key(const struct rb_anchors *anchors);

/* auto-trust-anchor-file: for the operator, behind the directive. */
#define RB_ANCHORS_NOT_KEPT                                                                        \
	": is read, but new keys that a zone announces (RFC 5011) are not written to it: have "    \
	"unbound-anchor or a package keep it up to date, and reload"

/* What to say of a root without its newer key. */
#define RB_ANCHORS_LACK_ROOT_KEY                                                                    \
	"the root's trust anchor is its key of 2017 (key tag 20326) without that of 2024 (38696): " \
	"as soon as the root is signed by the newer one alone, no name can be validated. "          \
	"Add it: 'unbound-anchor -a FILE' fetches it"

#endif

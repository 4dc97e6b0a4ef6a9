/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzing: a policy image that was damaged anywhere, or any bytes as one. Whatever it says, nothing
 * outside of it is read, and what it points to lies in it.
 *
 * Input: which image, one byte; where the damage goes and what it is, 6 bytes each.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/reader.h"
#include "dns/answer.h"
#include "policy/answer.h"
#include "policy/attach.h"
#include "policy/chain.h"
#include "policy/decide.h"
#include "policy/differ.h"
#include "policy/lines.h"
#include "policy/listed.h"
#include "policy/pair.h"
#include "policy/respond.h"
#include "util/blob.h"

#define DAMAGE_BYTES 6
#define NOW          1000000000000ULL

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Zones with data, views, tags, blocklists, and a response policy zone (its zonefile comes last). */
static const char whole[] =
	"server:\n"
	"define-tag: 't0 t1'\n"
	"local-zone: ex static\n"
	"local-data: 'ex SOA ns.ex host.ex 1 2 3 4 5'\n"
	"local-data: 'a.b.ex A 192.0.2.1'\n"
	"local-data: 'a.b.ex A 192.0.2.2'\n"
	"local-data: 'a.b.ex MX 10 mail.ex'\n"
	"local-data: 'd.ex DS 1 8 2 00112233'\n"
	"local-zone-tag: ex t0\n"
	"local-zone-override: ex 192.0.2.0/24 refuse\n"
	"local-zone: re redirect\n"
	"local-data: 're CNAME www.ex'\n"
	"local-zone: nu always_null\n"
	"local-zone: in inform_deny\n"
	"access-control: 192.0.2.1/32 allow\n"
	"access-control-tag: 192.0.2.1/32 't0 t1'\n"
	"access-control-tag-action: 192.0.2.1/32 t0 redirect\n"
	"access-control-tag-data: 192.0.2.1/32 t0 'A 198.51.100.1'\n"
	"access-control-view: 192.0.2.2/32 v\n"
	"view:\nname: v\nlocal-zone: ex transparent\nlocal-data: 'x.ex A 192.0.2.9'\n"
	"blocklist:\nname: one\nfile: '%s'\n"
	"blocklist:\nfile: '%s'\naction: 192.0.2.4\ntags: t0\n"
	"rpz:\nname: rp\ntags: t1\nrpz-log: yes\nrpz-log-name: logged\nzonefile: '%s'\n";

/* Lists that allow, response-ip with and without tags, in a view, and a zone that is overridden. */
static const char addresses[] =
	"server:\n"
	"define-tag: 't0 t1'\n"
	"access-control-tag: 192.0.2.1/32 't0'\n"
	"access-control-tag-action: 192.0.2.1/32 t0 redirect\n"
	"access-control-tag-data: 192.0.2.1/32 t0 'A 198.51.100.1'\n"
	"access-control-view: 192.0.2.2/32 v\n"
	"response-ip: 198.51.100.0/24 inform_redirect\n"
	"response-ip-data: 198.51.100.0/24 'A 192.0.2.5'\n"
	"response-ip-tag: 198.51.100.0/24 t0\n"
	"response-ip: 2001:db8::/32 always_nxdomain\n"
	"view:\nname: v\nview-first: yes\nlocal-zone: ex typetransparent\n"
	"response-ip: 198.51.100.0/25 redirect\n"
	"response-ip-data: 198.51.100.0/25 'CNAME www.ex'\n"
	"blocklist:\nfile: '%s'\naction: allow\n"
	"blocklist:\nfile: '%s'\naction: null\n"
	"rpz:\nname: rp\nrpz-action-override: cname\nrpz-cname-override: www.ex\n"
	"rpz-signal-nxdomain-ra: yes\nzonefile: '%s'\n";

static const char *const texts[] = {whole, addresses};

#define IMAGES (sizeof(texts) / sizeof(texts[0]))

/* So many under one name that it is a tail. */
static const char names[] = "a.li.ex2\nb.li.ex2\nc.li.ex2\nd.li.ex2\ne.li.ex2\nli2.ex2\nex3\n";

static const char triggers[] =
	"$ORIGIN rp.\n$TTL 300\n*.rp CNAME *.garden.ex.\n"
	"let.rp CNAME rpz-passthru.\nno.rp CNAME *.\nquiet.rp CNAME rpz-drop.\n"
	"slow.rp CNAME rpz-tcp-only.\ntxt.rp TXT text\ntxt.rp A 192.0.2.8\n"
	"32.1.2.0.192.rpz-client-ip CNAME .\n"
	"32.9.100.51.198.rpz-ip A 192.0.2.3\n"
	"*.a.ns.rpz-nsdname A 192.0.2.4\nb.a.ns.rpz-nsdname CNAME .\n"
	"24.0.100.51.198.rpz-nsip CNAME garden.ex.\n";

/* rp.q A: rp.q CNAME q.q, q.q A 198.51.100.1; q NS b.ns, q NS c.q; c.q A 198.51.100.2. */
static const uint8_t response[] = {
	0,    0,   0x81, 0x80, 0,   1, 0, 2, 0, 2, 0, 1, /* header */
	2,    'r', 'p',  1,    'q', 0, 0, 1, 0, 1,       /* rp.q at 12, q at 15 */
	0xc0, 12,  0,    5,    0,   1, 0, 0, 1, 0, 0, 4, 1,   'q', 0xc0, 15, /* q.q at 34 */
	0xc0, 34,  0,    1,    0,   1, 0, 0, 1, 0, 0, 4, 198, 51,  100,  1,  /* A */
	0xc0, 15,  0,    2,    0,   1, 0, 0, 1, 0, 0, 6, 1,   'b', 2,    'n', 's', 0, /* NS */
	0xc0, 15,  0,    2,    0,   1, 0, 0, 1, 0, 0, 4, 1,   'c', 0xc0, 15, /* c.q at 84 */
	0xc0, 84,  0,    1,    0,   1, 0, 0, 1, 0, 0, 4, 198, 51,  100,  2,  /* A */
};

static const struct {
	const char *name;
	uint16_t type;
} questions[] = {
	{"\1a\1b\2ex", RB_TYPE_A},
	{"\1b\2ex", RB_TYPE_MX},
	{"\2ex", RB_TYPE_SOA},
	{"\1x\2re", RB_TYPE_A},
	{"\2nu", RB_TYPE_AAAA},
	{"\1x\2ex", RB_TYPE_A},
	{"\2ex", RB_TYPE_DS},
	{"", RB_TYPE_A},
	{"\x09localhost", RB_TYPE_A},
	{"\1e\2li\3ex2", RB_TYPE_A},
	{"\1x\1a\2li\3ex2", RB_TYPE_AAAA},
	{"\3ex3", RB_TYPE_A},
	{"\1x\2rp", RB_TYPE_A},
	{"\3let\2rp", RB_TYPE_A},
	{"\2no\2rp", RB_TYPE_A},
	{"\5quiet\2rp", RB_TYPE_A},
	{"\4slow\2rp", RB_TYPE_A},
	{"\3txt\2rp", RB_TYPE_TXT},
	{"\1y\2in", RB_TYPE_A},
	{"\1d\2ex", RB_TYPE_DS},
};

/* The path of a new file. */
static void file_write(const char *contents, char path[])
{
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, contents, strlen(contents)) != (ssize_t)strlen(contents))
		abort();
	close(fd);
}

static const struct rb_blob *image_get(size_t number)
{
	static const struct rb_config *configs[IMAGES];

	if (!configs[number]) {
		char list[] = "/tmp/rb-fuzz-XXXXXX", zone[] = "/tmp/rb-fuzz-XXXXXX";
		char text[sizeof(whole) + sizeof(addresses) + 3 * sizeof(list)];
		struct rb_config *made;

		file_write(names, list);
		file_write(triggers, zone);
		snprintf(text, sizeof(text), texts[number], list, list, zone);
		if (rb_config_read_text("fuzz.conf", text, strlen(text), &made) ||
		    rb_policy_attach(made, NULL))
			abort();
		unlink(list);
		unlink(zone);
		configs[number] = made;
	}
	return configs[number]->policy.zones;
}

static void ask(const struct rb_policy *policy, size_t number, uint8_t client_class)
{
	static const uint8_t addr[16] = {[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 1};
	const struct rb_policy_question question = {
		.qname = (const uint8_t *)questions[number].name,
		.qname_len = (uint16_t)(strlen(questions[number].name) + 1),
		.qtype = questions[number].type,
		.qclass = RB_CLASS_IN,
	};
	const struct rb_policy_client client = {client_class, addr, false, false};
	struct rb_policy_verdict verdict;
	struct rb_answer *answer;
	uint8_t target[RB_NAME_MAX];
	size_t len;

	rb_policy_decide(policy, &question, &client, &verdict);
	if (verdict.action == RB_POLICY_ANSWER &&
	    !rb_policy_answer(&verdict, &question, false, NOW, &answer))
		rb_answer_free(answer);
	if (verdict.action == RB_POLICY_ALIAS) {
		struct rb_policy_chain *chain = NULL;

		rb_chain_add(&chain, &verdict, &question, target, &len);
		rb_chain_free(chain);
	}
	rb_policy_concerns(policy, &question);
}

/* Its names, addresses and name servers. */
static void respond(const struct rb_policy *policy, uint8_t client_class)
{
	const struct rb_policy_question question = {(const uint8_t *)"\2rp\1q", 6, RB_TYPE_A,
						    RB_CLASS_IN};
	const struct rb_policy_client client = {client_class, NULL, false, false};
	struct rb_policy_response said;
	struct rb_answer *answer;

	if (rb_policy_respond(policy, &question, &client, response, sizeof(response), &said) &&
	    said.verdict.action == RB_POLICY_ANSWER &&
	    !rb_policy_answer(&said.verdict, &question, false, NOW, &answer))
		rb_answer_free(answer);
	rb_policy_responses_differ(policy);
}

static void walk(const struct rb_policy *policy)
{
	struct rb_policy_run run = rb_policy_listed_all(policy);
	struct rb_policy_listed listed;
	uint8_t name[RB_NAME_MAX];

	while (rb_policy_listed_walk(policy, &run, &listed, name))
		;
}

/* As a change at run time does. */
static void lines(const struct rb_policy *policy)
{
	struct rb_policy_less less;
	struct rb_local local = {0};

	if (rb_policy_less_new(policy, &less))
		abort();
	rb_policy_lines(policy, &less, &local);
	rb_policy_less_free(&less);
	rb_local_free(&local);
}

/* As a sweep does. */
static void compare(const struct rb_policy *before, const struct rb_policy *after)
{
	struct rb_policy_pair pair;

	rb_policy_pair_init(before, after, &pair);
	rb_policy_blocks_have(&pair.changes.blocks, (const uint8_t[16]){[10] = 0xff, 0xff, 192});
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		const struct rb_policy_question question = {
			.qname = (const uint8_t *)questions[i].name,
			.qname_len = (uint16_t)(strlen(questions[i].name) + 1),
			.qtype = questions[i].type,
			.qclass = RB_CLASS_IN,
		};
		struct rb_policy_labels labels;
		enum rb_policy_action action;

		if (pair.is_told_by_names) {
			rb_policy_pair_foresee(&pair, question.qname, question.qname_len, &labels);
			rb_policy_pair_is_alike(&pair, &labels);
		}
		rb_policy_differ(before, after, &question, 1, &action);
	}
	rb_policy_pair_free(&pair);
}

static void use(const struct rb_policy *policy, const struct rb_policy *whole_policy)
{
	walk(policy);
	lines(policy);
	compare(policy, whole_policy);
	compare(whole_policy, policy);
	for (uint8_t client_class = 0; client_class < 4; client_class++)
		respond(policy, client_class);
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		for (uint8_t client_class = 0; client_class < 4; client_class++)
			ask(policy, i, client_class);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct rb_blob *image = image_get(len ? data[0] % IMAGES : 0);
	size_t bytes = rb_blob_len(image);
	uint8_t *copy = malloc(bytes); /* of its very size, so that the sanitizer sees its end */
	struct rb_policy policy, undamaged, in_two;

	if (!copy || rb_policy_open(rb_blob_bytes(image), bytes, &undamaged))
		abort();
	memcpy(copy, rb_blob_bytes(image), bytes);
	for (data++; len > DAMAGE_BYTES; data += DAMAGE_BYTES, len -= DAMAGE_BYTES) {
		size_t at = ((size_t)data[0] << 8 | data[1]) % bytes, room = bytes - at;

		memcpy(copy + at, data + 2, room < 4 ? room : 4);
	}
	if (!rb_policy_open(copy, bytes, &policy)) {
		use(&policy, &undamaged);
		/* After a change at run time the one image has the zones, the other all else. */
		in_two = undamaged;
		in_two.feeds = policy.image;
		in_two.feeds_header = policy.header;
		use(&in_two, &undamaged);
	}
	free(copy);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What two policies are said to decide alike, they do: over policies made at random. */
#include "config_fixture.h"
#include "lib/prng.h"

#include "dns/name.h"
#include "policy/compile.h"
#include "policy/decide.h"
#include "policy/differ.h"
#include "policy/pair.h"

#define ROUNDS     400
#define LINES      12
#define TEXT_BYTES 4096
#define SEED       7

enum kind {
	ZONES, /* lines of the server clause */
	TRIGGERS,
	NAMES,
	KINDS,
};

/* A policy as text: so many lines of each kind. */
struct world {
	char lines[KINDS][LINES][96];
};

static struct prng prng = {1};

static unsigned int pick(unsigned int count)
{
	return prng_below(&prng, count);
}

/* Of a few labels, so that names often meet. */
static const char *name_pick(char text[24], bool may_be_wild)
{
	static const char *const labels[] = {"a", "b", "c", "aa"};
	unsigned int depth = 1 + pick(3);
	size_t len = 0;

	if (may_be_wild && !pick(4))
		len += (size_t)sprintf(text, "*.");
	while (depth--)
		len += (size_t)sprintf(text + len, "%s%s", labels[pick(4)], depth ? "." : "");
	return text;
}

static void line_make(enum kind kind, char line[96])
{
	static const char *const types[] = {"static",          "transparent",     "redirect",
					    "typetransparent", "always_nxdomain", "refuse",
					    "always_null",     "inform",          "deny"};
	static const char *const actions[] = {"CNAME .",
					      "CNAME *.",
					      "CNAME rpz-passthru.",
					      "CNAME rpz-drop.",
					      "CNAME rpz-tcp-only.",
					      "A 192.0.2.1",
					      "CNAME garden.example."};
	char name[24];

	if (kind == TRIGGERS)
		sprintf(line, "%s %s\n", name_pick(name, true), actions[pick(7)]);
	else if (kind == NAMES)
		sprintf(line, "%s\n", name_pick(name, false));
	else if (pick(2))
		sprintf(line, "local-zone: %s %s\n", name_pick(name, false), types[pick(9)]);
	else
		sprintf(line, "local-data: '%s.static.z %u IN A 192.0.2.%u'\n",
			name_pick(name, false), 60 + pick(2), pick(3));
}

static void file_make(const struct world *world, enum kind kind, const char *head, char path[])
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	dprintf(fd, "%s", head);
	for (size_t i = 0; i < LINES; i++)
		dprintf(fd, "%s", world->lines[kind][i]);
	close(fd);
}

/* False: the lines contradict each other. The caller frees *ret_image. */
static bool policy_make(const struct world *world, void **ret_image, struct rb_policy *ret_policy)
{
	char list[] = "/tmp/rb-changed-XXXXXX", zone[] = "/tmp/rb-changed-XXXXXX";
	char text[TEXT_BYTES];
	struct rb_policy_compiled compiled = {0};
	struct rb_policy_fault fault = {0};
	struct rb_config *config;
	size_t len;
	int err;

	file_make(world, NAMES, "", list);
	file_make(world, TRIGGERS, "$TTL 60\n", zone);
	len = (size_t)sprintf(text, "server:\nlocal-zone: static.z static\n");
	for (size_t i = 0; i < LINES; i++)
		len += (size_t)sprintf(text + len, "%s", world->lines[ZONES][i]);
	sprintf(text + len, "rpz:\nname: rpz.example\nzonefile: %s\nblocklist:\nfile: %s\n", zone,
		list);
	config = read_text(text, 0);
	err = rb_policy_compile(&config->local, SEED, NULL, &compiled, &fault);
	unlink(list);
	unlink(zone);
	rb_config_free(config);
	if (err)
		return false;
	assert_int_equal(rb_policy_open(compiled.image, compiled.bytes, ret_policy), 0);
	*ret_image = compiled.image;
	return true;
}

/* How many of the names are said to be alike; these are. */
static unsigned int alike_check(const struct rb_policy *before, const struct rb_policy *after,
				const struct rb_policy_pair *pair)
{
	static const uint16_t types[] = {RB_TYPE_A, RB_TYPE_DS, RB_TYPE_CNAME};
	unsigned int alike = 0;

	for (unsigned int i = 0; i < 200; i++) {
		const struct rb_policy_client anybody = {0};
		struct rb_policy_verdict former, latter;
		struct rb_policy_labels labels;
		struct rb_policy_question question = {.qclass = RB_CLASS_IN};
		uint8_t name[RB_NAME_MAX];
		char text[24], whole[40];

		sprintf(whole, "%s%s", name_pick(text, false), pick(4) ? "" : ".static.z");
		question.qname = name;
		question.qname_len = (uint16_t)rb_name_from_text(whole, name);
		question.qtype = types[pick(3)];
		rb_policy_pair_foresee(pair, name, question.qname_len, &labels);
		if (!rb_policy_pair_is_alike(pair, &labels))
			continue;
		alike++;
		rb_policy_decide(before, &question, &anybody, &former);
		rb_policy_decide(after, &question, &anybody, &latter);
		/* Where an alias leads, another name decides; here that one is in no list. */
		if ((latter.action == RB_POLICY_ALIAS && !pair->only_lists) ||
		    !rb_policy_is_same(&former, &latter) ||
		    rb_policy_is_shared(&former) != rb_policy_is_shared(&latter))
			fail_msg("%s is decided otherwise", whole);
	}
	return alike;
}

/* Otherwise: a name that a zone names now would go on to be answered by the kernel. */
static void what_is_said_to_be_alike_is(void **state)
{
	unsigned int told = 0, alike = 0, rounds = 0;

	(void)state;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		struct rb_policy before, after;
		struct rb_policy_pair pair;
		struct world world;
		void *former, *image;

		for (enum kind kind = ZONES; kind < KINDS; kind++)
			for (size_t i = 0; i < LINES; i++)
				line_make(kind, world.lines[kind][i]);
		if (!policy_make(&world, &former, &before))
			continue;
		for (unsigned int i = pick(3); i < 3; i++) {
			enum kind kind = (enum kind)pick(KINDS);

			line_make(kind, world.lines[kind][pick(LINES)]);
		}
		if (policy_make(&world, &image, &after)) {
			rb_policy_pair_init(&before, &after, &pair);
			rounds++;
			told += pair.is_told_by_names;
			if (pair.is_told_by_names)
				alike += alike_check(&before, &after, &pair);
			rb_policy_pair_free(&pair);
			free(image);
		}
		free(former);
	}
	print_message("%u of %u pairs are told by names, %u names are alike\n", told, rounds,
		      alike);
	assert_true(told > rounds / 2);
	assert_true(alike > ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_to_be_alike_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

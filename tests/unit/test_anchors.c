/* SPDX-License-Identifier: BSD-2-Clause */
/* Trust anchors and other files by what they say: the fingerprint of configurations. */
#include "unit/config_fixture.h"

#include "config/fingerprint.h"

#define KEY                                                                                        \
	"zYNgz/099ubwMEnjj49Luuqdw2CYj5J7Hsh9dZl8DJVSiRjrymjdBgZwCZ6KblYa3cRjcccGVp4fwVEeeWKiMQ=="
#define KEY_IN_PARTS                                                                               \
	"zYNgz/099ubwMEnjj49Luuqdw2CYj5J7Hsh9dZl8 DJVSiRjrymjdBgZwCZ6KblYa3cRjcccGVp4fwVEeeWKiMQ=="
#define DIGEST "434c570b36396f4a5c4a250a6ae1ed61aff2bbd7dcc1613b415886b6e13d6083"
#define OTHER                                                                                      \
	"AYNgz/099ubwMEnjj49Luuqdw2CYj5J7Hsh9dZl8DJVSiRjrymjdBgZwCZ6KblYa3cRjcccGVp4fwVEeeWKiMQ=="
#define OTHER_DS "example. DS 1 13 2 " DIGEST

/* Files a, b and sub.key under '@@', and the lines of server: that name them. */
struct world {
	const char *name;
	const char *text;
	const char *a, *b;
};

static uint32_t fingerprint_of(const struct world *world)
{
	_cleanup_(rb_config_freep) struct rb_config *config = NULL;
	char text[1024];
	struct lab lab;
	uint32_t fingerprint;
	int len;

	lab_open(&lab);
	if (world->a)
		lab_file(&lab, "a.key", world->a);
	if (world->b)
		lab_file(&lab, "b.key", world->b);
	len = snprintf(text, sizeof(text), "server:\ndirectory: \"%s\"\n%s\n", lab.path,
		       world->text);
	if (rb_config_read_text("t.conf", text, (size_t)len, &config))
		fail_msg("%s: %s", world->name, message_of(config, RB_MESSAGE_ERROR, 0));
	for (size_t i = 0; i < config->message_count; i++)
		if (!strstr(config->messages[i].text, RB_ANCHORS_NOT_KEPT))
			fail_msg("%s: %s", world->name, config->messages[i].text);
	fingerprint = rb_config_fingerprint(config);
	lab_close(&lab);
	return fingerprint;
}

static const struct world one_key[] = {
	{"a DNSKEY", "trust-anchor-file: a.key", ". IN DNSKEY 257 3 13 " KEY "\n", NULL},
	{"its DS", "trust-anchor-file: a.key", ". 60 IN DS 17927 13 2 " DIGEST "\n", NULL},
	{"in the configuration", "trust-anchor: \". DNSKEY 257 3 13 " KEY "\"", NULL, NULL},
	{"its DS in the configuration", "trust-anchor: '. DS 17927 13 2 " DIGEST "'", NULL, NULL},
	{"with comments, a TTL, on several lines", "trust-anchor-file: a.key",
	 "; the root\n$TTL 60\n$ORIGIN .\n@ IN DNSKEY 257 3 13 ( ; of the lab (here\n" KEY_IN_PARTS
	 " )\n",
	 NULL},
	{"twice", "trust-anchor-file: a.key\ntrust-anchor-file: b.key",
	 ". DNSKEY 257 3 13 " KEY "\n", ". DS 17927 13 2 " DIGEST "\n. DNSKEY 257 3 13 " KEY "\n"},
	{"with records of other types", "trust-anchor-file: a.key",
	 ". 60 NS a.\n. IN DNSKEY 257 3 13 " KEY "\n", NULL},
	{"as unbound-anchor writes it", "auto-trust-anchor-file: a.key",
	 ".\tIN\tDS\t17927 13 2 " DIGEST "\n", NULL},
	{"as libunbound writes it", "auto-trust-anchor-file: a.key",
	 "; autotrust trust anchor file\n;;id: . 1\n"
	 ";;last_queried: 1795702863 ;;Thu Nov 26 14:21:03 2026\n"
	 ".\t86400\tIN\tDNSKEY\t257 3 13 " KEY " ;{id = 17927 (ksk), size = 256b} "
	 ";;state=2 [  VALID  ] ;;count=0 ;;lastchange=1795702863 ;;Thu Nov 26 14:21:03 2026\n",
	 NULL},
	{"as libunbound writes it, with keys that are not trusted", "auto-trust-anchor-file: a.key",
	 ".\t86400\tIN\tDNSKEY\t257 3 13 " KEY " ;{id = 17927 (ksk)} ;;state=3 [ MISSING ]\n"
	 ".\t86400\tIN\tDNSKEY\t257 3 13 " OTHER " ;{id = 1 (ksk)} ;;state=1 [ ADDPEND ]\n"
	 ".\t86400\tIN\tDNSKEY\t385 3 13 " OTHER " ;{id = 1 (ksk)} ;;state=4 [ REVOKED ]\n",
	 NULL},
	{"as BIND has it", "trusted-keys-file: a.key",
	 "options { directory \"/\"; }; // trusted-keys {\n/* trusted-keys\n * { */\n"
	 "trusted-keys {\n\t\".\" 257 3 13 \"" KEY "\"; # of the lab\n};\n",
	 NULL},
	{"as BIND has it, in one of several files", "trusted-keys-file: \"*.key\"",
	 "trusted-keys { . 257 3 13 \"" KEY_IN_PARTS "\"; };", "managed-keys { };\n"},
};

/* Otherwise: a restart, or libunbound's own writing, would throw away everything that is known. */
static void one_key_is_one_whatever_form_names_it(void **state)
{
	uint32_t expected = fingerprint_of(&one_key[0]);

	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(one_key); i++)
		if (fingerprint_of(&one_key[i]) != expected)
			fail_msg("%s", one_key[i].name);
}

#define HINTS     ". 3600 NS a.example.\na.example. 3600 A 192.0.2.1\n"
#define ZONE      "z.example. 60 SOA a. b. 1 1 1 1 60\nz.example. 60 NS a.\n"
#define AUTH_ZONE "auth-zone:\nname: z.example\nzonefile: a.key"

/* Each differs from its neighbour in what it says. */
static const struct world different[] = {
	{"no anchor", "", NULL, NULL},
	{"a key", "trust-anchor-file: a.key", ". DNSKEY 257 3 13 " KEY "\n", NULL},
	{"another key", "trust-anchor-file: a.key", ". DNSKEY 257 3 13 " OTHER "\n", NULL},
	{"of another zone", "trust-anchor-file: a.key", "example. DNSKEY 257 3 13 " OTHER "\n",
	 NULL},
	{"of another algorithm", "trust-anchor-file: a.key", "example. DNSKEY 257 3 14 " OTHER "\n",
	 NULL},
	{"two keys", "trust-anchor-file: a.key\ntrust-anchor: \"" OTHER_DS "\"",
	 ". DNSKEY 257 3 13 " KEY "\n", NULL},
	{"a pending key", "auto-trust-anchor-file: a.key",
	 ". DNSKEY 257 3 13 " KEY "\n. DNSKEY 257 3 13 " OTHER " ;;state=1\n", NULL},
	{"a key that became valid", "auto-trust-anchor-file: a.key",
	 ". DNSKEY 257 3 13 " KEY "\n. DNSKEY 257 3 13 " OTHER " ;;state=2\n", NULL},
	{"a revoked zone", "auto-trust-anchor-file: a.key",
	 ";;REVOKED\n. DNSKEY 257 3 13 " KEY "\n. DNSKEY 257 3 13 " OTHER " ;;state=2\n", NULL},
	{"a key of several files", "trusted-keys-file: \"?.key\"",
	 "trusted-keys { . 257 3 13 \"" KEY "\"; };", "trusted-keys { };"},
	{"a key of several files, replaced", "trusted-keys-file: \"?.key\"",
	 "trusted-keys { . 257 3 13 \"" OTHER "\"; };", "trusted-keys { };"},
	{"another key in one of several files", "trusted-keys-file: \"{a,b}.key\"",
	 "trusted-keys { . 257 3 13 \"" OTHER "\"; };",
	 "trusted-keys { example. 257 3 13 \"" OTHER "\"; };"},
	{"hints", "root-hints: a.key", HINTS, NULL},
	{"hints of the same length", "root-hints: a.key",
	 ". 3600 NS a.example.\na.example. 3600 A 192.0.2.2\n", NULL},
	{"a zone", AUTH_ZONE, ZONE, NULL},
	{"a zone of the same length", AUTH_ZONE,
	 "z.example. 60 SOA a. b. 2 1 1 1 60\nz.example. 60 NS a.\n", NULL},
};

/* Otherwise: a reload would go on with answers that the new key, or zone, does not stand for. */
static void what_files_say_counts(void **state)
{
	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(different); i++)
		if (fingerprint_of(&different[i]) == fingerprint_of(&different[i - 1]))
			fail_msg("%s, and %s", different[i - 1].name, different[i].name);
}

/* Otherwise: what a zone's file includes could change unseen. */
static void files_that_a_zone_includes_count(void **state)
{
	uint32_t fingerprints[2];
	char text[512], zone[512];
	struct lab lab;

	(void)state;
	for (int i = 0; i < 2; i++) {
		_cleanup_(rb_config_freep) struct rb_config *config = NULL;

		lab_open(&lab);
		snprintf(zone, sizeof(zone), ZONE "$INCLUDE %s/b ; more\n", lab.path);
		lab_file(&lab, "a", zone);
		lab_file(&lab, "b",
			 i ? "z.example. 60 A 192.0.2.1\n" : "z.example. 60 A 192.0.2.2\n");
		/* The same text, but for what is included. */
		snprintf(text, sizeof(text), "auth-zone:\nname: z.example\nzonefile: %s/a\n",
			 lab.path);
		config = read_text(text, 0);
		fingerprints[i] = rb_config_fingerprint(config);
		lab_close(&lab);
	}
	assert_int_not_equal(fingerprints[0], fingerprints[1]);
}

static const struct {
	const char *text, *a;
	enum rb_message_kind kind;
	const char *message; /* '@@' stands for the directory */
} faults[] = {
	{"trust-anchor: \"example. DS 1 13 2 ZZZZ\"", NULL, RB_MESSAGE_ERROR,
	 "t.conf:3: trust-anchor: 'example. DS 1 13 2 ZZZZ': "},
	{"trust-anchor: \"example. A 192.0.2.1\"", NULL, RB_MESSAGE_ERROR,
	 "t.conf:3: trust-anchor: 'example. A 192.0.2.1': expected a DS or DNSKEY record"},
	{"trust-anchor-file: a.key", "\n\n. DS 1 13 2 " DIGEST "\n. DS 1 13 junk\n",
	 RB_MESSAGE_ERROR, "t.conf:3: trust-anchor-file: @@/a.key:4: "},
	{"trust-anchor-file: a.key", ". DS ( 1 13 2\n" DIGEST " )\n$INCLUDE b\n", RB_MESSAGE_ERROR,
	 "t.conf:3: trust-anchor-file: @@/a.key:3: expected a record, $ORIGIN or $TTL"},
	{"trusted-keys-file: a.key", "trusted-keys {\n. 257 3 13;\n};", RB_MESSAGE_ERROR,
	 "t.conf:3: trusted-keys-file: @@/a.key:2: expected a name, flags, protocol, algorithm and "
	 "key"},
	{"trusted-keys-file: a.key", "trusted-keys\n. 257 3 13 " KEY ";\n};", RB_MESSAGE_ERROR,
	 "t.conf:3: trusted-keys-file: @@/a.key:1: expected '{' behind trusted-keys"},
	{"trusted-keys-file: \"a.ke?\"", "/* */ trusted-keys {\n. 257 3 13 \"" KEY "\"\n}",
	 RB_MESSAGE_ERROR, "t.conf:3: trusted-keys-file: @@/a.key:2: expected ';' behind a key"},
	{"auto-trust-anchor-file: a.key", ". DS 1 13 2 " DIGEST "\njunk junk\n", RB_MESSAGE_WARNING,
	 "t.conf:3: auto-trust-anchor-file: @@/a.key:2: "},
	{"auto-trust-anchor-file: a.key", ". DS 1 13 2 " DIGEST "\n", RB_MESSAGE_WARNING,
	 "t.conf:3: auto-trust-anchor-file" RB_ANCHORS_NOT_KEPT},
};

/* Whether any message of that kind begins with that. */
static bool is_told(const struct rb_config *config, enum rb_message_kind kind, const char *expected)
{
	const char *message;

	for (size_t i = 0; (message = message_of(config, kind, i)); i++)
		if (!strncmp(message, expected, strlen(expected)))
			return true;
	return false;
}

/* Otherwise: an operator would search for the fault in the wrong line, or nobody would be told. */
static void faults_are_told_with_both_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		_cleanup_(rb_config_freep) struct rb_config *config = NULL;
		char text[512], expected[512];
		const char *mark = strstr(faults[i].message, "@@");
		struct lab lab;

		lab_open(&lab);
		if (faults[i].a)
			lab_file(&lab, "a.key", faults[i].a);
		snprintf(text, sizeof(text), "server:\ndirectory: \"%s\"\n%s\n", lab.path,
			 faults[i].text);
		config = read_text(text, faults[i].kind == RB_MESSAGE_ERROR ? -EINVAL : 0);
		snprintf(expected, sizeof(expected), "%.*s%s%s",
			 (int)(mark ? mark - faults[i].message : 0), faults[i].message,
			 mark ? lab.path : "", mark ? mark + 2 : faults[i].message);
		if (!is_told(config, faults[i].kind, expected))
			fail_msg("%s: %s", faults[i].text, expected);
		lab_close(&lab);
	}
}

#define DS_2017 ". DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"
#define DS_2024 ". DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"
#define KEY_2017                                                                                   \
	". 172800 IN DNSKEY 257 3 8 "                                                              \
	"AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixHlFlExOLAJr5emLvN" \
	"7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8" \
	"efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLY" \
	"A4/ilBmSVIzuDWfdRUfhHdY6+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU="

static const struct {
	const char *name, *text, *a;
	unsigned int warned_line; /* 0: nothing is said */
} roots[] = {
	{"the old DS", "trust-anchor: \"" DS_2017 "\"", NULL, 3},
	{"the old DNSKEY in a file", "trust-anchor-file: a.key", KEY_2017 "\n", 3},
	{"both", "trust-anchor: \"" DS_2017 "\"\ntrust-anchor: \"" DS_2024 "\"", NULL, 0},
	{"both in files", "trust-anchor: \"" DS_2017 "\"\nauto-trust-anchor-file: a.key",
	 KEY_2017 "\n" DS_2024 "\n", 0},
	{"the new one waits", "auto-trust-anchor-file: a.key",
	 KEY_2017 " ;;state=2\n. DNSKEY 257 3 13 " KEY " ;;state=1\n", 3},
	{"the new one alone", "trust-anchor: \"" DS_2024 "\"", NULL, 0},
	{"the same tag below the root",
	 "trust-anchor: \"example" DS_2024 "\"\ntrust-anchor: \"" DS_2017 "\"", NULL, 4},
	{"a zone's key with the old tag", "trust-anchor: \"example" DS_2017 "\"", NULL, 0},
	{"another root", "trust-anchor: \". DS 17927 13 2 " DIGEST "\"", NULL, 0},
	{"nothing is validated", "module-config: iterator\ntrust-anchor: \"" DS_2017 "\"", NULL, 0},
};

/* Otherwise: a resolver would fail for every name one day, and nobody would have been told. */
static void root_without_its_newer_key_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		_cleanup_(rb_config_freep) struct rb_config *config = NULL;
		unsigned int line = roots[i].warned_line;
		char text[1024], expected[512];
		struct lab lab;

		lab_open(&lab);
		if (roots[i].a)
			lab_file(&lab, "a.key", roots[i].a);
		snprintf(text, sizeof(text), "server:\ndirectory: \"%s\"\n%s\n", lab.path,
			 roots[i].text);
		config = read_text(text, 0);
		lab_close(&lab);
		snprintf(expected, sizeof(expected), "t.conf:%u: " RB_ANCHORS_LACK_ROOT_KEY, line);
		if (config->lacks_root_key != (line > 0) ||
		    is_told(config, RB_MESSAGE_WARNING, expected) != (line > 0))
			fail_msg("%s", roots[i].name);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_key_is_one_whatever_form_names_it),
		cmocka_unit_test(what_files_say_counts),
		cmocka_unit_test(files_that_a_zone_includes_count),
		cmocka_unit_test(faults_are_told_with_both_places),
		cmocka_unit_test(root_without_its_newer_key_is_told),
	};

	return cmocka_run_group_tests_name("anchors", tests, NULL, NULL);
}

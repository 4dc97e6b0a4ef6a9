/* SPDX-License-Identifier: BSD-2-Clause */
/* The directives of server: that need more than a field or a line for libunbound. */
#include "config/handlers.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "config/reader.h"
#include "util/cleanup.h"

#define RB_NSID_MAX 512 /* letters: more would crowd out answers */

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static const struct {
	const char *name;
	enum rb_acl_action action;
} actions[] = {
	{"deny", RB_ACL_DENY},
	{"refuse", RB_ACL_REFUSE},
	{"allow", RB_ACL_ALLOW},
	{"allow_setrd", RB_ACL_ALLOW_SETRD},
	{"allow_snoop", RB_ACL_ALLOW_SNOOP},
	{"deny_non_local", RB_ACL_DENY_NON_LOCAL},
	{"refuse_non_local", RB_ACL_REFUSE_NON_LOCAL},
};

int rb_acl_action_read(struct rb_reader *reader, const struct rb_directive *directive,
		       const char *text, enum rb_acl_action *ret_action, bool *ret_wrong)
{
	size_t i;

	*ret_wrong = true;
	if (!strcmp(text, "allow_cookie"))
		return rb_config_error(reader->config, reader->location,
				       "%s: allow_cookie is not supported: clients are not asked "
				       "for DNS cookies; use allow",
				       directive->name);
	for (i = 0; i < ARRAY_SIZE(actions); i++)
		if (!strcmp(text, actions[i].name))
			break;
	if (i == ARRAY_SIZE(actions))
		return rb_config_error(
			reader->config, reader->location,
			"%s: expected deny, refuse, allow, allow_setrd, allow_snoop, "
			"deny_non_local or refuse_non_local, not '%s'",
			directive->name, text);
	*ret_wrong = false;
	*ret_action = actions[i].action;
	if (*ret_action == RB_ACL_ALLOW_SNOOP)
		reader->config->allow_snoop = true;
	return 0;
}

int rb_handle_access_control(struct rb_reader *reader, const struct rb_directive *directive,
			     const struct rb_value *values)
{
	struct rb_config *config = reader->config;
	struct rb_acl_rule rule = {0};
	bool wrong;
	int err = rb_acl_action_read(reader, directive, values[1].text, &rule.action, &wrong);

	if (err || wrong)
		return err;
	rb_value_netblock(values[0].text, rule.addr, &rule.prefix);
	/*
	 * Unbound compares IPv6 netblocks with IPv6 clients alone, and none of those comes from
	 * ::ffff:0:0/96. Here the rule would speak of IPv4 clients, for whom it was not written.
	 */
	if (strchr(values[0].text, ':') && rule.prefix >= 96 &&
	    !memcmp(rule.addr, mapped_prefix, sizeof(mapped_prefix)))
		return 0;
	return rb_array_append(&config->acl, &config->acl_count, sizeof(rule), &rule);
}

/* It is all taken at the start. */
int rb_handle_hot_cache_size(struct rb_reader *reader, const struct rb_directive *directive,
			     const struct rb_value *values)
{
	uint64_t bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);

	(void)values;
	if (reader->config->hot_cache_bytes <= bytes)
		return 0;
	return rb_config_error(reader->config, reader->location,
			       "%s: this machine has %" PRIu64 " MB of memory", directive->name,
			       bytes >> 20);
}

/* As Unbound: whoever it is started by, the user must be there. */
int rb_handle_username(struct rb_reader *reader, const struct rb_directive *directive,
		       const struct rb_value *values)
{
	if (!*values[0].text || getpwnam(values[0].text))
		return 0;
	return rb_config_error(reader->config, reader->location, "%s: there is no user '%s'",
			       directive->name, values[0].text);
}

static int hex_digit(char letter)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = letter ? strchr(digits, letter | 0x20) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Pairs of digits; -1: they are not. */
static int hex_read(const char *text, uint8_t *out)
{
	int len = 0;

	for (; *text; text += 2, len++) {
		int high = hex_digit(text[0]), low = high < 0 ? -1 : hex_digit(text[1]);

		if (low < 0)
			return -1;
		out[len] = (uint8_t)(high << 4 | low);
	}
	return len;
}

/* "ascii_" and the text itself, or hexadecimal digits. */
int rb_handle_nsid(struct rb_reader *reader, const struct rb_directive *directive,
		   const struct rb_value *values)
{
	static const char ascii[] = "ascii_";
	struct rb_config *config = reader->config;
	const char *text = values[0].text;
	bool is_ascii = !strncasecmp(text, ascii, strlen(ascii));
	size_t len = strlen(text);
	int bytes;

	if (len > RB_NSID_MAX)
		return rb_config_error(config, reader->location, "%s: no longer than %d, please",
				       directive->name, RB_NSID_MAX);
	free(config->nsid);
	config->nsid_len = 0;
	config->nsid = malloc(len + 1);
	if (!config->nsid)
		return -ENOMEM;
	bytes = is_ascii ? (int)(len - strlen(ascii)) : hex_read(text, config->nsid);
	if (bytes < 0)
		return rb_config_error(config, reader->location,
				       "%s: expected ascii_ and a text, or pairs of hexadecimal "
				       "digits, not '%s'",
				       directive->name, text);
	if (is_ascii)
		memcpy(config->nsid, text + strlen(ascii), (size_t)bytes);
	config->nsid_len = (uint16_t)bytes;
	return 0;
}

/* Pairs of a key's size and iterations, sizes ascending. */
int rb_handle_keysize_iterations(struct rb_reader *reader, const struct rb_directive *directive,
				 const struct rb_value *values)
{
	char *cursor = values[0].text, *end;
	long size = -1, last;
	bool ascends = true, odd = false;

	for (long number = strtol(cursor, &end, 10); end != cursor;
	     number = strtol(cursor, &end, 10)) {
		cursor = end;
		odd = !odd;
		if (!odd)
			continue;
		last = size;
		size = number;
		ascends &= last < size;
	}
	if (!odd && ascends)
		return 0;
	return rb_config_error(reader->config, reader->location,
			       "%s: expected pairs of a key's size, ascending, and iterations, "
			       "such as '1024 150 2048 150', not '%s'",
			       directive->name, values[0].text);
}

/* What is at a path that runbound makes itself, and may have made before. */
static const struct {
	const char *directive;
	mode_t kind;
	const char *name;
} own_paths[] = {
	{"pin-dir", S_IFDIR, "a directory"},
	{"state-directory", S_IFDIR, "a directory"},
	{"cache-file", S_IFREG, "a regular file"},
	{"control-socket", S_IFSOCK, "a socket"},
};

int rb_handle_own_path(struct rb_reader *reader, const struct rb_directive *directive,
		       const struct rb_value *values)
{
	struct stat there;

	if (!*values[0].text || lstat(values[0].text, &there))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(own_paths); i++)
		if (!strcmp(directive->name, own_paths[i].directive) &&
		    (there.st_mode & S_IFMT) != own_paths[i].kind)
			return rb_config_error(reader->config, reader->location,
					       "%s: '%s' is there, and is not %s", directive->name,
					       values[0].text, own_paths[i].name);
	return 0;
}

int rb_handle_control_socket(struct rb_reader *reader, const struct rb_directive *directive,
			     const struct rb_value *values)
{
	char *path;

	if (*values[0].text && *values[0].text != '/')
		return rb_config_error(reader->config, reader->location,
				       "%s: expected a path that begins with '/', or \"\" for no "
				       "socket, not '%s'",
				       directive->name, values[0].text);
	path = strdup(values[0].text);
	if (!path)
		return -ENOMEM;
	free(reader->config->control_socket);
	reader->config->control_socket = path;
	return rb_handle_own_path(reader, directive, values);
}

/* What module-config may name, and what becomes of it. */
static const struct {
	const char *name;
	enum rb_effect effect;
	const char *note;
} modules[] = {
	{"iterator", RB_EFFECT_HANDLED, NULL},
	{"validator", RB_EFFECT_HANDLED, NULL},
	{"dns64", RB_EFFECT_HANDLED, NULL},
	/* They do nothing until other directives ask them to, and those are errors. */
	{"respip", RB_EFFECT_NONE, NULL},
	{"subnetcache", RB_EFFECT_NONE, NULL},
	{"cachedb", RB_EFFECT_IGNORED, "module cachedb: there is no cache but runbound's own"},
	{"ipsecmod", RB_EFFECT_IGNORED, "module ipsecmod: there is none"},
	{"ipset", RB_EFFECT_IGNORED, "module ipset: no addresses are put into ipsets"},
	{"python", RB_EFFECT_REFUSED, "module python is not supported: it would change answers"},
	{"dynlib", RB_EFFECT_REFUSED, "module dynlib is not supported: it would change answers"},
};

/* ret_known: whether libunbound is to have it. */
static int module_check(struct rb_reader *reader, const struct rb_directive *directive,
			const char *name, bool *ret_known)
{
	size_t i;

	*ret_known = false;
	for (i = 0; i < ARRAY_SIZE(modules); i++)
		if (!strcmp(name, modules[i].name))
			break;
	if (i == ARRAY_SIZE(modules))
		return rb_config_error(reader->config, reader->location,
				       "%s: unknown module '%s', known are validator, iterator and "
				       "dns64",
				       directive->name, name);
	switch (modules[i].effect) {
	case RB_EFFECT_IGNORED:
		return rb_reader_ignored(reader, &modules[i], directive->name, modules[i].note);
	case RB_EFFECT_REFUSED:
		return rb_config_error(reader->config, reader->location, "%s: %s", directive->name,
				       modules[i].note);
	case RB_EFFECT_HANDLED:
		*ret_known = true;
		break;
	case RB_EFFECT_NONE:
		break;
	}
	return 0;
}

static void word_append(char *words, const char *word)
{
	size_t len = strlen(words);

	if (len)
		words[len++] = ' ';
	memcpy(words + len, word, strlen(word) + 1);
}

/* module-config, as far as libunbound has it, with its words still to come. */
static int modules_reset(struct rb_reader *reader, size_t bytes)
{
	free(reader->modules);
	free(reader->config->cd_modules);
	reader->modules = calloc(1, bytes);
	reader->config->cd_modules = calloc(1, bytes);
	return reader->modules && reader->config->cd_modules ? 0 : -ENOMEM;
}

int rb_handle_module_config(struct rb_reader *reader, const struct rb_directive *directive,
			    const struct rb_value *values)
{
	_cleanup_free_ char *copy = strdup(values[0].text);
	char *rest = copy, *word;
	const char *last = "";
	bool has_dns64 = false;
	int err = copy ? modules_reset(reader, strlen(copy) + 1) : -ENOMEM;

	while (!err && (word = strsep(&rest, " \t"))) {
		bool known, is_dns64 = !strcmp(word, "dns64");

		if (!*word)
			continue;
		last = word;
		err = module_check(reader, directive, word, &known);
		if (err || !known)
			continue;
		word_append(reader->modules, word);
		if (!is_dns64)
			word_append(reader->config->cd_modules, word);
		has_dns64 |= is_dns64;
	}
	if (err)
		return err;
	if (!has_dns64) {
		free(reader->config->cd_modules);
		reader->config->cd_modules = NULL;
	}
	if (strcmp(last, "iterator") != 0)
		return rb_config_error(reader->config, reader->location,
				       "%s: expected modules of which iterator is the last, not "
				       "'%s'",
				       directive->name, values[0].text);
	return 0;
}

/* As Unbound: 14 digits of a date, or seconds since 1970; what is empty is today. */
int rb_handle_override_date(struct rb_reader *reader, const struct rb_directive *directive,
			    const struct rb_value *values)
{
	const char *text = values[0].text, *end = NULL;
	int64_t *date = &reader->config->val_override_date;
	struct tm when = {0};

	if (strlen(text) == 14 && strspn(text, "0123456789") == 14)
		end = strptime(text, "%Y%m%d%H%M%S", &when);
	if (end && !*end) {
		*date = timegm(&when);
		return 0;
	}
	errno = 0;
	*date = strtol(text, (char **)&end, 10);
	if (!errno && (end != text || !*text) && !*end && *date >= RB_OVERRIDE_ANY_DATE &&
	    *date <= INT32_MAX)
		return 0;
	return rb_config_error(reader->config, reader->location,
			       "%s: expected YYYYMMDDHHMMSS, seconds since 1970, 0 (today) or -1 "
			       "(any date), not '%s'",
			       directive->name, text);
}

/* Seconds; "" is none, as in Unbound. */
int rb_handle_statistics_interval(struct rb_reader *reader, const struct rb_directive *directive,
				  const struct rb_value *values)
{
	uint64_t seconds = 0;

	if (*values[0].text && !rb_value_number(values[0].text, 0, INT32_MAX, &seconds))
		return rb_config_error(reader->config, reader->location,
				       "%s: expected a number of seconds, 0 for none, not '%s'",
				       directive->name, values[0].text);
	reader->config->statistics_interval_s = (uint32_t)seconds;
	return 0;
}

/* Of it and use-syslog: the later counts, as in Unbound. */
int rb_handle_log_file(struct rb_reader *reader, const struct rb_directive *directive,
		       const struct rb_value *values)
{
	(void)directive, (void)values;
	reader->config->use_syslog = false;
	reader->log_file_location = reader->location;
	return 0;
}

int rb_handle_pidfile(struct rb_reader *reader, const struct rb_directive *directive,
		      const struct rb_value *values)
{
	(void)directive, (void)values;
	reader->pidfile_location = reader->location;
	return 0;
}

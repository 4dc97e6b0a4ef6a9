/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of blocklists: "0.0.0.0 ads.example" (hosts), "ads.example" or "*.ads.example" (domains),
 * "||ads.example^" (adblock). Comments begin with "#" or "!". A zone file of response policy is
 * list_zone's.
 */
#include "policy/list_file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "policy/list_zone.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/fnv.h"

#define BLANKS     " \t\r\n"
#define ROOM_BYTES (1 << 16) /* of a file, that are read at once */

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool takes(const struct rb_list_reading *reading, enum rb_list_format format)
{
	return reading->list->format == RB_LIST_AUTO || reading->list->format == format;
}

int rb_list_unusable(struct rb_list_reading *reading)
{
	if (!reading->counts->unusable++)
		reading->counts->line = reading->line;
	return 0;
}

int rb_list_name_use(struct rb_list_reading *reading, enum rb_list_use use, const uint8_t *name,
		     size_t len)
{
	/* What a list of what is allowed excepts from blocking, it allows. */
	const struct rb_build_place place = {
		.list = reading->number,
		.line = reading->line,
		.lets_pass = use == RB_LIST_LETS_PASS && reading->list->action != RB_LIST_ALLOW,
	};
	uint8_t lower[RB_NAME_MAX];

	if (!reading->build)
		return RB_LIST_FOUND;
	rb_name_lower(name, len, lower);
	return rb_build_listed(reading->build, &place, lower, len);
}

/* Names of hosts, and of services. Others are patterns, or lines of another format. */
static bool is_name(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";

	return strspn(text, allowed) == strlen(text);
}

/* A line's name, maybe behind "*." or "."; the root is none that anybody means to block. */
static int name_use(struct rb_list_reading *reading, enum rb_list_use use, const char *text)
{
	uint8_t name[RB_NAME_MAX];
	int len;

	text += *text == '*' && text[1] == '.';
	text += *text == '.' && text[1];
	len = is_name(text) ? rb_name_from_text(text, name) : 0;
	return len > 1 ? rb_list_name_use(reading, use, name, (size_t)len)
		       : rb_list_unusable(reading);
}

/* The word at *position, of which the byte behind becomes its end; NULL: there is none. */
static char *word_next(char **position)
{
	char *word = *position, *end;

	while (is_blank(*word))
		word++;
	if (!*word)
		return NULL;
	for (end = word; *end && !is_blank(*end); end++)
		;
	*position = end + (*end != '\0');
	*end = '\0';
	return word;
}

static bool is_address(const char *word)
{
	uint8_t addr[sizeof(struct in6_addr)];

	return ((*word >= '0' && *word <= '9') || strchr(word, ':')) &&
	       (inet_pton(AF_INET, word, addr) == 1 || inet_pton(AF_INET6, word, addr) == 1);
}

/* What every hosts file has for the machine itself: localhost4, ip6-loopback. */
static bool is_own(const char *name)
{
	if (strchr(name, '.'))
		return !strncmp(name, "localhost.", 10) || is_address(name);
	return !strncmp(name, "localhost", 9) || !strncmp(name, "ip6-", 4) ||
	       !strcmp(name, "local") || !strcmp(name, "broadcasthost") || is_address(name);
}

/* Behind the address: the names. */
static int hosts_use(struct rb_list_reading *reading, char **position)
{
	char *word = word_next(position);
	int err = 0;

	if (!word)
		return rb_list_unusable(reading);
	for (; word && *word != '#' && !err; word = word_next(position))
		if (!is_own(word))
			err = name_use(reading, RB_LIST_BLOCKS, word);
	return err;
}

/*
 * "||name^", and "@@||name^" for an exception, with nothing behind it that makes it mean less than
 * the whole name.
 */
static int adblock_use(struct rb_list_reading *reading, enum rb_list_use use, char *word)
{
	char *end = strchr(word, '^');

	if (!end || (end[1] && strcmp(end + 1, "$important") != 0 && strcmp(end + 1, "|") != 0))
		return rb_list_unusable(reading);
	*end = '\0';
	return name_use(reading, use, word + 2);
}

/* Of a line that is a name: behind it stands a comment at most, or it is a sentence. */
static bool is_remark(const char *word)
{
	return !word || strchr("#!;", *word);
}

static int line_use(struct rb_list_reading *reading, char *text)
{
	char *word = word_next(&text);
	enum rb_list_use use = RB_LIST_BLOCKS;

	if (!word || *word == '#' || *word == '!' || *word == '[')
		return 0;
	if (!strncmp(word, "@@", 2)) {
		use = RB_LIST_LETS_PASS;
		word += 2;
	}
	if (!strncmp(word, "||", 2))
		return takes(reading, RB_LIST_ADBLOCK) ? adblock_use(reading, use, word)
						       : rb_list_unusable(reading);
	if (use == RB_LIST_LETS_PASS)
		return rb_list_unusable(reading);
	if (is_address(word))
		return takes(reading, RB_LIST_HOSTS) ? hosts_use(reading, &text)
						     : rb_list_unusable(reading);
	if (!takes(reading, RB_LIST_DOMAINS) || !is_remark(word_next(&text)))
		return rb_list_unusable(reading);
	return name_use(reading, use, word);
}

/* What some editors begin a file with. */
static char *without_mark(char *text)
{
	return strncmp(text, "\xef\xbb\xbf", 3) ? text : text + 3;
}

/* A line may be of any length. */
static int room_double(char **chunk, size_t *room)
{
	char *larger = realloc(*chunk, *room * 2);

	if (!larger)
		return -ENOMEM;
	*chunk = larger;
	*room *= 2;
	return 0;
}

/* text: len bytes, with the newline, which becomes the text's end; a last line has none. */
static int line_take(struct rb_list_reading *reading, char *text, size_t len)
{
	reading->line++;
	reading->contents = rb_fnv_words(reading->contents, text, len);
	text[len - (text[len - 1] == '\n')] = '\0';
	/* What stands in front of a NUL is not what somebody has written. */
	if (strlen(text) + 1 < len)
		return rb_list_unusable(reading);
	return line_use(reading, reading->line == 1 ? without_mark(text) : text);
}

/* The whole lines of len bytes; *ret_taken: how many bytes these are. */
static int chunk_use(struct rb_list_reading *reading, char *chunk, size_t len, size_t *ret_taken)
{
	char *line = chunk, *end;
	int err = 0;

	while (!err && (end = memchr(line, '\n', len - (size_t)(line - chunk)))) {
		err = line_take(reading, line, (size_t)(end + 1 - line));
		line = end + 1;
	}
	*ret_taken = (size_t)(line - chunk);
	return err;
}

/* Of a file that has given nothing more. */
static int read_error(FILE *file)
{
	return !ferror(file) ? 0 : errno ? -errno : -EIO;
}

static int lines_use(struct rb_list_reading *reading, FILE *file)
{
	size_t room = ROOM_BYTES, len = 0, got;
	_cleanup_free_ char *chunk = malloc(room);
	int err = chunk ? 0 : -ENOMEM;

	/* There always is room for the end of a text. */
	while (!err && (got = fread(chunk + len, 1, room - len - 1, file))) {
		size_t taken;

		len += got;
		err = chunk_use(reading, chunk, len, &taken);
		len -= taken;
		memmove(chunk, chunk + taken, len);
		if (!err && len == room - 1)
			err = room_double(&chunk, &room);
	}
	if (!err && len)
		err = line_take(reading, chunk, len);
	return err ?: read_error(file);
}

/* By the first line that says anything. */
static int zone_find(FILE *file, bool *ret_is_zone)
{
	_cleanup_free_ char *text = NULL;
	const char *first = "";
	size_t room = 0;
	int err;

	while (getline(&text, &room, file) >= 0) {
		first = without_mark(text);
		first += strspn(first, BLANKS);
		if (*first && *first != '#' && *first != '!')
			break;
		first = "";
	}
	*ret_is_zone = (*first && strchr("$;", *first)) || !strncmp(first, "@ ", 2) ||
		       !strncmp(first, "@\t", 2) || strstr(first, " SOA ") ||
		       strstr(first, "\tSOA\t");
	err = read_error(file);
	rewind(file);
	return err;
}

static int file_use(struct rb_list_reading *reading, FILE *file)
{
	bool is_zone = reading->list->format == RB_LIST_RPZ;
	int err = 0;

	if (reading->list->format == RB_LIST_AUTO)
		err = zone_find(file, &is_zone);
	if (err)
		return err;
	return is_zone ? rb_list_zone_use(reading, file) : lines_use(reading, file);
}

int rb_list_file_has_names(FILE *file, enum rb_list_format format, bool *ret_has_names)
{
	const struct rb_local_list list = {.format = (uint8_t)format};
	struct rb_list_counts counts = {0};
	struct rb_list_reading reading = {.list = &list, .counts = &counts};
	int err = file_use(&reading, file);

	if (err < 0)
		return err;
	*ret_has_names = err == RB_LIST_FOUND;
	return 0;
}

int rb_list_file_read(struct rb_build *build, const struct rb_local_list *list, uint32_t number,
		      struct rb_list_counts *ret_counts)
{
	_cleanup_fclose_ FILE *file = NULL;
	struct rb_list_reading reading = {
		.build = build,
		.contents = build->contents,
		.list = list,
		.number = number,
		.counts = ret_counts,
	};
	int err = rb_file_open(list->file, RB_FILE_PLAIN, &file);

	*ret_counts = (struct rb_list_counts){0};
	if (err == -ENOENT && list->url) {
		ret_counts->absent = true;
		return 0;
	}
	if (!err)
		err = file_use(&reading, file);
	build->contents = reading.contents;
	if (!err || err == -ENOMEM || err == -E2BIG)
		return err;
	build->fault.origin.line = reading.line;
	build->fault.origin.file = list->file_number;
	build->fault.why = rb_file_strerror(err);
	return -EINVAL;
}

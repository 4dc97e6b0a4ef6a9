/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that writes the cache as text, or reads it. */
#include "control/unbound/cache_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/unbound/words.h"
#include "dns/name.h"
#include "import/dump_cache.h"
#include "import/input.h"
#include "store/intake.h"
#include "util/cleanup.h"
#include "util/helper.h"
#include "util/text.h"

#define TEXT_MAX     (1UL << 30)
#define BUFFER_BYTES (64UL << 10)

struct rb_cache_text {
	struct rb_table *table;
	struct rb_helper helper;
	/* While the helper runs, only it uses these: */
	struct rb_import_dump_names names; /* of cache_lookup; none: dump_cache */
	struct rb_intake *intake;          /* load_cache; NULL: one of the two others */
	char *bytes;                       /* the text so far */
	size_t len;
};

static rb_helper_fn run;

int rb_cache_text_new(struct rb_table *table, struct rb_cache_text **ret_text)
{
	struct rb_cache_text *text = calloc(1, sizeof(*text));
	int err;

	if (!text)
		return -ENOMEM;
	text->table = table;
	text->helper = (struct rb_helper){.name = "rb-cache-text", .run = run, .context = text};
	err = rb_helper_open(&text->helper);
	if (err) {
		free(text);
		return err;
	}
	*ret_text = text;
	return 0;
}

static void clear(struct rb_cache_text *text)
{
	rb_intake_free(TAKE_PTR(text->intake));
	free(TAKE_PTR(text->bytes));
	text->len = 0;
	text->names.count = 0;
}

void rb_cache_text_free(struct rb_cache_text *text)
{
	if (!text)
		return;
	rb_helper_close(&text->helper);
	clear(text);
	free(text);
}

static ssize_t client_write(void *cookie, const char *bytes, size_t len)
{
	return rb_helper_send(*(int *)cookie, bytes, len) ? (ssize_t)len : 0;
}

/* Write through a stream with a small buffer, so that the dump ends soon if the client has gone. */
static void dump(int fd, const struct rb_cache_text *text)
{
	const cookie_io_functions_t functions = {.write = client_write};
	_cleanup_fclose_ FILE *out = fopencookie(&fd, "w", functions);

	if (!out)
		return;
	setvbuf(out, NULL, _IOFBF, BUFFER_BYTES);
	/* A client that has gone cannot be told. */
	(void)rb_import_dump_cache(text->table, text->names.count ? &text->names : NULL, out);
}

/* Whether the line "EOF" has come, so that we need not wait for more. */
static bool is_complete(const struct rb_cache_text *text)
{
	static const char end[] = "\nEOF\n";
	size_t len = sizeof(end) - 1;

	return text->len >= len && !memcmp(text->bytes + text->len - len, end, len);
}

static int grow(struct rb_cache_text *text, size_t *room)
{
	char *bytes;

	if (text->len < *room)
		return 0;
	if (*room >= TEXT_MAX)
		return -EFBIG;
	bytes = realloc(text->bytes, *room * 2);
	if (!bytes)
		return -ENOMEM;
	text->bytes = bytes;
	*room *= 2;
	return 0;
}

/* main has read at most BUFFER_BYTES, for which there is room already. */
static int receive(int fd, struct rb_cache_text *text)
{
	size_t room = BUFFER_BYTES;

	while (!is_complete(text)) {
		int err = grow(text, &room);
		ssize_t got;

		if (err)
			return err;
		got = recv(fd, text->bytes + text->len, room - text->len, 0);
		if (got <= 0)
			return got ? -errno : -ENODATA;
		text->len += (size_t)got;
	}
	return 0;
}

/* Pass the bytes of a record stream to the intake. 0: it takes no more. */
static ssize_t intake_write(void *cookie, const char *bytes, size_t len)
{
	struct rb_intake *intake = cookie;
	size_t taken = 0;

	while (taken < len) {
		size_t room, some = len - taken;
		uint8_t *to = rb_intake_room(intake, &room);
		int err;

		if (some > room)
			some = room;
		memcpy(to, bytes + taken, some);
		err = rb_intake_filled(intake, some);
		if (err && err != -ENODATA)
			return 0;
		taken += some;
	}
	return (ssize_t)len;
}

static int record_put(const struct rb_store_record *record, void *context)
{
	return rb_store_put(context, record);
}

static int input_put(struct rb_import_input *input, struct rb_import_problems *problems, FILE *out)
{
	struct rb_store_writer writer;
	const struct rb_import_sink sink = {record_put, &writer};
	struct rb_store_clock now = rb_store_now();
	int err = rb_store_begin(&writer, out, 0, now);

	if (!err)
		err = rb_import_input_put(input, now.clock_ns, problems, &sink);
	return err ? err : rb_store_end(&writer);
}

static int load(struct rb_cache_text *text, struct rb_import_problems *problems)
{
	const cookie_io_functions_t functions = {.write = intake_write};
	_cleanup_(rb_import_input_closep) struct rb_import_input *input = NULL;
	struct rb_import_text read = {.bytes = text->bytes, .len = text->len, .line = 1};
	_cleanup_fclose_ FILE *out = fopencookie(text->intake, "w", functions);
	int err = out ? rb_import_input_open(RB_IMPORT_DUMP_CACHE, NULL, &read, problems, &input)
		      : -ENOMEM;

	if (!err)
		err = input_put(input, problems, out);
	free(read.words);
	return err;
}

/* Other text has neither sets nor messages. */
static bool is_dump(const struct rb_cache_text *text)
{
	static const char start[] = "START_RRSET_CACHE\n";

	return text->len >= sizeof(start) - 1 && !memcmp(text->bytes, start, sizeof(start) - 1);
}

static void result_print(const struct rb_intake *intake, const struct rb_import_problems *problems,
			 FILE *out)
{
	const struct rb_intake_counts *counts = rb_intake_counts(intake);
	const struct {
		const char *what;
		uint64_t count;
	} left_out[] = {
		{"local zones, local data or an auth-zone decide them", counts->local},
		{"there is a record that has been validated", counts->kept},
		{"expired, or their signatures are", counts->expired},
		{"make no sense", counts->unsound},
		{"too large for the table", counts->too_large},
	};

	fprintf(out, "ok loaded %" PRIu64 " records\n", counts->loaded);
	for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
		if (left_out[i].count)
			fprintf(out, "left out: %" PRIu64 ": %s\n", left_out[i].count,
				left_out[i].what);
	for (enum rb_import_reason reason = 0; reason < RB_IMPORT_REASON_COUNT; reason++)
		if (problems->counts[reason])
			fprintf(out, "left out: %lu: %s\n", problems->counts[reason],
				rb_import_reason_text(reason));
}

static void load_and_tell(struct rb_cache_text *text, FILE *out)
{
	struct rb_import_problems problems = {.source = "load_cache"};
	int err = is_dump(text) ? load(text, &problems) : -EINVAL;

	if (err == -EINVAL)
		fputs("error not what dump_cache prints: START_RRSET_CACHE was expected\n", out);
	else if (err)
		fprintf(out, "error %s; %s\n", rb_intake_problems(text->intake), strerror(-err));
	else
		result_print(text->intake, &problems, out);
	rb_import_problems_free(&problems);
}

static void load_serve(int fd, struct rb_cache_text *text)
{
	_cleanup_free_ char *answer = NULL;
	struct rb_text *memory;
	size_t len;
	FILE *out;
	int err = receive(fd, text);

	if (rb_text_open(&memory, &out))
		return;
	if (err == -ENODATA)
		fputs("error the text is cut off: it ends with a line EOF\n", out);
	else if (err)
		fprintf(out, "error %s\n", strerror(-err));
	else
		load_and_tell(text, out);
	if (!rb_text_close(memory, &answer, &len))
		rb_helper_send(fd, answer, len);
}

static void run(int fd, void *context)
{
	struct rb_cache_text *text = context;

	if (text->intake)
		load_serve(fd, text);
	else
		dump(fd, text);
	clear(text);
}

/* Take over what main has read of the text, and create the intake. */
static int load_prepare(struct rb_cache_text *text, const struct rb_clients_upload *upload,
			const struct rb_config *config)
{
	if (upload->rest_len > BUFFER_BYTES)
		return -EMSGSIZE;
	text->bytes = malloc(BUFFER_BYTES);
	if (!text->bytes)
		return -ENOMEM;
	memcpy(text->bytes, upload->rest, upload->rest_len);
	text->len = upload->rest_len;
	/* As in Unbound, the operator who loads a cache vouches for it. */
	return rb_intake_new(config, text->table, RB_INTAKE_TRUST, &text->intake);
}

enum verb {
	VERB_DUMP,
	VERB_LOAD,
	VERB_LOOKUP,
};

/* The names of cache_lookup, cut out of the words after the verb. */
static bool names_take(char *words, struct rb_import_dump_names *names, FILE *out)
{
	const char *word;

	while (*(word = rb_word_next(&words))) {
		int len = names->count < ARRAY_SIZE(names->names)
				  ? rb_name_from_text(word, names->names[names->count].name)
				  : -E2BIG;

		/* Unbound's "+t" allows a top-level domain, which is always allowed here. */
		if (!names->count && !strcmp(word, "+t"))
			continue;
		if (len <= 0) {
			fprintf(out, "error cache_lookup: %s '%s'\n",
				len == -E2BIG ? "too many names at" : "cannot parse name", word);
			return false;
		}
		names->names[names->count++].len = (size_t)len;
	}
	if (!names->count)
		fputs("error cache_lookup: it takes names\n", out);
	return names->count;
}

static int start(struct rb_cache_text *text, const struct rb_clients_upload *upload,
		 const struct rb_config *config, enum verb verb,
		 const struct rb_import_dump_names *names)
{
	int err = 0;

	if (rb_helper_is_busy(&text->helper))
		return -EBUSY;
	rb_helper_stop(&text->helper);
	clear(text);
	text->names = *names;
	if (verb == VERB_LOAD)
		err = load_prepare(text, upload, config);
	if (!err)
		rb_helper_start(&text->helper, upload->fd);
	return err;
}

static bool take(struct rb_command_call *call, enum verb verb,
		 const struct rb_import_dump_names *names)
{
	int err = start(call->view->cache_text, call->upload, call->view->config, verb, names);

	if (err)
		fprintf(call->out, "error %s\n",
			err == -EBUSY ? "busy: another client is served its cache"
				      : strerror(-err));
	return !err;
}

/* The whole cache: no word follows. */
static bool whole_take(struct rb_command_call *call, enum verb verb)
{
	static const struct rb_import_dump_names none = {.count = 0};

	if (!*call->words)
		return take(call, verb, &none);
	fprintf(call->out, "error %s: nothing is expected behind it\n", call->command->name);
	return false;
}

static bool dump_cache(struct rb_command_call *call)
{
	return whole_take(call, VERB_DUMP);
}

static bool load_cache(struct rb_command_call *call)
{
	return whole_take(call, VERB_LOAD);
}

static bool cache_lookup(struct rb_command_call *call)
{
	struct rb_import_dump_names names = {.count = 0};

	return names_take(call->words, &names, call->out) && take(call, VERB_LOOKUP, &names);
}

static const struct rb_command rows[] = {
	{"dump_cache", .take = dump_cache},
	{"load_cache", .take = load_cache},
	{"cache_lookup", .take = cache_lookup},
};

const struct rb_command_set rb_cache_text_commands = RB_COMMAND_SET(rows);

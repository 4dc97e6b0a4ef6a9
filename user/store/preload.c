/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that takes a client's records. */
#include "store/preload.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "util/cleanup.h"
#include "util/helper.h"
#include "util/text.h"

struct rb_preload {
	struct rb_table *table;
	struct rb_helper helper;
	struct rb_intake *intake; /* while it runs the thread's */
	size_t rest_bytes;        /* of the intake's room, filled by main */
};

static rb_helper_fn run;

int rb_preload_new(struct rb_table *table, struct rb_preload **ret_preload)
{
	struct rb_preload *preload = calloc(1, sizeof(*preload));
	int err;

	if (!preload)
		return -ENOMEM;
	preload->table = table;
	preload->helper = (struct rb_helper){.name = "rb-preload", .run = run, .context = preload};
	err = rb_helper_open(&preload->helper);
	if (err) {
		free(preload);
		return err;
	}
	*ret_preload = preload;
	return 0;
}

static void counts_print(const struct rb_intake_counts *counts, FILE *out)
{
	const struct {
		const char *name;
		uint64_t value;
	} lines[] = {
		{"loaded", counts->loaded},
		{"expired", counts->expired},
		{"refused", counts->local + counts->validated + counts->kept + counts->unsound},
		{"refused-local", counts->local},
		{"refused-validated", counts->validated},
		{"refused-kept", counts->kept},
		{"refused-unsound", counts->unsound},
		{"too-large", counts->too_large},
		{"not-pinned", counts->unpinned},
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		fprintf(out, "%s: %" PRIu64 "\n", lines[i].name, lines[i].value);
}

/* The last of lines, which is what ended the stream. */
static int last_line(const char *lines, const char **ret_start)
{
	const char *start = lines, *next;

	while ((next = strchr(start, '\n')) && next[1])
		start = next + 1;
	*ret_start = start;
	return (int)strcspn(start, "\n");
}

static void problems_print(const char *lines, FILE *out)
{
	while (*lines) {
		int len = (int)strcspn(lines, "\n");

		fprintf(out, "problem: %.*s\n", len, lines);
		lines += len + (lines[len] == '\n');
	}
}

/* err: of rb_intake_filled(), 0: the bytes ended before the stream did. */
static void answer_print(const struct rb_intake *intake, int err, FILE *out)
{
	const char *problems = rb_intake_problems(intake), *last;
	struct rb_store_facts facts;
	int last_len;

	rb_intake_facts(intake, &facts);
	if (!err && !facts.begun) {
		fputs("error no record stream: it ends before its header\n", out);
	} else if (!err) {
		fprintf(out, "error the stream is cut off after record %" PRIu64 "\n",
			facts.number);
	} else if (err != -ENODATA) {
		last_len = last_line(problems, &last);
		fprintf(out, "error %.*s\n", last_len, *last ? last : "");
	}
	counts_print(rb_intake_counts(intake), out);
	problems_print(problems, out);
}

static void answer_send(int fd, const struct rb_intake *intake, int err)
{
	_cleanup_free_ char *text = NULL;
	struct rb_text *memory;
	size_t len;
	FILE *out;

	if (rb_text_open(&memory, &out))
		return;
	answer_print(intake, err, out);
	if (!rb_text_close(memory, &text, &len))
		rb_helper_send(fd, text, len);
}

static int receive(int fd, const struct rb_preload *preload)
{
	int err = rb_intake_filled(preload->intake, preload->rest_bytes);

	while (!err) {
		size_t room;
		uint8_t *bytes = rb_intake_room(preload->intake, &room);
		ssize_t got = recv(fd, bytes, room, 0);

		if (got <= 0)
			break;
		err = rb_intake_filled(preload->intake, (size_t)got);
	}
	return err;
}

static void run(int fd, void *context)
{
	struct rb_preload *preload = context;
	int err = receive(fd, preload);

	if (err)
		rb_helper_drain(fd);
	answer_send(fd, preload->intake, err);
	rb_intake_free(TAKE_PTR(preload->intake));
}

int rb_preload_start(struct rb_preload *preload, const struct rb_config *config, unsigned int flags,
		     int fd, const void *rest, size_t rest_bytes)
{
	_cleanup_(rb_intake_freep) struct rb_intake *intake = NULL;
	uint8_t *bytes;
	size_t room;
	int err;

	if (rb_helper_is_busy(&preload->helper))
		return -EBUSY;
	rb_helper_stop(&preload->helper);
	/* Of one whose connection could not be used. */
	rb_intake_free(TAKE_PTR(preload->intake));
	err = rb_intake_new(config, preload->table, flags, &intake);
	if (err)
		return err;
	bytes = rb_intake_room(intake, &room);
	if (rest_bytes > room)
		return -EMSGSIZE;
	if (rest_bytes)
		memcpy(bytes, rest, rest_bytes);
	preload->rest_bytes = rest_bytes;
	preload->intake = TAKE_PTR(intake);
	rb_helper_start(&preload->helper, fd);
	return 0;
}

void rb_preload_free(struct rb_preload *preload)
{
	if (!preload)
		return;
	rb_helper_close(&preload->helper);
	rb_intake_free(preload->intake);
	free(preload);
}

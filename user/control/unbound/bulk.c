/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes whose lines follow: read them without waiting, then put them into force together. */
#include "control/unbound/bulk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/unbound/change.h"
#include "util/cleanup.h"
#include "util/text.h"

#define BULKS_MAX  4
#define BYTES_MAX  (64UL << 20) /* of all lines of one */
#define PATIENCE_S 60           /* without a byte */
#define WRONG_MAX  20           /* wrong lines that the answer names */
#define EOT        "\004"

struct bulk {
	LIST_ENTRY(bulk) entry;
	const struct rb_change_verb *verb;
	char *view; /* NULL: outside of all */
	int fd;
	char *text;
	size_t len, room;
	size_t looked_at; /* the last line is not before this */
	unsigned int idle_s;
};

struct rb_bulks {
	LIST_HEAD(, bulk) list;
	unsigned int count;
	int epoll_fd;
};

static void bulk_free(struct rb_bulks *bulks, struct bulk *bulk)
{
	LIST_REMOVE(bulk, entry);
	bulks->count--;
	rb_closep(&bulk->fd);
	free(bulk->view);
	free(bulk->text);
	free(bulk);
}

int rb_bulks_new(struct rb_bulks **ret_bulks)
{
	struct rb_bulks *bulks = calloc(1, sizeof(*bulks));

	if (!bulks)
		return -ENOMEM;
	bulks->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (bulks->epoll_fd < 0) {
		free(bulks);
		return -errno;
	}
	LIST_INIT(&bulks->list);
	*ret_bulks = bulks;
	return 0;
}

void rb_bulks_free(struct rb_bulks *bulks)
{
	struct bulk *bulk;

	if (!bulks)
		return;
	while ((bulk = LIST_FIRST(&bulks->list)))
		bulk_free(bulks, bulk);
	close(bulks->epoll_fd);
	free(bulks);
}

int rb_bulks_fd(const struct rb_bulks *bulks)
{
	return bulks->epoll_fd;
}

static int append(struct bulk *bulk, const char *bytes, size_t len)
{
	if (bulk->len + len >= BYTES_MAX)
		return -E2BIG;
	if (bulk->len + len + 1 > bulk->room) {
		size_t room = (bulk->len + len) * 2 + 4096;
		char *larger = realloc(bulk->text, room);

		if (!larger)
			return -ENOMEM;
		bulk->text = larger;
		bulk->room = room;
	}
	memcpy(bulk->text + bulk->len, bytes, len);
	bulk->len += len;
	bulk->text[bulk->len] = '\0';
	return 0;
}

/* Whether the last line has come; it is cut off, with what follows it. */
static bool is_complete(struct bulk *bulk)
{
	char *line = bulk->text ? bulk->text + bulk->looked_at : NULL, *end;

	while (line && (end = strchr(line, '\n'))) {
		if (!strncmp(line, EOT, strlen(EOT))) {
			*line = '\0';
			return true;
		}
		line = end + 1;
		bulk->looked_at = (size_t)(line - bulk->text);
	}
	return false;
}

/* --- what was asked for --- */

/* Cut the text into lines, without empty ones; returns how many. texts has room for all. */
static size_t lines_cut(char *text, const char **texts)
{
	size_t count = 0;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		line += strspn(line, " \t");
		line[strcspn(line, "\r")] = '\0';
		if (*line)
			texts[count++] = line;
	}
	return count;
}

static size_t lines_count(const char *text)
{
	size_t count = 1;

	for (; text && *text; text++)
		count += *text == '\n';
	return count;
}

static void say(const struct rb_change_verb *verb, const struct rb_policy_change *change, FILE *out)
{
	size_t wrong = 0;

	for (size_t i = 0; i < change->count; i++) {
		if (!change->wrong[i] || wrong++ >= WRONG_MAX)
			continue;
		fprintf(out, "error for input line: %s (%s)\n", change->texts[i], change->wrong[i]);
	}
	if (wrong > WRONG_MAX)
		fprintf(out, "error for %zu more lines\n", wrong - WRONG_MAX);
	fprintf(out, "%s %zu %s\n", verb->done, change->count - wrong, verb->what);
}

static void carry_out(const struct bulk *bulk, const struct rb_control_view *view, FILE *out)
{
	size_t room = lines_count(bulk->text);
	_cleanup_free_ const char **texts = calloc(room, sizeof(*texts));
	_cleanup_free_ const char **wrong = calloc(room, sizeof(*wrong));
	struct rb_policy_change change = {
		.verb = bulk->verb->verb,
		.view = bulk->view,
		.texts = texts,
		.wrong = wrong,
	};
	int err;

	if (!texts || !wrong) {
		rb_change_say(&change, -ENOMEM, out);
		return;
	}
	change.count = bulk->text ? lines_cut(bulk->text, texts) : 0;
	err = view->change(view->context, &change);
	if (err)
		rb_change_say(&change, err, out);
	else
		say(bulk->verb, &change, out);
}

/* The client is told when the table is swept, as of a change with a single line. */
static void answer(const struct rb_bulks *bulks, struct bulk *bulk,
		   const struct rb_control_view *view)
{
	struct rb_text *text;
	char *reply = NULL;
	size_t len = 0;
	FILE *out;

	if (rb_text_open(&text, &out))
		return;
	carry_out(bulk, view, out);
	if (rb_text_close(text, &reply, &len))
		return;
	(void)epoll_ctl(bulks->epoll_fd, EPOLL_CTL_DEL, bulk->fd, NULL);
	rb_sweeper_tell(view->sweeper, TAKE_FD(bulk->fd), reply);
}

/* --- connections --- */

/* -EAGAIN: more has to come. */
static int receive(struct bulk *bulk)
{
	char bytes[16384];

	while (!is_complete(bulk)) {
		ssize_t got = recv(bulk->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		int err;

		if (!got)
			return 0;
		if (got < 0)
			return errno == EINTR || errno == EWOULDBLOCK ? -EAGAIN : -errno;
		bulk->idle_s = 0;
		err = append(bulk, bytes, (size_t)got);
		if (err)
			return err;
	}
	return 0;
}

static void bulk_serve(struct rb_bulks *bulks, struct bulk *bulk,
		       const struct rb_control_view *view)
{
	static const char too_large[] = "error too many lines at once\n";
	int err = receive(bulk);

	if (err == -EAGAIN)
		return;
	if (!err)
		answer(bulks, bulk, view);
	else
		(void)send(bulk->fd, too_large, strlen(too_large), MSG_NOSIGNAL | MSG_DONTWAIT);
	bulk_free(bulks, bulk);
}

void rb_bulks_serve(struct rb_bulks *bulks, const struct rb_control_view *view)
{
	struct bulk *bulk, *next;

	for (bulk = LIST_FIRST(&bulks->list); bulk; bulk = next) {
		next = LIST_NEXT(bulk, entry);
		bulk_serve(bulks, bulk, view);
	}
}

void rb_bulks_tick(struct rb_bulks *bulks)
{
	struct bulk *bulk, *next;

	for (bulk = LIST_FIRST(&bulks->list); bulk; bulk = next) {
		next = LIST_NEXT(bulk, entry);
		if (++bulk->idle_s > PATIENCE_S)
			bulk_free(bulks, bulk);
	}
}

/* NULL: no memory. words: the view's name, if the verb has one. */
static struct bulk *bulk_new(struct rb_bulks *bulks, const struct rb_change_verb *verb,
			     const char *words, const struct rb_clients_upload *upload)
{
	struct epoll_event event = {.events = EPOLLIN};
	struct bulk *bulk = calloc(1, sizeof(*bulk));

	if (!bulk)
		return NULL;
	bulk->verb = verb;
	bulk->view = verb->of_view ? strndup(words, strcspn(words, " \t")) : NULL;
	if ((verb->of_view && !bulk->view) || append(bulk, upload->rest, upload->rest_len) ||
	    epoll_ctl(bulks->epoll_fd, EPOLL_CTL_ADD, upload->fd, &event)) {
		free(bulk->view);
		free(bulk->text);
		free(bulk);
		return NULL;
	}
	bulk->fd = upload->fd;
	LIST_INSERT_HEAD(&bulks->list, bulk, entry);
	bulks->count++;
	return bulk;
}

bool rb_bulk_take(struct rb_command_call *call)
{
	struct rb_bulks *bulks = call->view->bulks;
	struct bulk *bulk = bulks->count < BULKS_MAX ? bulk_new(bulks, call->command->data,
								call->words, call->upload)
						     : NULL;

	if (!bulk) {
		fputs("error busy, or no memory\n", call->out);
		return false;
	}
	/* All of it may have come already: then no event would follow. */
	bulk_serve(bulks, bulk, call->view);
	return true;
}

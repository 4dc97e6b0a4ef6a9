/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends notes to the keeper, and receives the keeper's. */
#include "daemon/parent.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/array.h"
#include "util/cleanup.h"

/* Close those that are open. */
static void fds_close(int *fds, size_t count)
{
	while (count)
		close(fds[--count]);
}

static bool is_of_rings(const struct rb_note *note)
{
	return note->kind == RB_GIVES_RINGS || note->kind == RB_TAKES_RINGS ||
	       note->kind == RB_SETS_MTU;
}

/* Keep the note with its descriptors. If it cannot be kept, the keeper notices when we end. */
static void ring_keep(struct rb_parent *parent, const struct rb_note *note, int *fds, size_t *count)
{
	struct rb_parent_ring *grown =
		reallocarray(parent->rings, parent->ring_count + 1, sizeof(*grown));
	struct rb_parent_ring *ring;

	if (!grown)
		return;
	parent->rings = grown;
	if (note->kind == RB_GIVES_RINGS && *count != ARRAY_SIZE(ring->fds))
		return;
	ring = &grown[parent->ring_count++];
	*ring = (struct rb_parent_ring){.note = *note, .fds = {-1, -1}};
	if (note->kind != RB_GIVES_RINGS)
		return;
	memcpy(ring->fds, fds, sizeof(ring->fds));
	*count = 0;
}

bool rb_parent_next_ring(struct rb_parent *parent, struct rb_parent_ring *ret_ring)
{
	if (!parent->ring_count)
		return false;
	*ret_ring = parent->rings[0];
	memmove(parent->rings, parent->rings + 1, --parent->ring_count * sizeof(*parent->rings));
	return true;
}

/* Keep the zone with its file; what cannot be kept is lost, and told by the next server. */
static void zone_keep(struct rb_parent *parent, const struct rb_note *note, int *fds, size_t *count)
{
	const struct rb_parent_zone zone = {
		.number = note->type,
		.fd = *count ? fds[0] : -1,
		.contents = note->zone,
	};

	if (!rb_array_append(&parent->zones, &parent->zone_count, sizeof(zone), &zone))
		*count = 0;
}

bool rb_parent_next_zone(struct rb_parent *parent, struct rb_parent_zone *ret_zone)
{
	if (!parent->zone_count)
		return false;
	*ret_zone = parent->zones[0];
	memmove(parent->zones, parent->zones + 1, --parent->zone_count * sizeof(*parent->zones));
	return true;
}

/* Only the latest image matters. */
static void policy_keep(struct rb_parent *parent, const struct rb_note *note, int fd)
{
	rb_closep(&parent->policy_fd);
	parent->policy_fd = fd;
	parent->policy_contents = note->contents;
}

/* 1: an answer, with its descriptors; 0: a request of the keeper, which is noted. */
static int hear(struct rb_parent *parent, struct rb_note *ret_note, int *ret_fds, size_t *ret_count)
{
	int err = rb_note_receive(parent->fd, ret_note, ret_fds, ret_count);

	if (err)
		return err;
	switch (ret_note->kind) {
	case RB_ANSWERS:
		return 1;
	case RB_ASKS_STOP:
		parent->wants_stop = true;
		break;
	case RB_ASKS_FINISH:
		parent->wants_finish = true;
		break;
	case RB_ASKS_TAKE_OVER:
		parent->wants_take_over = true;
		break;
	case RB_ASKS_RETIRE:
		parent->wants_retire = true;
		if (*ret_count && parent->rules_fd < 0)
			parent->rules_fd = ret_fds[--*ret_count];
		break;
	case RB_ASKS_POLICY:
		if (*ret_count)
			policy_keep(parent, ret_note, ret_fds[--*ret_count]);
		break;
	case RB_GIVES_ZONE:
		if (*ret_count <= 1)
			zone_keep(parent, ret_note, ret_fds, ret_count);
		break;
	case RB_GIVES_KEYS:
		rb_closep(&parent->keys_fd);
		parent->keys_fd = *ret_count ? ret_fds[--*ret_count] : -1;
		break;
	default:
		if (is_of_rings(ret_note))
			ring_keep(parent, ret_note, ret_fds, ret_count);
		break;
	}
	fds_close(ret_fds, *ret_count);
	return 0;
}

void rb_parent_listen(struct rb_parent *parent)
{
	struct rb_note note;
	int fds[RB_NOTE_FDS], heard;
	size_t count;

	/* We have asked nothing, so no answer comes. */
	while ((heard = hear(parent, &note, fds, &count)) >= 0)
		if (heard)
			fds_close(fds, count);
}

/* Wait for the answer. */
static int answer_wait(struct rb_parent *parent, struct rb_note *ret_answer, int *ret_fds,
		       size_t *ret_count)
{
	struct pollfd readable = {.fd = parent->fd, .events = POLLIN};
	int heard;

	do {
		poll(&readable, 1, -1);
		heard = hear(parent, ret_answer, ret_fds, ret_count);
	} while (!heard || heard == -EAGAIN || heard == -EINTR);
	return heard < 0 ? heard : 0;
}

/* The answer is only a result: descriptors that come with it are closed. */
static int ask(struct rb_parent *parent, const struct rb_note *note, const int *sent, size_t count,
	       struct rb_note *ret_answer)
{
	int fds[RB_NOTE_FDS], err = rb_note_send(parent->fd, note, sent, count);
	size_t came = 0;

	if (!err)
		err = answer_wait(parent, ret_answer, fds, &came);
	fds_close(fds, came);
	return err;
}

void rb_parent_open(struct rb_parent *parent, int fd)
{
	*parent = (struct rb_parent){.fd = fd, .rules_fd = -1, .policy_fd = -1, .keys_fd = -1};
}

void rb_parent_close(struct rb_parent *parent)
{
	struct rb_parent_ring ring;
	struct rb_parent_zone zone;

	while (rb_parent_next_ring(parent, &ring))
		for (size_t i = 0; i < ARRAY_SIZE(ring.fds); i++)
			rb_closep(&ring.fds[i]);
	free(parent->rings);
	while (rb_parent_next_zone(parent, &zone))
		rb_closep(&zone.fd);
	free(parent->zones);
	rb_closep(&parent->rules_fd);
	rb_closep(&parent->policy_fd);
	rb_closep(&parent->keys_fd);
	rb_closep(&parent->fd);
}

void rb_parent_say(struct rb_parent *parent, enum rb_note_kind kind)
{
	const struct rb_note note = {.kind = kind};

	/* Without a keeper there would be no server, either. */
	(void)rb_note_send(parent->fd, &note, NULL, 0);
}

int rb_parent_ask(struct rb_parent *parent, enum rb_note_kind kind)
{
	const struct rb_note note = {.kind = kind};
	struct rb_note answer;
	int err = ask(parent, &note, NULL, 0, &answer);

	return err ?: answer.result;
}

int rb_parent_ask_reload(struct rb_parent *parent, enum rb_reload_cause cause, int client_fd)
{
	const struct rb_note note = {.kind = RB_SAYS_RELOAD, .type = (int32_t)cause};

	return rb_note_send(parent->fd, &note, &client_fd, 1);
}

int rb_parent_ask_option(struct rb_parent *parent, unsigned int number, const char *value,
			 int client_fd)
{
	struct rb_note note = {.kind = RB_SAYS_SET, .option = {.number = number}};

	if (strlen(value) >= sizeof(note.option.value))
		return -E2BIG;
	memcpy(note.option.value, value, strlen(value) + 1);
	return rb_note_send(parent->fd, &note, &client_fd, 1);
}

int rb_parent_keep_policy(struct rb_parent *parent, const struct rb_note_policy *policy,
			  int zones_fd)
{
	const struct rb_note note = {.kind = RB_SAYS_POLICY, .policy = *policy};

	return rb_note_send(parent->fd, &note, &zones_fd, zones_fd >= 0);
}

int rb_parent_keep_upstreams(struct rb_parent *parent, int fd)
{
	const struct rb_note note = {.kind = RB_SAYS_UPSTREAMS};

	return rb_note_send(parent->fd, &note, &fd, 1);
}

/* --- resolver processes --- */

/* Send as many at once as the kernel passes. */
static int fds_send(struct rb_parent *parent, const int *fds, size_t count)
{
	int err = 0;

	while (!err) {
		size_t part = count < RB_NOTE_FDS ? count : RB_NOTE_FDS;
		const struct rb_note note = {.kind = RB_SAYS_START,
					     .more = (uint32_t)(count - part)};

		err = rb_note_send(parent->fd, &note, fds, part);
		fds += part;
		count -= part;
		if (!count)
			break;
	}
	return err;
}

static int start(void *context, const struct rb_process_opts *opts,
		 struct rb_process_parts *ret_parts)
{
	struct rb_parent *parent = context;
	int fds[RB_NOTE_FDS], err = fds_send(parent, opts->fds, opts->fd_count);
	struct rb_note answer;
	size_t count = 0;

	if (!err)
		err = answer_wait(parent, &answer, fds, &count);
	if (!err)
		err = answer.result;
	if (!err && count != 3)
		err = -EPROTO;
	if (err) {
		fds_close(fds, count);
		return err;
	}
	*ret_parts = (struct rb_process_parts){
		.pid = answer.pid, .end_fd = fds[0], .control_fd = fds[1], .log_fd = fds[2]};
	return 0;
}

static int how(void *context, pid_t pid, int *ret_code, int *ret_status)
{
	const struct rb_note note = {.kind = RB_SAYS_HOW, .pid = pid};
	struct rb_parent *parent = context;
	struct rb_note answer;
	int err = ask(parent, &note, NULL, 0, &answer);

	if (!err)
		err = answer.result;
	if (err)
		return err;
	*ret_code = answer.code;
	*ret_status = answer.status;
	return 0;
}

static void order(void *context, enum rb_note_kind kind, pid_t pid)
{
	const struct rb_note note = {.kind = kind, .pid = pid};

	(void)rb_note_send(((struct rb_parent *)context)->fd, &note, NULL, 0);
}

static void kill_it(void *context, pid_t pid)
{
	order(context, RB_SAYS_KILL, pid);
}

static void end_it(void *context, pid_t pid)
{
	order(context, RB_SAYS_END, pid);
}

struct rb_process_starter rb_parent_starter(struct rb_parent *parent)
{
	return (struct rb_process_starter){
		.context = parent, .start = start, .how = how, .kill = kill_it, .end = end_it};
}

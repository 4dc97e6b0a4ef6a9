/* SPDX-License-Identifier: BSD-2-Clause */
/* Says to the keeper what it has to know, and hears what it wants. */
#include "daemon/parent.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* Whether there was anything; what_said: of another kind than a wish. */
static int hear(struct rb_parent *parent, bool *ret_kept)
{
	struct rb_note note;
	int fds[RB_NOTE_FDS];
	size_t count = 0;
	int err = rb_note_receive(parent->fd, &note, fds, &count);

	if (err)
		return err;
	while (count)
		close(fds[--count]);
	parent->wants_stop |= note.kind == RB_ASKS_STOP;
	parent->wants_reload |= note.kind == RB_ASKS_RELOAD;
	*ret_kept |= note.kind == RB_ASKS_NOTHING;
	return 0;
}

void rb_parent_listen(struct rb_parent *parent)
{
	bool kept = false;

	while (!hear(parent, &kept))
		;
}

void rb_parent_say(struct rb_parent *parent, enum rb_note_kind kind, int result)
{
	const struct rb_note note = {.kind = kind, .result = result};

	/* Without a keeper there would be no server either. */
	(void)rb_note_send(parent->fd, &note, NULL, 0);
}

static int tell(struct rb_parent *parent, enum rb_note_kind kind, const struct rb_address *address,
		unsigned int sockets)
{
	const struct rb_note note = {.kind = kind, .type = address->type, .addr = address->addr};
	struct pollfd readable = {.fd = parent->fd, .events = POLLIN};
	int err = rb_note_send(parent->fd, &note, address->fds, sockets);
	bool kept = false;

	while (!err && !kept) {
		poll(&readable, 1, -1);
		err = hear(parent, &kept);
		if (err == -EAGAIN || err == -EINTR)
			err = 0;
	}
	return err;
}

/* The addresses alone. */
static int kept_set(struct rb_parent *parent, const struct rb_addresses *addresses)
{
	struct rb_addresses kept = {0};

	for (size_t i = 0; i < addresses->count; i++) {
		const struct rb_address address = {.addr = addresses->list[i].addr,
						   .type = addresses->list[i].type};
		int err = rb_addresses_add(&kept, &address);

		if (err) {
			rb_addresses_free(&kept);
			return err;
		}
	}
	rb_addresses_free(&parent->kept);
	parent->kept = kept;
	return 0;
}

int rb_parent_open(struct rb_parent *parent, int fd, const struct rb_addresses *addresses)
{
	*parent = (struct rb_parent){.fd = fd};
	return kept_set(parent, addresses);
}

void rb_parent_close(struct rb_parent *parent)
{
	rb_addresses_free(&parent->kept);
	close(parent->fd);
}

int rb_parent_keep(struct rb_parent *parent, const struct rb_addresses *addresses,
		   unsigned int workers)
{
	int err = 0;

	for (size_t i = 0; i < parent->kept.count && !err; i++) {
		const struct rb_address *kept = &parent->kept.list[i];

		if (!rb_addresses_have(addresses, &kept->addr, kept->type))
			err = tell(parent, RB_SAYS_CLOSED, kept, 0);
	}
	for (size_t i = 0; i < addresses->count && !err; i++) {
		const struct rb_address *now = &addresses->list[i];

		if (!rb_addresses_have(&parent->kept, &now->addr, now->type))
			err = tell(parent, RB_SAYS_OPENED, now, workers);
	}
	return err ?: kept_set(parent, addresses);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* A child of the keeper that compiles. */
#include "daemon/recompile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/denied.h"
#include "daemon/note.h"
#include "policy/compile.h"
#include "policy/inventory.h"
#include "policy/listed.h"
#include "util/blob.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/privileges.h"

#define NAME     "rb-compile"
#define NICENESS 10
#define CHUNK    (1UL << 20) /* bytes */

/* --- in the child --- */

static bool has_client_triggers(const struct rb_policy *policy)
{
	uint32_t views = policy->header->views.count;

	for (uint32_t i = 0; i < policy->header->rpzs.count; i++)
		if (rb_policy_net_any(policy, rb_policy_client_set(views, i)))
			return true;
	return false;
}

static bool was_listed(const struct rb_policy *before, const struct rb_policy_listed *listed,
		       const uint8_t *name)
{
	struct rb_policy_labels labels;
	struct rb_policy_run run;
	struct rb_policy_listed former;

	rb_policy_labels_init(before, name, listed->name_len, &labels);
	if (!rb_policy_listed_find(before, &labels, labels.count, &run))
		return false;
	while (rb_policy_listed_next(before, &labels, labels.count, &run, &former))
		if (former.list == listed->list && former.lets_pass == listed->lets_pass)
			return true;
	return false;
}

/* Count, for each list, how many names were added. */
static void count_added(const struct rb_policy *before, const struct rb_policy *after,
			uint32_t *added)
{
	struct rb_policy_run run = rb_policy_listed_all(after);
	struct rb_policy_listed listed;
	uint8_t name[RB_NAME_MAX];

	while (rb_policy_listed_walk(after, &run, &listed, name))
		if (listed.list < after->header->lists.count && !listed.lets_pass)
			added[listed.list] += !was_listed(before, &listed, name);
}

static void say_change(const char *label, const struct rb_policy_list *list, uint32_t added,
		       uint32_t dropped)
{
	char first[32] = "";

	if (list->unusable)
		snprintf(first, sizeof(first), ", the first is line %u", list->line);
	rb_log_notice(
		"blocklist %s: names: %u, added: %u, removed: %u; lines that name nothing: %u%s",
		label, list->names, added, dropped, list->unusable, first);
}

/* Log the changes of each list. */
static void say_changes(const struct rb_config *config, const struct rb_policy *former_policy,
			const struct rb_policy *after)
{
	const struct rb_policy before = rb_policy_feeds(former_policy);
	_cleanup_free_ uint32_t *added = calloc(after->header->lists.count + 1UL, sizeof(*added));
	struct rb_inventory_list former;

	if (!added)
		return;
	count_added(&before, after, added);
	for (uint32_t i = 0; rb_inventory_list(config, i, &former); i++) {
		const struct rb_policy_list *list =
			rb_policy_member(after, after->header->lists, i, sizeof(*list));
		uint32_t dropped = list ? former.list->names + added[i] - list->names : 0;

		if (list && (added[i] || dropped || list->unusable != former.list->unusable))
			say_change(former.label, list, added[i], dropped);
	}
}

/* Release whole pages of memory that is no longer read. */
static void pages_release(const char *bytes, size_t len)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t first = ((uintptr_t)bytes + page - 1) & ~(page - 1);
	uintptr_t end = ((uintptr_t)bytes + len) & ~(page - 1);

	if (first < end)
		(void)madvise((void *)first, end - first, MADV_DONTNEED);
}

/* Written parts are released from our own memory at once, so that there are only two copies of a
 * large list: the one in force and this one. */
static int image_seal(const struct rb_policy_compiled *compiled, int *ret_fd)
{
	_cleanup_close_ int fd = memfd_create("rb-policy", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	const char *bytes = compiled->image;
	size_t written = 0;

	if (fd < 0)
		return -errno;
	while (written < compiled->bytes) {
		size_t left = compiled->bytes - written;
		ssize_t now = write(fd, bytes + written, left < CHUNK ? left : CHUNK);

		if (now <= 0)
			return now < 0 ? -errno : -EIO;
		pages_release(bytes + written, (size_t)now);
		written += (size_t)now;
	}
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL))
		return -errno;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

static void say_fault(const struct rb_config *config, int err, const struct rb_policy_fault *fault)
{
	if (err == -EINVAL && fault->origin.file < config->file_count)
		rb_log_error("%s:%u: local policy: %s; what is in force stays",
			     config->files[fault->origin.file], fault->origin.line, fault->why);
	else
		rb_log_error("local policy cannot be recompiled (%s); the old one stays in force",
			     strerror(-err));
}

/* The process keeps only the permission to read files that the operator may hide from others. */
static int confine(void)
{
	static const cap_value_t readers[] = {CAP_DAC_READ_SEARCH};
	int err = rb_privileges_keep(readers, ARRAY_SIZE(readers));

	return err ?: rb_denied_enter();
}

/* The policies before and after the change; they last until the process ends. */
struct change {
	struct rb_policy before, after;
};

/* With the seed of before: whoever compares the two then hashes each name once. */
static int compile(const struct rb_config *config, struct rb_note *note, struct change *change,
		   int *ret_fd)
{
	uint64_t began_ns = rb_clock_ns();
	struct rb_policy_compiled compiled = {0};
	struct rb_policy_fault fault = {0};
	struct rb_blob *sealed;
	int err = confine();

	if (!err)
		err = rb_policy_open_images(&config->policy, &change->before);
	if (!err)
		err = rb_policy_compile(&config->local,
					rb_policy_feeds(&change->before).header->seed, NULL,
					&compiled, &fault);
	if (!err)
		err = image_seal(&compiled, ret_fd);
	if (!err)
		err = rb_blob_map(*ret_fd, &sealed);
	if (!err)
		err = rb_policy_open(rb_blob_bytes(sealed), rb_blob_len(sealed), &change->after);
	if (err) {
		say_fault(config, err, &fault);
		return err;
	}
	rb_log_info("local policy has been compiled in %" PRIu64 " ms, %zu KiB",
		    (rb_clock_ns() - began_ns) / 1000000, compiled.bytes >> 10);
	note->contents = compiled.contents;
	note->type = has_client_triggers(&change->before) || has_client_triggers(&change->after)
			     ? RB_RECOMPILED_ACL
			     : RB_RECOMPILED_IMAGE;
	return 0;
}

static _Noreturn void child_run(const struct rb_config *config, int control_fd)
{
	struct rb_note note = {.kind = RB_SAYS_COMPILED};
	struct change change;
	int fd = -1;

	note.result = compile(config, &note, &change, &fd);
	/* A reload ends this process. */
	if (!note.result && note.type == RB_RECOMPILED_ACL)
		say_changes(config, &change.before, &change.after);
	(void)rb_note_send(control_fd, &note, &fd, note.result ? 0 : 1);
	/* Names are counted when nobody waits for the image any more. Until then it has the right to
	 * a CPU that everybody has: what is listed now is answered meanwhile. */
	(void)setpriority(PRIO_PROCESS, 0, NICENESS);
	if (!note.result && note.type == RB_RECOMPILED_IMAGE)
		say_changes(config, &change.before, &change.after);
	_exit(EXIT_SUCCESS);
}

/* --- in the keeper --- */

int rb_recompile_start(const struct rb_config *config, struct rb_process **ret_child)
{
	struct rb_process *child;
	int control_fd, err = rb_process_fork(NAME, &child, &control_fd);

	if (err)
		return err;
	if (!child)
		child_run(config, control_fd);
	*ret_child = child;
	return 0;
}

int rb_recompile_result(struct rb_process *child, struct rb_recompilation *ret_result)
{
	int fds[RB_NOTE_FDS], err;
	struct rb_note note;
	size_t count = 0;
	char how[64];

	err = rb_note_receive(rb_process_control_fd(child), &note, fds, &count);
	if (err == -EAGAIN)
		return rb_process_has_ended(child, how) ? -EIO : err;
	if (err) {
		rb_log_error("the process that compiles local policy ended without a result");
		return err;
	}
	if (!note.result && count == 1) {
		*ret_result = (struct rb_recompilation){
			.kind = (enum rb_recompiled)note.type,
			.contents = note.contents,
			.fd = fds[0],
		};
		return 0;
	}
	while (count)
		close(fds[--count]);
	return note.result ?: -EPROTO;
}

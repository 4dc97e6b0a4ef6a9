/* SPDX-License-Identifier: BSD-2-Clause */
/* A resolver process as the server sees it. */
#include "resolve/link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "resolve/process.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define FLIGHTS_MIN 64
#define NONE        UINT32_MAX /* no free entry */

static void link_freep(struct rb_link **link)
{
	rb_link_free(*link);
}

void rb_link_set_verbosity(struct rb_link *link)
{
	atomic_store_explicit(&link->exchange->verbosity, rb_log_verbosity(), memory_order_relaxed);
}

static void describe(struct rb_exchange *exchange, unsigned int workers,
		     const struct rb_setup *setup)
{
	exchange->workers = workers;
	exchange->contexts = setup->contexts;
	exchange->memory_bytes = setup->memory_bytes;
	exchange->memory_is_total = setup->memory_is_total;
	exchange->has_upstreams = setup->upstreams_fd >= 0;
	exchange->tap = setup->tap;
}

/* The memory is sealed, so that the process cannot truncate it while we read. */
static int exchange_new(struct rb_link *link, unsigned int workers, int *ret_fd)
{
	_cleanup_close_ int fd = memfd_create("resolver", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	size_t bytes = rb_exchange_bytes(workers);
	void *memory;

	if (fd < 0 || ftruncate(fd, (off_t)bytes) ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return errno ? -errno : -EIO;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (!memory || memory == MAP_FAILED)
		return errno ? -errno : -EIO;
	link->exchange = memory;
	link->exchange_bytes = bytes;
	describe(link->exchange, workers, link->setup);
	rb_channel_reader_init(rb_exchange_seen(link->exchange, workers), RB_SEEN_BYTES,
			       &link->seen);
	rb_link_set_verbosity(link);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

static int ends_new(struct rb_link *link, unsigned int workers)
{
	link->ends = aligned_alloc(alignof(struct rb_link_end), workers * sizeof(*link->ends));
	if (!link->ends)
		return -ENOMEM;
	for (unsigned int i = 0; i < workers; i++) {
		struct rb_link_end *end = &link->ends[i];

		*end = (struct rb_link_end){
			.link = link,
			.free = NONE,
			.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		};
		link->end_count++;
		if (end->wake_fd < 0)
			return -errno;
		rb_channel_writer_init(rb_exchange_questions(link->exchange, i), RB_QUESTIONS_BYTES,
				       &end->requests);
		rb_channel_reader_init(rb_exchange_responses(link->exchange, i), RB_RESPONSES_BYTES,
				       &end->responses);
	}
	return 0;
}

/* In the order of enum rb_resolver_fd, and the files of the text behind them. */
static int child_start(struct rb_link *link, const struct rb_link_opts *opts, int memory_fd)
{
	const struct rb_setup *setup = link->setup;
	size_t count = RB_FD_RESPONSES + link->end_count + setup->file_count;
	_cleanup_free_ int *fds = calloc(count, sizeof(*fds));
	const struct rb_process_opts child = {
		.name = RB_RESOLVER_NAME,
		.label = "resolver",
		.user = opts->user,
		.fds = fds,
		.fd_count = count,
	};

	if (!fds)
		return -ENOMEM;
	fds[RB_FD_MEMORY] = memory_fd;
	fds[RB_FD_CONFIG] = setup->text_fd;
	/* Its number must have some descriptor. */
	fds[RB_FD_CONFIG_CD] = setup->cd_text_fd >= 0 ? setup->cd_text_fd : setup->text_fd;
	fds[RB_FD_UPSTREAMS] = setup->upstreams_fd >= 0 ? setup->upstreams_fd : setup->text_fd;
	fds[RB_FD_QUESTIONS] = link->questions_fd;
	fds[RB_FD_SEEN] = opts->seen_fd;
	for (unsigned int i = 0; i < link->end_count; i++)
		fds[RB_FD_RESPONSES + i] = link->ends[i].wake_fd;
	if (setup->file_count)
		memcpy(fds + RB_FD_RESPONSES + link->end_count, setup->file_fds,
		       setup->file_count * sizeof(*fds));
	return rb_process_start(&child, &link->child);
}

int rb_link_open(const struct rb_link_opts *opts, struct rb_link **ret_link)
{
	_cleanup_(link_freep) struct rb_link *link = calloc(1, sizeof(*link));
	_cleanup_close_ int memory_fd = -1;
	int err;

	if (!link)
		return -ENOMEM;
	link->setup = rb_setup_ref(opts->setup);
	link->started_ns = rb_clock_ns();
	link->questions_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (link->questions_fd < 0)
		return -errno;
	err = exchange_new(link, opts->workers, &memory_fd);
	if (!err)
		err = ends_new(link, opts->workers);
	if (!err)
		err = child_start(link, opts, memory_fd);
	if (err)
		return err;
	*ret_link = TAKE_PTR(link);
	return 0;
}

void rb_link_free(struct rb_link *link)
{
	if (!link)
		return;
	rb_process_free(link->child);
	for (unsigned int i = 0; i < link->end_count; i++) {
		rb_closep(&link->ends[i].wake_fd);
		free(link->ends[i].flights);
	}
	free(link->ends);
	rb_closep(&link->questions_fd);
	if (link->exchange)
		munmap(link->exchange, link->exchange_bytes);
	rb_setup_unref(link->setup);
	free(link);
}

bool rb_link_is_used(const struct rb_link *link)
{
	for (unsigned int i = 0; i < link->end_count; i++)
		if (atomic_load(&link->ends[i].inside))
			return true;
	return false;
}

static int flights_grow(struct rb_link_end *end)
{
	uint32_t count = end->flight_count ? 2 * end->flight_count : FLIGHTS_MIN;
	struct rb_flight *flights = reallocarray(end->flights, count, sizeof(*flights));

	if (!flights)
		return -ENOMEM;
	for (uint32_t i = end->flight_count; i < count; i++) {
		flights[i] = (struct rb_flight){.next = end->free};
		end->free = i;
	}
	end->flights = flights;
	end->flight_count = count;
	return 0;
}

int rb_link_ask(struct rb_link_end *end, struct rb_task *task, struct rb_request *request)
{
	uint32_t ref;
	int err = end->free == NONE ? flights_grow(end) : 0;

	if (err)
		return err;
	ref = end->free;
	request->id = (uint64_t)end->flights[ref].times << 32 | ref;
	err = rb_request_put(&end->requests, request);
	if (err)
		return err;
	end->free = end->flights[ref].next;
	end->flights[ref].task = task;
	atomic_fetch_add_explicit(&end->link->outstanding, 1, memory_order_relaxed);
	if (rb_channel_wakes(&end->requests))
		eventfd_write(end->link->questions_fd, 1);
	return 0;
}

static struct rb_task *flight_end(struct rb_link_end *end, uint32_t ref)
{
	struct rb_flight *flight = &end->flights[ref];
	struct rb_task *task = TAKE_PTR(flight->task);

	flight->times++;
	flight->next = end->free;
	end->free = ref;
	atomic_fetch_sub_explicit(&end->link->outstanding, 1, memory_order_relaxed);
	return task;
}

int rb_link_take(struct rb_link_end *end, struct rb_response_room *room,
		 struct rb_response *ret_response, struct rb_task **ret_task)
{
	int err = rb_response_get(&end->responses, room, ret_response);
	uint32_t ref;

	if (err)
		return err;
	ref = (uint32_t)ret_response->id;
	if (ref >= end->flight_count || !end->flights[ref].task ||
	    end->flights[ref].times != ret_response->id >> 32)
		return -EPROTO;
	*ret_task = flight_end(end, ref);
	return 0;
}

struct rb_task *rb_link_take_lost(struct rb_link_end *end)
{
	for (uint32_t i = 0; i < end->flight_count; i++)
		if (end->flights[i].task)
			return flight_end(end, i);
	return NULL;
}

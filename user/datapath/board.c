/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page of rows under a sequence number, which is odd while it is written. Rows that nobody has
 * written take no memory.
 */
#include "datapath/board.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "util/cleanup.h"

#define ROWS_MAX  4096 /* more programs than anybody would wait for to be loaded */
#define READS_MAX 1000 /* a write takes microseconds */

struct page {
	atomic_uint sequence;
	uint32_t count;
	struct rb_xdp_status rows[ROWS_MAX];
};

struct rb_board {
	int fd;
	struct page *page;
};

void rb_board_free(struct rb_board *board)
{
	if (!board)
		return;
	if (board->page)
		munmap(board->page, sizeof(*board->page));
	rb_closep(&board->fd);
	free(board);
}

static void board_freep(struct rb_board **board)
{
	rb_board_free(*board);
}

static int map(struct rb_board *board, int access)
{
	void *page = mmap(NULL, sizeof(*board->page), access, MAP_SHARED, board->fd, 0);

	if (page == MAP_FAILED)
		return -errno;
	board->page = page;
	return 0;
}

/* Once it is mapped here nobody else can map it to write, and children do not have this mapping. */
int rb_board_new(struct rb_board **ret_board)
{
	_cleanup_(board_freep) struct rb_board *board = calloc(1, sizeof(*board));
	int err;

	if (!board)
		return -ENOMEM;
	board->fd = memfd_create("rb-board", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (board->fd < 0 || ftruncate(board->fd, sizeof(*board->page)))
		return -errno;
	err = map(board, PROT_READ | PROT_WRITE);
	if (err)
		return err;
	if (madvise(board->page, sizeof(*board->page), MADV_DONTFORK) ||
	    fcntl(board->fd, F_ADD_SEALS,
		  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL))
		return -errno;
	*ret_board = TAKE_PTR(board);
	return 0;
}

int rb_board_share(struct rb_board *board)
{
	board->page = NULL; /* there is no such mapping here */
	return map(board, PROT_READ);
}

void rb_board_write(struct rb_board *board, const struct rb_xdp *xdp)
{
	struct page *page = board->page;
	unsigned int sequence = atomic_load_explicit(&page->sequence, memory_order_relaxed);
	uint32_t count = 0;

	atomic_store_explicit(&page->sequence, sequence + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	while (count < ROWS_MAX && rb_xdp_status(xdp, count, &page->rows[count]))
		count++;
	page->count = count;
	atomic_store_explicit(&page->sequence, sequence + 2, memory_order_release);
}

static int read_once(const struct page *page, struct rb_xdp_status **ret_list, size_t *ret_count)
{
	unsigned int before = atomic_load_explicit(&page->sequence, memory_order_acquire);
	size_t count = page->count < ROWS_MAX ? page->count : ROWS_MAX;
	_cleanup_free_ struct rb_xdp_status *list = malloc(count * sizeof(*list) + 1);

	if (!list)
		return -ENOMEM;
	memcpy(list, page->rows, count * sizeof(*list));
	atomic_thread_fence(memory_order_acquire);
	if (before & 1 || before != atomic_load_explicit(&page->sequence, memory_order_relaxed))
		return -EAGAIN;
	*ret_list = TAKE_PTR(list);
	*ret_count = count;
	return 0;
}

int rb_board_read(const struct rb_board *board, struct rb_xdp_status **ret_list, size_t *ret_count)
{
	int tries = READS_MAX, err;

	do {
		err = read_once(board->page, ret_list, ret_count);
	} while (err == -EAGAIN && --tries && !sched_yield());
	return err;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What the keeper says of interfaces, as its child reads it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "datapath/board.h"
#include "datapath/state.h"
#include "util/cleanup.h"

struct world {
	struct rb_board *board;
	struct rb_port ports[3];
	struct rb_xdp xdp;
};

static int world_make(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	assert_int_equal(rb_board_new(&world->board), 0);
	for (size_t i = 0; i < ARRAY_SIZE(world->ports); i++) {
		world->ports[i].link_fd = -1;
		snprintf(world->ports[i].netif.name, IF_NAMESIZE, "card%zu", i);
	}
	world->xdp = (struct rb_xdp){.ports = world->ports, .port_count = 3};
	*state = world;
	return 0;
}

static int world_free(void **state)
{
	struct world *world = *state;

	rb_board_free(world->board);
	free(world);
	return 0;
}

/* What the child of a fork() makes of it: its exit status. */
static int in_child(const struct world *world, int (*look)(const struct world *world))
{
	pid_t child = fork();
	int status;

	if (!child)
		_exit(rb_board_share(world->board) ? 100 : look(world));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* How many interfaces it sees, the last of which is degraded for a reason. */
static int count(const struct world *world)
{
	_cleanup_free_ struct rb_xdp_status *rows = NULL;
	size_t rows_count;

	if (rb_board_read(world->board, &rows, &rows_count) || !rows_count)
		return 0;
	if (strcmp(rows[rows_count - 1].reason, "no luck") != 0 ||
	    rows[rows_count - 1].state != RB_PORT_DEGRADED)
		return 101;
	return (int)rows_count;
}

/* Otherwise: status and metrics tell of interfaces as they were when the server was started. */
static void a_server_reads_what_is_written_before_and_after_its_start(void **state)
{
	struct world *world = *state;
	struct rb_port_health *last = &world->ports[2].health;

	assert_int_equal(in_child(world, count), 0);
	last->state = RB_PORT_DEGRADED;
	strcpy(last->why, "no luck");
	rb_board_write(world->board, &world->xdp);
	assert_int_equal(in_child(world, count), 3);
	world->xdp.ports = world->ports + 1;
	world->xdp.port_count = 2;
	rb_board_write(world->board, &world->xdp);
	assert_int_equal(in_child(world, count), 2);
}

/* 0: the page is there, cannot be written to, nor made to be. */
static int try_to_write(const struct world *world)
{
	_cleanup_fclose_ FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, end;
	char line[512], access[8];
	int seen = 0;

	(void)world;
	while (maps && fgets(line, sizeof(line), maps)) {
		if (!strstr(line, "rb-board") ||
		    sscanf(line, "%lx-%lx %7s", &start, &end, access) != 3)
			continue;
		if (strcmp(access, "r--s") != 0)
			return 1;
		if (!mprotect((void *)start, end - start, PROT_READ | PROT_WRITE) ||
		    errno != EACCES)
			return 2;
		seen++;
	}
	return seen == 1 ? 0 : 3;
}

/* Otherwise: a server that a stranger has taken over lies in the next one's name. */
static void no_server_can_write(void **state)
{
	assert_int_equal(in_child(*state, try_to_write), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_server_reads_what_is_written_before_and_after_its_start, world_make,
			world_free),
		cmocka_unit_test_setup_teardown(no_server_can_write, world_make, world_free),
	};

	return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}

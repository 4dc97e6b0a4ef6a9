/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock that the kernel and every process count a record's life by, in time namespaces too. The
 * test runs itself in some: there it publishes and asks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/exchange.h"
#include "lib/lookup.h"
#include "lib/pins.h"
#include "lib/program.h"
#include "lib/store.h"
#include "util/clock.h"

#define WWW      "www.example.com."
#define TTL_S    300
#define SLACK_S  20 /* that a busy machine may take from one process to the next */
#define ARGUMENT "in-a-time-namespace"

/* Of the process inside: the table that one outside has pinned, and what the clock said there. */
static const char *pinned;
static uint64_t outside_ns;

static struct store record_of_age(uint32_t age_s)
{
	return (struct store){
		.name = WWW, .type = 1, .age_s = age_s, .answer = WWW " 300 IN A 192.0.2.80"};
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		_exit(2);
	close(fd);
}

/* A process belongs to the namespace that its parent made: hence one more of them. */
static void run_inside(const char *offsets, const char *pin_dir)
{
	char now[32];
	pid_t child;
	int status;

	snprintf(now, sizeof(now), "%llu", (unsigned long long)rb_clock_ns());
	child = fork();
	if (!child) {
		if (unshare(CLONE_NEWTIME))
			_exit(2);
		write_file("/proc/self/timens_offsets", offsets);
		child = fork();
		if (!child) {
			int silence = open("/dev/null", O_WRONLY | O_CLOEXEC);

			dup2(silence, STDOUT_FILENO);
			execl("/proc/self/exe", "test_clock", ARGUMENT, pin_dir, now, NULL);
			_exit(2);
		}
		waitpid(child, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
	}
	waitpid(child, &status, 0);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status))
		fail_msg("with %s", offsets);
}

/* Otherwise: two processes in two namespaces would not mean the same time. */
static void the_clock_is_the_one_outside(void **state)
{
	(void)state;
	assert_in_range(rb_clock_ns(), outside_ns, outside_ns + SLACK_S * RB_NS_PER_S);
}

/* Otherwise: in a container the kernel would answer long after the end, or not at all. */
static void kernel_and_userspace_age_a_record_alike(void **state)
{
	struct program *program = program_load(&(struct program_opts){0});
	struct store hot = record_of_age(TTL_S / 3), gone = record_of_age(TTL_S + 1);
	const struct ask ask = {.name = WWW, .type = 1};
	ldns_pkt *reply;

	(void)state;
	assert_int_equal(store_publish(program_table(program), &hot), 0);
	reply = exchange(program, &ask, RB_ANSWERED);
	assert_in_range(ldns_rr_ttl(ldns_rr_list_rr(ldns_pkt_answer(reply), 0)),
			TTL_S - TTL_S / 3 - SLACK_S, TTL_S - TTL_S / 3);
	ldns_pkt_free(reply);
	assert_int_equal(store_publish(program_table(program), &gone), 0);
	exchange(program, &ask, RB_EXPIRED);
	program_free(program);
}

/* Otherwise: a table would lose its records, or never, where a container takes it over. */
static void a_pinned_record_keeps_its_life(void **state)
{
	static const uint8_t qname[] = "\3www\7example\3com";
	struct rb_table_key key;
	struct rb_answer *answer;
	struct rb_table *table;
	uint64_t left_ns;

	(void)state;
	assert_int_equal(rb_table_open(pinned, RB_TABLE_WRITE, 1 << 20, &table), 0);
	assert_true(table->adopted);
	assert_int_equal(rb_table_key_init(table, qname, sizeof(qname), 1, &key), 0);
	assert_int_equal(table_lookup(table, &key, RB_SERVES_DO0, rb_clock_ns(), &answer, NULL), 0);
	left_ns = answer->expires_ns - rb_clock_ns();
	assert_in_range(left_ns / RB_NS_PER_S, TTL_S - TTL_S / 3 - SLACK_S, TTL_S - TTL_S / 3);
	rb_answer_free(answer);
	rb_table_close(table);
}

static void all_of_it_holds_in_time_namespaces(void **state)
{
	static const char *const offsets[] = {
		"boottime 100000 0\nmonotonic 5000 0\n",
		"boottime 1000000000 999999999\n",
		"boottime -30 1\nmonotonic 7 0\n",
	};
	struct store hot = record_of_age(TTL_S / 3);
	char pin_dir[PINS_PATH_MAX];
	struct rb_table *table;

	(void)state;
	pins_name(pin_dir);
	assert_int_equal(rb_table_open(pin_dir, RB_TABLE_WRITE, 1 << 20, &table), 0);
	assert_int_equal(store_publish(table, &hot), 0);
	rb_table_close(table);
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
		run_inside(offsets[i], pin_dir);
	pins_remove(pin_dir);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest inside[] = {
		cmocka_unit_test(the_clock_is_the_one_outside),
		cmocka_unit_test(kernel_and_userspace_age_a_record_alike),
		cmocka_unit_test(a_pinned_record_keeps_its_life),
	};
	const struct CMUnitTest outside[] = {
		cmocka_unit_test(kernel_and_userspace_age_a_record_alike),
		cmocka_unit_test(all_of_it_holds_in_time_namespaces),
	};

	if (argc != 4 || strcmp(argv[1], ARGUMENT) != 0)
		return cmocka_run_group_tests_name("clock", outside, NULL, NULL);
	pinned = argv[2];
	outside_ns = strtoull(argv[3], NULL, 10);
	return cmocka_run_group_tests_name("clock in a time namespace", inside, NULL, NULL);
}

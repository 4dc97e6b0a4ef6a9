/* SPDX-License-Identifier: BSD-2-Clause */
/* The metrics' HTTP server: what is a request, and clients that behave badly. */
#include "server_fixture.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "control/http.h"
#include "control/request.h"

#define FLOOD 300 /* connections */

/* --- the request ----------------------------------------------------------------------------- */

#define HOST "Host: a\r\n\r\n"

static const struct request_case {
	const char *name, *text;
	int status;
	bool head_alone;
} requests[] = {
	{"plain", "GET /metrics HTTP/1.1\r\n" HOST, 200, false},
	{"head", "HEAD /metrics HTTP/1.1\r\n" HOST, 200, true},
	{"http_1_0", "GET /metrics HTTP/1.0\r\n\r\n", 200, false},
	{"bare_line_feeds", "GET /metrics HTTP/1.1\nHost: a\n\n", 200, false},
	{"empty_line_in_front", "\r\nGET /metrics HTTP/1.1\r\n" HOST, 200, false},
	{"query", "GET /metrics?name[]=x HTTP/1.1\r\n" HOST, 200, false},
	{"absolute", "GET http://host:9167/metrics HTTP/1.1\r\n" HOST, 200, false},
	{"absolute_without_path", "GET http://host HTTP/1.1\r\n" HOST, 200, false},
	{"another_method", "POST /metrics HTTP/1.1\r\n" HOST, 405, false},
	{"http_2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, false},
	{"no_version", "GET /metrics\r\n\r\n", 400, false},
	{"two_blanks", "GET  /metrics HTTP/1.1\r\n" HOST, 400, false},
	{"tls", "\x16\x03\x01\x02\n\n", 400, false},
	{"nothing", "", 0, false},
	{"no_end_of_the_line", "GET /metrics HTTP/1.1", 0, false},
	{"no_end_of_the_head", "GET /metrics HTTP/1.1\r\nHost: a\r\n", 0, false},
};

/* Otherwise: monitoring would get nothing, or strangers could make us read on and on. */
static void request_is_read(void **state)
{
	const struct request_case *test = *state;
	struct rb_request request = rb_request_read(test->text, strlen(test->text));

	assert_int_equal(request.status, test->status);
	if (request.status == RB_REQUEST_OK)
		assert_int_equal(request.head_alone, test->head_alone);
}

static const struct path_case {
	const char *name, *text, *path, *token;
} paths[] = {
	{"root", "GET / HTTP/1.1\r\n" HOST, "/", NULL},
	{"root_of_absolute", "GET http://host HTTP/1.1\r\n" HOST, "/", NULL},
	{"query_is_no_part", "GET /status.json?x=1 HTTP/1.1\r\n" HOST, "/status.json", NULL},
	{"token", "GET / HTTP/1.1\r\nAuthorization: Bearer abc\r\n" HOST, "/", "abc"},
	{"token_any_case", "GET / HTTP/1.1\r\nhost: a\r\nauthORIZATION:bearer a/b==\r\n\r\n", "/",
	 "a/b=="},
	{"no_bearer", "GET / HTTP/1.1\r\nAuthorization: Basic abc\r\n" HOST, "/", NULL},
	{"empty_token", "GET / HTTP/1.1\r\nAuthorization: Bearer \r\n" HOST, "/", NULL},
	{"token_behind_the_head", "GET / HTTP/1.1\r\n\r\nAuthorization: Bearer abc\r\n", "/", NULL},
};

/* Otherwise: who has no token would read, or who has it would not. */
static void path_and_token_are_found(void **state)
{
	const struct path_case *test = *state;
	struct rb_request request = rb_request_read(test->text, strlen(test->text));

	assert_int_equal(request.status, RB_REQUEST_OK);
	assert_int_equal(request.path_len, strlen(test->path));
	assert_memory_equal(request.path, test->path, request.path_len);
	if (!test->token) {
		assert_null(request.token);
		return;
	}
	assert_int_equal(request.token_len, strlen(test->token));
	assert_memory_equal(request.token, test->token, request.token_len);
}

static void endless_head_is_refused(void **state)
{
	char text[RB_REQUEST_BYTES];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "GET /metrics HTTP/1.1\r\n", 23);
	assert_int_equal(rb_request_read(text, sizeof(text) - 1).status, RB_REQUEST_MORE);
	assert_int_equal(rb_request_read(text, sizeof(text)).status, RB_REQUEST_LARGE);
}

/* --- the server ------------------------------------------------------------------------------ */

struct world {
	struct fixture *fixture;
	struct rb_vitals vitals;
	struct rb_control_view view;
	struct rb_kernel_counts kernel;
	struct rb_http *http;
	uint16_t port;
};

static int world_setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	char interface[64];
	int held, fd;

	world->fixture = fixture_new();
	fixture_open(world->fixture, 1);
	world->view = (struct rb_control_view){
		.config = &world->fixture->config,
		.kernel = &world->kernel,
		.table = world->fixture->table,
		.server = world->fixture->server,
		.resolvers = world->fixture->resolvers,
		.vitals = &world->vitals,
	};
	held = port_take(&world->port);
	close(held);
	snprintf(interface, sizeof(interface), "127.0.0.1@%u", world->port);
	assert_int_equal(rb_http_listen(interface, NULL, &fd), 0);
	assert_int_equal(rb_http_start(fd, NULL, &world->view, &world->http), 0);
	close(fd);
	*state = world;
	return 0;
}

static int world_teardown(void **state)
{
	struct world *world = *state;

	rb_http_stop(world->http);
	fixture_free(world->fixture);
	free(world);
	return 0;
}

static int dial(const struct world *world, const char *from)
{
	return client_open(SOCK_STREAM, from, "127.0.0.1", world->port);
}

/* The whole answer, up to the end of the connection; its length. */
static size_t receive(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t got;

	do {
		assert_true(is_readable(fd, REPLY_MS));
		got = recv(fd, text + len, size - 1 - len, 0);
		assert_true(got >= 0);
		len += (size_t)got;
	} while (got);
	text[len] = 0;
	return len;
}

static void expect_metrics(const struct world *world, const char *from)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";
	static char text[1 << 20];
	_cleanup_close_ int fd = dial(world, from);
	const char *length, *body;

	assert_int_equal(send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL), sizeof(request) - 1);
	receive(fd, text, sizeof(text));
	assert_memory_equal(text, "HTTP/1.1 200 OK\r\n", 17);
	length = strstr(text, "Content-Length: ");
	body = strstr(text, "\r\n\r\n");
	assert_non_null(length);
	assert_non_null(body);
	assert_int_equal(strtoul(length + 16, NULL, 10), strlen(body + 4));
	assert_non_null(strstr(body, "\nrunbound_uptime_seconds "));
}

/* Otherwise: monitoring would get nothing. */
static void metrics_are_told(void **state)
{
	expect_metrics(*state, NULL);
	expect_metrics(*state, NULL);
}

/* Otherwise: a client that says more than it need would not get its answer. */
static void answer_arrives_whatever_follows_the_request(void **state)
{
	static const char request[] = "GET /nothing HTTP/1.1\r\nContent-Length: 100000\r\n\r\n";
	_cleanup_close_ int fd = dial(*state, NULL);
	static char more[100000], text[4096];

	assert_int_equal(send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL), sizeof(request) - 1);
	assert_int_equal(send(fd, more, sizeof(more), MSG_NOSIGNAL), sizeof(more));
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	receive(fd, text, sizeof(text));
	assert_memory_equal(text, "HTTP/1.1 404 Not Found\r\n", 24);
}

static size_t descriptors_count(void)
{
	size_t count = 0;

	for (int fd = 0; fd < 4096; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* Otherwise: whoever reaches the port could take all descriptors, and DNS with them. */
static void crowd_is_bounded_and_others_get_in(void **state)
{
	struct world *world = *state;
	size_t before = descriptors_count();
	int fds[FLOOD];

	for (int i = 0; i < FLOOD; i++) {
		fds[i] = dial(world, "127.0.0.2");
		assert_true(send(fds[i], "G", 1, MSG_NOSIGNAL) == 1);
		if (i % 50 == 0)
			expect_metrics(world, "127.0.0.3");
	}
	expect_metrics(world, "127.0.0.3");
	expect_metrics(world, "127.0.0.2");
	assert_true(descriptors_count() <= before + FLOOD + 40);
	for (int i = 0; i < FLOOD; i++)
		close(fds[i]);
	expect_metrics(world, NULL);
}

/* Otherwise: a byte now and then would hold a connection for ever. */
static void deadline_does_not_restart(void **state)
{
	_cleanup_close_ int fd = dial(*state, NULL);
	uint64_t start_ns = rb_clock_ns(), took_s;

	while (!is_readable(fd, 100))
		(void)!send(fd, "x", 1, MSG_NOSIGNAL);
	took_s = (rb_clock_ns() - start_ns) / RB_NS_PER_S;
	assert_in_range(took_s, 4, 15);
}

static uint64_t cpu_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
	       (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* Otherwise: with no descriptors left the thread would spin, and write to the log all the time. */
static void want_of_descriptors_is_waited_for(void **state)
{
	struct world *world = *state;
	struct rlimit limit, none;
	uint64_t begin_us;
	int status, turns[2];
	pid_t child;
	char turn;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, turns), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit){descriptors_count(), limit.rlim_max};
	child = fork();
	if (!child) {
		int fd;

		(void)!read(turns[1], &turn, 1);
		fd = dial(world, NULL);
		(void)!send(fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL);
		(void)!write(turns[1], &turn, 1);
		_exit(is_readable(fd, REPLY_MS) ? 0 : 1);
	}
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(write(turns[0], "", 1), 1);
	assert_int_equal(read(turns[0], &turn, 1), 1);
	/* From here on there is a connection that cannot be accepted. */
	begin_us = cpu_us();
	usleep(500000);
	assert_true(cpu_us() - begin_us < 250000);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(turns[0]);
	close(turns[1]);
}

int main(int argc, char **argv)
{
	static struct CMUnitTest reading[ARRAY_SIZE(requests) + ARRAY_SIZE(paths) + 1];
	const struct CMUnitTest serving[] = {
		cmocka_unit_test(metrics_are_told),
		cmocka_unit_test(answer_arrives_whatever_follows_the_request),
		cmocka_unit_test(crowd_is_bounded_and_others_get_in),
		cmocka_unit_test(deadline_does_not_restart),
		cmocka_unit_test(want_of_descriptors_is_waited_for),
	};
	int failed;

	for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
		reading[i] = (struct CMUnitTest){
			.name = requests[i].name,
			.test_func = request_is_read,
			.initial_state = (void *)&requests[i],
		};
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		reading[ARRAY_SIZE(requests) + i] = (struct CMUnitTest){
			.name = paths[i].name,
			.test_func = path_and_token_are_found,
			.initial_state = (void *)&paths[i],
		};
	reading[ARRAY_SIZE(requests) + ARRAY_SIZE(paths)] =
		(struct CMUnitTest)cmocka_unit_test(endless_head_is_refused);
	if (rb_resolver_is(argc, argv))
		return rb_resolver_main(argv);
	failed = cmocka_run_group_tests_name("http_request", reading, NULL, NULL);
	return failed + cmocka_run_group_tests_name("http", serving, world_setup, world_teardown);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Resolver processes are started here, since that requires privileges: with descriptors from the
 * server, but with the program, the name and the user that the keeper chooses. Their log and their
 * responses go to the server.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "daemon/keeper.h"
#include "resolve/process.h"
#include "resolve/resolver.h"
#include "util/cleanup.h"
#include "util/log.h"

#define SERVER_USER "runbound-server"

enum {
	RESOLVERS_MAX =
		4 * RB_SHARDS, /* a server has twice as many at most, while it renews them */
	GIVEN_MAX = 65536,
};

int rb_keeper_find_users(struct rb_keeper *keeper)
{
	static const char *const of_server[] = {SERVER_USER, "nobody"};
	int err = rb_resolvers_user(keeper->config, &keeper->resolver_user);

	if (err)
		return err;
	err = rb_process_user_find(NULL, of_server, ARRAY_SIZE(of_server), &keeper->server_user);
	if (err)
		rb_log_error("there is no user " SERVER_USER " for rb-server, nor nobody");
	return err;
}

static void given_close(struct rb_keeper_server *server)
{
	while (server->given_count)
		close(server->given[--server->given_count]);
	free(server->given);
	server->given = NULL;
}

static int given_add(struct rb_keeper_server *server, int *fds, size_t count)
{
	size_t all = server->given_count + count;
	int *given = all <= GIVEN_MAX ? reallocarray(server->given, all + 1, sizeof(*given)) : NULL;

	if (!given)
		return -ENOMEM;
	server->given = given;
	for (size_t i = 0; i < count; i++)
		given[server->given_count++] = TAKE_FD(fds[i]);
	return 0;
}

static int resolver_start(const struct rb_keeper *keeper, struct rb_keeper_server *server,
			  struct rb_process **ret_child)
{
	const struct rb_process_opts opts = {
		.name = RB_RESOLVER_NAME,
		.label = "resolver",
		.user = &keeper->resolver_user,
		.fds = server->given,
		.fd_count = server->given_count,
	};
	struct rb_process **grown;
	int err;

	if (server->resolver_count >= RESOLVERS_MAX)
		return -EAGAIN;
	grown = reallocarray(server->resolvers, server->resolver_count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	server->resolvers = grown;
	err = rb_process_start(&opts, ret_child);
	if (!err)
		grown[server->resolver_count++] = *ret_child;
	return err;
}

static void start(const struct rb_keeper *keeper, struct rb_keeper_server *server, int err)
{
	struct rb_note answer = {.kind = RB_ANSWERS};
	struct rb_process *child = NULL;
	struct rb_process_parts parts = {0};
	int fds[3];

	if (!err)
		err = resolver_start(keeper, server, &child);
	given_close(server);
	answer.result = err;
	if (child) {
		rb_process_parts(child, &parts);
		answer.pid = parts.pid;
		fds[0] = parts.end_fd;
		fds[1] = parts.control_fd;
		fds[2] = parts.log_fd;
	}
	rb_note_send(rb_process_control_fd(server->child), &answer, fds, child ? 3 : 0);
	if (child)
		rb_process_let_go(child);
}

/* Returns resolver_count if there is no such process. */
static size_t find(const struct rb_keeper_server *server, pid_t pid)
{
	size_t i;

	for (i = 0; i < server->resolver_count; i++)
		if (rb_process_pid(server->resolvers[i]) == pid)
			break;
	return i;
}

static void how(const struct rb_keeper_server *server, size_t number)
{
	struct rb_note answer = {.kind = RB_ANSWERS, .result = -ESRCH};

	if (number < server->resolver_count)
		answer.result =
			rb_process_how(server->resolvers[number], &answer.code, &answer.status)
				? 0
				: -EAGAIN;
	rb_note_send(rb_process_control_fd(server->child), &answer, NULL, 0);
}

void rb_keeper_hear_of_resolvers(struct rb_keeper *keeper, struct rb_keeper_server *server,
				 const struct rb_note *note, int *fds, size_t count)
{
	size_t number = find(server, note->pid);
	int err = note->kind == RB_SAYS_START ? given_add(server, fds, count) : 0;

	if (note->kind == RB_SAYS_START && !note->more)
		start(keeper, server, err);
	if (note->kind == RB_SAYS_HOW)
		how(server, number);
	if (number == server->resolver_count)
		return;
	if (note->kind == RB_SAYS_KILL)
		rb_process_kill(server->resolvers[number], SIGKILL);
	if (note->kind != RB_SAYS_END)
		return;
	rb_process_free(server->resolvers[number]);
	server->resolvers[number] = server->resolvers[--server->resolver_count];
}

void rb_keeper_end_resolvers(struct rb_keeper_server *server)
{
	given_close(server);
	while (server->resolver_count)
		rb_process_free(server->resolvers[--server->resolver_count]);
	free(server->resolvers);
	server->resolvers = NULL;
}

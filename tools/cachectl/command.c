/* SPDX-License-Identifier: BSD-2-Clause */
/* One command, one answer. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "complain.h"
#include "daemon.h"
#include "util/json.h"
#include "util/cleanup.h"

#define PATIENCE_S 60 /* a reload reads trust anchors and makes contexts */

const char *command_error(const char *answer)
{
	size_t len = strlen("error");

	if (strncmp(answer, "error", len) != 0)
		return NULL;
	answer += len;
	return answer + strspn(answer, " :");
}

enum cachectl_exit command_unheard(const struct cachectl *ctl, int err)
{
	if (err == -EACCES || err == -EPERM)
		complain(ctl->output,
			 "%s: no permission; the socket is for root and the group runbound",
			 ctl->socket);
	else
		complain(ctl->output, "%s: no daemon answers there (%s)", ctl->socket,
			 strerror(-err));
	return EXIT_NO_DAEMON;
}

/* {"done":true,"answer":["line",...]} */
static void print_json(char *answer, const char *error)
{
	char *rest = error ? (char *)error : answer, *line;
	int first = 1;

	printf("{\"done\":%s,\"answer\":[", error ? "false" : "true");
	while ((line = strsep(&rest, "\n"))) {
		if (!*line)
			continue;
		rb_json_comma(stdout, &first);
		rb_json_string(stdout, line);
	}
	puts("]}");
}

enum cachectl_exit command_run(const struct cachectl *ctl, const char *command)
{
	_cleanup_free_ char *answer = NULL;
	const char *error;
	int err = daemon_exchange(ctl->socket, command, PATIENCE_S, &answer);

	if (err)
		return command_unheard(ctl, err);
	error = command_error(answer);
	if (ctl->output == OUTPUT_JSON)
		print_json(answer, error);
	else if (error)
		fprintf(stderr, "runbound-cachectl: %s", error);
	else
		fputs(answer, stdout);
	return error ? EXIT_REFUSED : EXIT_OK;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens the listening sockets for the operator. */
#include "control/sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/http.h"
#include "control/kept.h"
#include "util/cleanup.h"
#include "util/log.h"

int rb_control_sockets_open_remote(const struct rb_config *config, struct rb_inherited *inherited,
				   struct rb_control_sockets **ret_sockets)
{
	_cleanup_free_ struct rb_control_sockets *sockets = calloc(1, sizeof(*sockets));
	int err = sockets ? rb_remote_open(config, inherited, &sockets->remote) : -ENOMEM;

	if (err || !sockets)
		return err;
	sockets->own_fd = sockets->metrics_fd = -1;
	*ret_sockets = TAKE_PTR(sockets);
	return 0;
}

static void own_open(const struct rb_config *config, struct rb_inherited *inherited,
		     struct rb_control_sockets *sockets)
{
	const char *path = config->control_socket;
	int err = *path ? rb_kept_unix(inherited, path, &sockets->own_fd, &sockets->own_is_kept)
			: 0;

	if (!err && *path)
		sockets->own_path = strdup(path);
	if (err == -EADDRINUSE)
		rb_log_warn("%s: used by another runbound; give this one a 'control-socket:' of "
			    "its own",
			    path);
	else if (err)
		rb_log_warn("%s: no control socket (%s); serving without", path, strerror(-err));
}

/* Whether only this machine can connect: its users may see more than counts. */
static bool is_loopback(const char *interface)
{
	return !strncmp(interface, "127.", 4) || !strcmp(interface, "::1") ||
	       !strncmp(interface, "::1@", 4);
}

static void metrics_open(const struct rb_config *config, struct rb_inherited *inherited,
			 struct rb_control_sockets *sockets)
{
	const char *interface = config->metrics_interface;
	const char *token = config->metrics_token;
	int err;

	if (!interface)
		return;
	if (!is_loopback(interface) && !(token && *token))
		rb_log_warn("metrics-interface: %s: whoever reaches it may read the counts; give "
			    "an address of loopback, or metrics-token",
			    interface);
	err = rb_http_listen(interface, inherited, &sockets->metrics_fd);
	if (err)
		rb_log_warn("metrics-interface: %s: cannot be served (%s)", interface,
			    strerror(-err));
}

void rb_control_sockets_open_own(const struct rb_config *config, struct rb_inherited *inherited,
				 struct rb_control_sockets *sockets)
{
	own_open(config, inherited, sockets);
	metrics_open(config, inherited, sockets);
}

void rb_control_sockets_close(struct rb_control_sockets *sockets)
{
	if (!sockets)
		return;
	if (sockets->own_path && !sockets->own_is_kept)
		unlink(sockets->own_path);
	rb_remote_unlink(sockets->remote);
	rb_control_sockets_release(sockets);
}

void rb_control_sockets_release(struct rb_control_sockets *sockets)
{
	if (!sockets)
		return;
	rb_remote_close(sockets->remote);
	rb_closep(&sockets->own_fd);
	rb_closep(&sockets->metrics_fd);
	free(sockets->own_path);
	free(sockets);
}

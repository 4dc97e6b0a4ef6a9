/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens the sockets of remote-control. */
#include "control/unbound/listen.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "control/certificate.h"
#include "control/kept.h"
#include "util/cleanup.h"
#include "util/log.h"

#define BACKLOG 16

struct ref {
	int fd;       /* -1: not open */
	char *path;   /* of a Unix socket */
	bool is_kept; /* by systemd: its file stays */
	bool tls;
};

struct rb_remote_sockets {
	SSL_CTX *tls; /* NULL: no listen needs it */
	size_t count;
	struct ref listens[];
};

int rb_remote_check(const struct rb_config *config)
{
	SSL_CTX *tls = NULL;
	int err = rb_remote_needs_cert(&config->remote) ? rb_certificate_load(config, &tls) : 0;

	SSL_CTX_free(tls);
	return err;
}

void rb_remote_close(struct rb_remote_sockets *sockets)
{
	if (!sockets)
		return;
	for (size_t i = 0; i < sockets->count; i++) {
		rb_closep(&sockets->listens[i].fd);
		free(sockets->listens[i].path);
	}
	SSL_CTX_free(sockets->tls);
	free(sockets);
}

void rb_remote_unlink(const struct rb_remote_sockets *sockets)
{
	for (size_t i = 0; sockets && i < sockets->count; i++)
		if (sockets->listens[i].fd >= 0 && sockets->listens[i].path &&
		    !sockets->listens[i].is_kept)
			unlink(sockets->listens[i].path);
}

static void sockets_closep(struct rb_remote_sockets **sockets)
{
	rb_remote_close(*sockets);
}

static int listen_open(const struct rb_remote_listen *at, struct rb_inherited *inherited,
		       struct ref *ref)
{
	if (at->addr.ss_family != AF_UNIX)
		return rb_kept_tcp(inherited, "control", &at->addr, BACKLOG, &ref->fd);
	ref->path = strdup(at->text);
	return ref->path ? rb_kept_unix(inherited, at->text, &ref->fd, &ref->is_kept) : -ENOMEM;
}

/* If no line names the socket, the message has that of control-enable. */
static void say_closed(const struct rb_remote_listen *listen, int err)
{
	rb_log_error("%s:%u: control-interface: %s: cannot be opened (%s); unbound-control is not "
		     "served there",
		     listen->origin.file, listen->origin.line, listen->text,
		     err == -EEXIST ? "something is there that is no socket" : strerror(-err));
}

int rb_remote_open(const struct rb_config *config, struct rb_inherited *inherited,
		   struct rb_remote_sockets **ret_sockets)
{
	const struct rb_remote *remote = &config->remote;
	_cleanup_(sockets_closep) struct rb_remote_sockets *sockets = NULL;
	int err;

	*ret_sockets = NULL;
	if (!remote->enabled)
		return 0;
	sockets = calloc(1, sizeof(*sockets) + remote->listen_count * sizeof(sockets->listens[0]));
	if (!sockets)
		return -ENOMEM;
	if (rb_remote_needs_cert(remote)) {
		err = rb_certificate_load(config, &sockets->tls);
		if (err)
			return err;
	}
	for (size_t i = 0; i < remote->listen_count; i++) {
		const struct rb_remote_listen *listen = &remote->listens[i];
		struct ref *ref = &sockets->listens[sockets->count++];

		ref->fd = -1;
		ref->tls = rb_remote_uses_tls(remote, listen);
		err = listen_open(listen, inherited, ref);
		if (err)
			say_closed(listen, err);
	}
	*ret_sockets = TAKE_PTR(sockets);
	return 0;
}

int rb_remote_serve(struct rb_remote_sockets *sockets, struct rb_clients *clients)
{
	int err = 0;

	for (size_t i = 0; sockets && i < sockets->count && !err; i++) {
		const struct ref *ref = &sockets->listens[i];

		if (ref->fd >= 0)
			err = rb_clients_listen(clients, ref->fd, ref->tls ? sockets->tls : NULL);
	}
	return err;
}

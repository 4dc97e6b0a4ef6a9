/* SPDX-License-Identifier: BSD-2-Clause */
/* A client's connection, plain or over TLS. */
#include "control/channel.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "util/cleanup.h"

int rb_channel_open(struct rb_channel *channel, int fd, SSL_CTX *tls)
{
	*channel = (struct rb_channel){.fd = fd, .wants = EPOLLIN};
	if (!tls)
		return 0;
	channel->ssl = SSL_new(tls);
	if (!channel->ssl || SSL_set_fd(channel->ssl, fd) != 1) {
		rb_channel_close(channel);
		return -ENOMEM;
	}
	SSL_set_accept_state(channel->ssl);
	return 0;
}

/* Turn the result of a call of OpenSSL (done) into ours. */
static ssize_t tls_result(struct rb_channel *channel, int done)
{
	int why = SSL_get_error(channel->ssl, done);

	ERR_clear_error();
	switch (why) {
	case SSL_ERROR_NONE:
		return done;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_WANT_READ:
		channel->wants = EPOLLIN;
		return -EAGAIN;
	case SSL_ERROR_WANT_WRITE:
		channel->wants = EPOLLOUT;
		return -EAGAIN;
	default:
		return -EPROTO;
	}
}

static int at_most(size_t bytes)
{
	return bytes > INT_MAX ? INT_MAX : (int)bytes;
}

ssize_t rb_channel_receive(struct rb_channel *channel, void *bytes, size_t room)
{
	ssize_t got;

	ERR_clear_error();
	if (channel->ssl)
		return tls_result(channel, SSL_read(channel->ssl, bytes, at_most(room)));
	got = recv(channel->fd, bytes, room, 0);
	channel->wants = EPOLLIN;
	return got < 0 ? -errno : got;
}

ssize_t rb_channel_send(struct rb_channel *channel, const void *bytes, size_t len)
{
	ssize_t sent;

	ERR_clear_error();
	if (channel->ssl)
		return tls_result(channel, SSL_write(channel->ssl, bytes, at_most(len)));
	sent = send(channel->fd, bytes, len, MSG_NOSIGNAL);
	channel->wants = EPOLLOUT;
	return sent < 0 ? -errno : sent;
}

/* The client need not tell its own end: the connection is closed in any case. */
void rb_channel_finish(struct rb_channel *channel)
{
	if (channel->ssl)
		SSL_shutdown(channel->ssl);
	ERR_clear_error();
}

void rb_channel_close(struct rb_channel *channel)
{
	SSL_free(channel->ssl);
	rb_closep(&channel->fd);
	*channel = (struct rb_channel){.fd = -1};
}

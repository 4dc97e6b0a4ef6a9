/* SPDX-License-Identifier: BSD-2-Clause */
/* Frame Streams, by a socket or by TLS over one. */
#include "serve/dnstap_stream.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dns/bytes.h"
#include "util/cleanup.h"

#define PATIENCE_MS 5000 /* for a receiver that is connected, but reads nothing */
#define STOP_MS     1000

/* Control frames of Frame Streams: an escape, their length, their type, a field. */
enum control {
	CONTROL_ACCEPT = 1,
	CONTROL_START = 2,
	CONTROL_STOP = 3,
	CONTROL_READY = 4,
	CONTROL_FINISH = 5,
};

#define FIELD_CONTENT_TYPE 1
#define CONTROL_MAX        512

/* Without a zero byte at the end. */
static const char content_type[22] = "protobuf:dnstap.Dnstap";

struct rb_dnstap_stream {
	int fd;
	SSL *ssl; /* NULL: none */
	bool bidirectional;
};

static void stream_closep(struct rb_dnstap_stream **stream)
{
	rb_dnstap_stream_close(*stream);
}

static int wait_for(int fd, short events, int patience_ms)
{
	struct pollfd ready = {.fd = fd, .events = events};
	int count = poll(&ready, 1, patience_ms);

	return count > 0 ? 0 : count ? -errno : -ETIMEDOUT;
}

/* After a TLS call that returned result: wait. 0: try the call again. */
static int tls_wait(struct rb_dnstap_stream *stream, int result, int patience_ms)
{
	int error = SSL_get_error(stream->ssl, result);

	ERR_clear_error();
	if (error == SSL_ERROR_WANT_READ)
		return wait_for(stream->fd, POLLIN, patience_ms);
	if (error == SSL_ERROR_WANT_WRITE)
		return wait_for(stream->fd, POLLOUT, patience_ms);
	return error == SSL_ERROR_SYSCALL && errno ? -errno : -ECONNRESET;
}

/* Send some of the bytes. Returns how many; 0: try again. */
static ssize_t some_send(struct rb_dnstap_stream *stream, const uint8_t *bytes, size_t len)
{
	ssize_t some;

	if (stream->ssl) {
		int written = SSL_write(stream->ssl, bytes, (int)len);

		return written > 0 ? written : tls_wait(stream, written, PATIENCE_MS);
	}
	some = send(stream->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (some >= 0)
		return some;
	return errno == EAGAIN ? wait_for(stream->fd, POLLOUT, PATIENCE_MS) : -errno;
}

static ssize_t some_receive(struct rb_dnstap_stream *stream, uint8_t *bytes, size_t len,
			    int patience_ms)
{
	ssize_t some;
	int err;

	if (stream->ssl) {
		int got = SSL_read(stream->ssl, bytes, (int)len);

		return got > 0 ? got : tls_wait(stream, got, patience_ms);
	}
	err = wait_for(stream->fd, POLLIN, patience_ms);
	if (err)
		return err;
	some = recv(stream->fd, bytes, len, MSG_DONTWAIT);
	return some > 0 ? some : some ? -errno : -ECONNRESET;
}

int rb_dnstap_stream_send(struct rb_dnstap_stream *stream, const uint8_t *bytes, size_t len)
{
	while (len) {
		ssize_t some = some_send(stream, bytes, len);

		if (some < 0)
			return (int)some;
		bytes += some;
		len -= (size_t)some;
	}
	return 0;
}

static int bytes_receive(struct rb_dnstap_stream *stream, uint8_t *bytes, size_t len,
			 int patience_ms)
{
	while (len) {
		ssize_t some = some_receive(stream, bytes, len, patience_ms);

		if (some < 0)
			return (int)some;
		bytes += some;
		len -= (size_t)some;
	}
	return 0;
}

static int control_send(struct rb_dnstap_stream *stream, enum control type)
{
	uint8_t frame[64] = {0};
	size_t content = sizeof(content_type), len = 4;

	rb_bytes_put32(frame + 8, type);
	if (type != CONTROL_STOP) {
		rb_bytes_put32(frame + 12, FIELD_CONTENT_TYPE);
		rb_bytes_put32(frame + 16, (uint32_t)content);
		memcpy(frame + 20, content_type, content);
		len += 8 + content;
	}
	rb_bytes_put32(frame + 4, (uint32_t)len);
	return rb_dnstap_stream_send(stream, frame, 8 + len);
}

/* Other contents of the frame are ignored. */
static int control_receive(struct rb_dnstap_stream *stream, enum control type, int patience_ms)
{
	uint8_t head[8] = {0}, frame[CONTROL_MAX] = {0};
	uint32_t len;
	int err = bytes_receive(stream, head, sizeof(head), patience_ms);

	if (err)
		return err;
	len = rb_bytes_get32(head + 4);
	if (rb_bytes_get32(head) || len < 4 || len > sizeof(frame))
		return -EPROTO;
	err = bytes_receive(stream, frame, len, patience_ms);
	if (err)
		return err;
	return rb_bytes_get32(frame) == type ? 0 : -EPROTO;
}

static int shake_hands(struct rb_dnstap_stream *stream)
{
	int err = 0;

	if (stream->bidirectional) {
		err = control_send(stream, CONTROL_READY);
		if (!err)
			err = control_receive(stream, CONTROL_ACCEPT, PATIENCE_MS);
	}
	return err ? err : control_send(stream, CONTROL_START);
}

static int dial(const struct rb_dnstap_target *target, int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	socklen_t len = sizeof(int);
	int failed = 0, err = rb_opener_open(target->opener, RB_OPENS_DNSTAP, &fd);

	if (!err)
		err = wait_for(fd, POLLOUT, PATIENCE_MS);
	if (!err && getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len))
		failed = errno;
	if (!err)
		err = -failed;
	if (!err)
		*ret_fd = TAKE_FD(fd);
	return err;
}

static int tls_begin(struct rb_dnstap_stream *stream, const struct rb_dnstap_target *target,
		     const char **ret_why)
{
	bool named = target->server_name && *target->server_name;
	int err = 0, result;
	long verified;

	stream->ssl = SSL_new(target->tls);
	if (!stream->ssl || !SSL_set_fd(stream->ssl, stream->fd))
		return -ENOMEM;
	if (named) {
		SSL_set_hostflags(stream->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
		if (!SSL_set1_host(stream->ssl, target->server_name) ||
		    !SSL_set_tlsext_host_name(stream->ssl, target->server_name))
			return -ENOMEM;
	}
	while (!err && (result = SSL_connect(stream->ssl)) <= 0)
		err = tls_wait(stream, result, PATIENCE_MS);
	verified = SSL_get_verify_result(stream->ssl);
	if (err && SSL_get_verify_mode(stream->ssl) & SSL_VERIFY_PEER && verified != X509_V_OK)
		*ret_why = X509_verify_cert_error_string(verified);
	return err;
}

int rb_dnstap_stream_open(const struct rb_dnstap_target *target,
			  struct rb_dnstap_stream **ret_stream, const char **ret_why)
{
	_cleanup_(stream_closep) struct rb_dnstap_stream *stream = calloc(1, sizeof(*stream));
	int err;

	if (!stream)
		return -ENOMEM;
	stream->fd = -1;
	stream->bidirectional = target->bidirectional;
	err = dial(target, &stream->fd);
	if (!err && target->tls)
		err = tls_begin(stream, target, ret_why);
	if (!err)
		err = shake_hands(stream);
	if (!err)
		*ret_stream = TAKE_PTR(stream);
	return err;
}

void rb_dnstap_stream_finish(struct rb_dnstap_stream *stream)
{
	if (!control_send(stream, CONTROL_STOP) && stream->bidirectional)
		(void)control_receive(stream, CONTROL_FINISH, STOP_MS);
	if (stream->ssl)
		(void)SSL_shutdown(stream->ssl);
}

void rb_dnstap_stream_close(struct rb_dnstap_stream *stream)
{
	if (!stream)
		return;
	SSL_free(stream->ssl);
	rb_closep(&stream->fd);
	free(stream);
}

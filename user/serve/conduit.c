/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of a connection, in clear text or over TLS. */
#include "serve/conduit.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>

#include "serve/tls.h"
#include "util/tls_read.h"
#include "util/tls_write.h"

int rb_conduit_open(struct rb_conduit *conduit, struct event_base *base, int fd, SSL_CTX *tls,
		    enum rb_speech speech)
{
	if (!tls) {
		conduit->bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
		return conduit->bev ? 0 : -ENOMEM;
	}
	conduit->staged = evbuffer_new();
	conduit->ssl = conduit->staged ? rb_tls_open(tls, speech) : NULL;
	if (!conduit->ssl)
		return -ENOMEM;
	/* Deferred, since the callback of a write would run while a message is being taken. */
	conduit->bev =
		bufferevent_openssl_socket_new(base, fd, conduit->ssl, BUFFEREVENT_SSL_ACCEPTING,
					       BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	/* libevent frees it when it fails, as it does later. */
	if (!conduit->bev)
		conduit->ssl = NULL;
	return conduit->bev ? 0 : -ENOMEM;
}

/* RFC 8446 6.1. */
static void good_bye(const struct rb_conduit *conduit)
{
	if (!conduit->ssl || !SSL_is_init_finished(conduit->ssl))
		return;
	(void)SSL_shutdown(conduit->ssl);
	ERR_clear_error();
}

void rb_conduit_close(struct rb_conduit *conduit)
{
	good_bye(conduit);
	if (conduit->bev)
		bufferevent_free(conduit->bev);
	if (conduit->staged)
		evbuffer_free(conduit->staged);
	*conduit = (struct rb_conduit){0};
}

struct evbuffer *rb_conduit_output(const struct rb_conduit *conduit)
{
	return conduit->staged ?: bufferevent_get_output(conduit->bev);
}

size_t rb_conduit_output_len(const struct rb_conduit *conduit)
{
	size_t len = conduit->staged ? evbuffer_get_length(conduit->staged) : 0;

	return conduit->bev ? len + evbuffer_get_length(bufferevent_get_output(conduit->bev)) : len;
}

void rb_conduit_flush(const struct rb_conduit *conduit)
{
	if (conduit->staged)
		rb_tls_write(conduit->bev, conduit->ssl, conduit->staged);
}

enum rb_conduit_read rb_conduit_read(const struct rb_conduit *conduit, size_t max)
{
	struct evbuffer *input = bufferevent_get_input(conduit->bev);
	size_t before = evbuffer_get_length(input);
	int end;

	if (!conduit->ssl || !SSL_is_init_finished(conduit->ssl))
		return RB_CONDUIT_NOTHING;
	end = rb_tls_read(conduit->ssl, input, max);
	ERR_clear_error();
	/* If it also ended, the next call finds that after these bytes have been taken. */
	if (evbuffer_get_length(input) > before)
		return end == SSL_ERROR_WANT_READ ? RB_CONDUIT_REST : RB_CONDUIT_SOME;
	switch (end) {
	case SSL_ERROR_NONE:
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return RB_CONDUIT_NOTHING;
	case SSL_ERROR_ZERO_RETURN:
		return RB_CONDUIT_END;
	default:
		return RB_CONDUIT_FAILED;
	}
}

bool rb_conduit_is_resumed(const struct rb_conduit *conduit)
{
	return conduit->ssl && SSL_session_reused(conduit->ssl);
}

bool rb_conduit_shakes_hands(const struct rb_conduit *conduit)
{
	return conduit->ssl && !SSL_is_init_finished(conduit->ssl);
}

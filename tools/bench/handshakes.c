/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections of DNS over TLS, one after the other, with a question each; or many that stay open:
 *
 *	handshakes new|resumed ADDRESS SECONDS	prints how many there were, as JSON
 *	handshakes open ADDRESS COUNT		says that they are open, and keeps them until stdin ends
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/clock.h"

#define PORT 853

static const uint8_t query[] = "\x00\x27"
			       "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
			       "\x07"
			       "aaaaaaa\x05"
			       "bench\x07"
			       "example\x00\x00\x01\x00\x01";

static SSL_SESSION *last;

static int on_session(SSL *ssl, SSL_SESSION *session)
{
	(void)ssl;
	SSL_SESSION_free(last);
	last = session;
	return 1;
}

static SSL_CTX *tls_new(void)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	if (!tls)
		return NULL;
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(tls, on_session);
	SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
	return tls;
}

static int tcp_open(const char *address)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	/* So that ports are not used up by connections that have ended. */
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1},
		   sizeof(struct linger));
	if (!connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return fd;
	close(fd);
	return -1;
}

/* The connection, after an answer; NULL: none. */
static SSL *ask(SSL_CTX *tls, const char *address, bool resume)
{
	uint8_t reply[600];
	int fd = tcp_open(address);
	SSL *ssl = fd < 0 ? NULL : SSL_new(tls);

	if (ssl && SSL_set_fd(ssl, fd) == 1 && (!resume || !last || SSL_set_session(ssl, last)) &&
	    SSL_connect(ssl) == 1 && SSL_write(ssl, query, sizeof(query) - 1) > 0 &&
	    SSL_read(ssl, reply, sizeof(reply)) > 0)
		return ssl;
	SSL_free(ssl);
	close(fd);
	return NULL;
}

static void end(SSL *ssl)
{
	int fd = SSL_get_fd(ssl);

	SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(ssl);
	close(fd);
}

static int count(SSL_CTX *tls, const char *address, double seconds, bool resume)
{
	uint64_t began_ns = rb_clock_ns(), ns = (uint64_t)(seconds * 1e9), done = 0, resumed = 0;

	while (rb_clock_ns() - began_ns < ns) {
		SSL *ssl = ask(tls, address, resume);

		if (!ssl)
			return -ECONNABORTED;
		done++;
		resumed += SSL_session_reused(ssl) != 0;
		end(ssl);
	}
	printf("{\"handshakes\":%lu,\"resumed\":%lu,\"rate\":%.0f}\n", (unsigned long)done,
	       (unsigned long)resumed, (double)done * 1e9 / (double)(rb_clock_ns() - began_ns));
	return 0;
}

static int keep_open(SSL_CTX *tls, const char *address, unsigned long wanted)
{
	const struct rlimit files = {wanted + 100, wanted + 100};

	if (setrlimit(RLIMIT_NOFILE, &files))
		return -errno;
	for (unsigned long i = 0; i < wanted; i++)
		if (!ask(tls, address, false))
			return -ECONNABORTED;
	printf("{\"open\":%lu}\n", wanted);
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}

int main(int argc, char **argv)
{
	SSL_CTX *tls = tls_new();
	int err;

	if (argc != 4 || !tls) {
		fputs("handshakes new|resumed ADDRESS SECONDS, or handshakes open ADDRESS COUNT\n",
		      stderr);
		return EXIT_FAILURE;
	}
	if (!strcmp(argv[1], "open"))
		err = keep_open(tls, argv[2], strtoul(argv[3], NULL, 10));
	else
		err = count(tls, argv[2], strtod(argv[3], NULL), !strcmp(argv[1], "resumed"));
	if (err)
		fprintf(stderr, "handshakes: %s\n", strerror(-err));
	SSL_SESSION_free(last);
	SSL_CTX_free(tls);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* A server of DNS over TLS with a certificate of its own making. */
#include "unit/upstream_fixture.h"

#include <arpa/inet.h>
#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

static EVP_PKEY *authority_key;
static X509 *authority;
static char *authority_pem;

static X509 *certificate_new(EVP_PKEY *key, const char *host)
{
	X509 *certificate = X509_new();
	X509_NAME *name = X509_get_subject_name(certificate);
	X509V3_CTX context;
	X509_EXTENSION *extension;
	char value[300];

	X509_set_version(certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), host ? 2 : 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_set_pubkey(certificate, key);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
				   (const unsigned char *)(host ? "server" : "authority"), -1, -1,
				   0);
	X509_set_issuer_name(certificate, host ? X509_get_subject_name(authority) : name);
	X509V3_set_ctx(&context, host ? authority : certificate, certificate, NULL, NULL, 0);
	snprintf(value, sizeof(value), host ? "DNS:%s" : "critical,CA:TRUE", host);
	extension = X509V3_EXT_conf_nid(NULL, &context,
					host ? NID_subject_alt_name : NID_basic_constraints, value);
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
	X509_sign(certificate, authority_key, EVP_sha256());
	return certificate;
}

const char *upstream_authority(void)
{
	BIO *out;
	char *text;
	long len;

	if (authority_pem)
		return authority_pem;
	authority_key = EVP_EC_gen("P-256");
	authority = certificate_new(authority_key, NULL);
	out = BIO_new(BIO_s_mem());
	PEM_write_bio_X509(out, authority);
	len = BIO_get_mem_data(out, &text);
	authority_pem = calloc(1, (size_t)len + 1);
	if (authority_pem)
		memcpy(authority_pem, text, (size_t)len);
	BIO_free(out);
	return authority_pem;
}

static SSL_CTX *tls_new(const char *host)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate;

	upstream_authority();
	certificate = certificate_new(key, host);
	SSL_CTX_use_certificate(tls, certificate);
	SSL_CTX_use_PrivateKey(tls, key);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return tls;
}

static void frame_send(struct bufferevent *stream, const uint8_t *message, size_t len)
{
	const uint8_t length[2] = {(uint8_t)(len >> 8), (uint8_t)len};

	bufferevent_write(stream, length, sizeof(length));
	bufferevent_write(stream, message, len);
}

static void answer(const struct upstream *upstream, struct bufferevent *stream,
		   const uint8_t *query, size_t len)
{
	uint8_t response[2048];

	memcpy(response, query, len);
	response[2] |= 0x80;
	switch (upstream->manner) {
	case SAYS_TOO_LITTLE:
		len = 3;
		break;
	case SAYS_OTHER_ID:
		response[0] ^= 0x55;
		for (unsigned int i = 0; i < 1000; i++)
			frame_send(stream, response, len);
		break;
	case SAYS_OTHER_QUESTION:
		response[13] ^= 1;
		break;
	case SAYS_FORMERR:
		response[3] |= 1;
		break;
	case SAYS_TRUNCATED:
		response[2] |= 2;
		break;
	default:
		break;
	}
	frame_send(stream, response, len);
}

static void hold(struct upstream *upstream, struct bufferevent *stream, const uint8_t *query,
		 size_t len)
{
	upstream->held[upstream->held_count] = stream;
	memcpy(upstream->held_queries[upstream->held_count], query, len);
	upstream->held_lens[upstream->held_count] = len;
	if (++upstream->held_count < 4)
		return;
	while (upstream->held_count--)
		answer(upstream, upstream->held[upstream->held_count],
		       upstream->held_queries[upstream->held_count],
		       upstream->held_lens[upstream->held_count]);
	upstream->held_count = 0;
}

static void on_written(struct bufferevent *stream, void *arg)
{
	(void)arg;
	SSL_shutdown(bufferevent_openssl_get_ssl(stream));
	bufferevent_free(stream);
}

static void on_query(struct bufferevent *stream, void *arg)
{
	struct upstream *upstream = arg;
	struct evbuffer *input = bufferevent_get_input(stream);
	uint8_t length[2];

	while (evbuffer_copyout(input, length, 2) == 2) {
		size_t len = (size_t)(length[0] << 8 | length[1]);

		if (evbuffer_get_length(input) < 2 + len)
			return;
		evbuffer_drain(input, 2);
		assert(len <= sizeof(upstream->last));
		evbuffer_remove(input, upstream->last, len);
		upstream->last_len = len;
		upstream->queries++;
		if (upstream->manner == ANSWERS_BACKWARDS)
			hold(upstream, stream, upstream->last, len);
		else if (upstream->manner != SAYS_NOTHING)
			answer(upstream, stream, upstream->last, len);
		if (upstream->manner == ANSWERS_AND_CLOSES) {
			bufferevent_setcb(stream, NULL, on_written, NULL, NULL);
			return;
		}
	}
}

static void on_end(struct bufferevent *stream, short what, void *arg)
{
	(void)arg;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		bufferevent_free(stream);
}

static void on_connection(struct evconnlistener *listener, evutil_socket_t fd,
			  struct sockaddr *from, int from_len, void *arg)
{
	struct upstream *upstream = arg;
	struct event_base *base = evconnlistener_get_base(listener);
	struct bufferevent *stream;

	(void)from;
	(void)from_len;
	upstream->connections++;
	if (upstream->manner == SPEAKS_NO_TLS) {
		stream = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
		bufferevent_write(stream, "220 hello, this is another service\r\n", 36);
	} else {
		stream = bufferevent_openssl_socket_new(
			base, fd, SSL_new(upstream->tls), BUFFEREVENT_SSL_ACCEPTING,
			BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
		bufferevent_openssl_set_allow_dirty_shutdown(stream, 1);
	}
	bufferevent_setcb(stream, on_query, NULL, on_end, upstream);
	bufferevent_enable(stream, EV_READ | EV_WRITE);
}

void upstream_open(struct upstream *upstream, struct event_base *base, enum manner manner,
		   const char *host)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(upstream->addr);

	*upstream = (struct upstream){.manner = manner, .tls = tls_new(host)};
	upstream->listener = evconnlistener_new_bind(base, on_connection, upstream,
						     LEV_OPT_CLOSE_ON_FREE, -1,
						     (struct sockaddr *)&addr, sizeof(addr));
	assert(upstream->listener);
	getsockname(evconnlistener_get_fd(upstream->listener), (struct sockaddr *)&upstream->addr,
		    &len);
}

void upstream_close(struct upstream *upstream)
{
	if (upstream->listener)
		evconnlistener_free(upstream->listener);
	SSL_CTX_free(upstream->tls);
	*upstream = (struct upstream){0};
}

struct rb_upstream_plan *plan_of(const struct upstream *upstreams, unsigned int count,
				 const char *name)
{
	const char *pem = upstream_authority();
	struct rb_upstream_plan *plan =
		calloc(1, sizeof(*plan) + count * sizeof(plan->servers[0]) + strlen(pem) + 1);

	plan->zone_count = 1;
	plan->server_count = count;
	plan->pad_block_bytes = 128;
	plan->use_sni = true;
	for (unsigned int i = 0; i < count; i++) {
		plan->servers[i].addr = upstreams[i].addr;
		snprintf(plan->servers[i].name, sizeof(plan->servers[i].name), "%s", name);
		snprintf(plan->servers[i].text, sizeof(plan->servers[i].text), "server %u", i);
	}
	plan->authorities_bytes = (uint32_t)strlen(pem);
	memcpy(&plan->servers[count], pem, strlen(pem));
	return plan;
}

size_t query_put(uint8_t out[512], uint16_t id, const char *label, const char *token)
{
	uint8_t head[12] = {(uint8_t)(id >> 8), (uint8_t)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1};
	static const uint8_t rest[] = "\x07"
				      "example\0\0\x01\0\x01"
				      "\0\0\x29\x04\xd0\0\0\x80";
	size_t at = 0, label_len = strlen(label), token_len = strlen(token);

	memcpy(out, head, sizeof(head));
	at = sizeof(head);
	out[at++] = (uint8_t)label_len;
	memcpy(out + at, label, label_len);
	at += label_len;
	memcpy(out + at, rest, sizeof(rest));
	at += sizeof(rest); /* with the last zero */
	out[at++] = 0;
	out[at++] = (uint8_t)(token_len + 4);
	out[at++] = 0xfd;
	out[at++] = 0xe9;
	out[at++] = 0;
	out[at++] = (uint8_t)token_len;
	memcpy(out + at, token, token_len);
	return at + token_len;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSSL, as a client of upstreams. */
#include "upstream/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "upstream/server.h"
#include "util/log.h"

static const char *why(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_last_error());

	return text ? text : "no memory";
}

/* A certificate that OpenSSL cannot read is left out, as it does in files. */
static int authorities_add(SSL_CTX *tls, const struct rb_upstream_plan *plan)
{
	X509_STORE *store = SSL_CTX_get_cert_store(tls);
	BIO *pem =
		BIO_new_mem_buf(rb_upstream_plan_authorities(plan), (int)plan->authorities_bytes);
	unsigned int count = 0;
	X509 *certificate;

	if (!pem)
		return -ENOMEM;
	while ((certificate = PEM_read_bio_X509_AUX(pem, NULL, NULL, NULL))) {
		count += (unsigned int)X509_STORE_add_cert(store, certificate);
		X509_free(certificate);
	}
	BIO_free(pem);
	ERR_clear_error();
	return count ? 0 : -ENODATA;
}

/*
 * The newest ticket counts. In TLS 1.3 each is for one connection (RFC 8446 C.4), and is removed
 * when it is used.
 */
static int on_session(SSL *ssl, SSL_SESSION *session)
{
	struct rb_upstream_server *server = SSL_get_app_data(ssl);

	SSL_SESSION_free(server->session);
	server->session = session;
	return 1;
}

static bool ciphers_set(SSL_CTX *tls, const char *ciphers, const char *ciphersuites)
{
	return (!*ciphers || SSL_CTX_set_cipher_list(tls, ciphers)) &&
	       (!*ciphersuites || SSL_CTX_set_ciphersuites(tls, ciphersuites));
}

bool rb_upstream_tls_knows(const char *ciphers, const char *ciphersuites)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	bool knows = tls && ciphers_set(tls, ciphers, ciphersuites);

	SSL_CTX_free(tls);
	ERR_clear_error();
	return knows;
}

int rb_upstream_tls_new(const struct rb_upstream_plan *plan, SSL_CTX **ret_tls)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	int err = tls ? 0 : -ENOMEM;

	if (!err && !SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION))
		err = -EINVAL;
	if (!err && !ciphers_set(tls, plan->ciphers, plan->ciphersuites))
		err = -EINVAL;
	if (!err && plan->authorities_bytes)
		err = authorities_add(tls, plan);
	if (err) {
		rb_log_error("TLS to upstreams cannot be set up: %s",
			     err == -ENODATA ? "no certificate in the bundle can be read" : why());
		SSL_CTX_free(tls);
		return err;
	}
	SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* For rb_tls_read(). */
	SSL_CTX_set_read_ahead(tls, 1);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(tls, on_session);
	*ret_tls = tls;
	return 0;
}

void rb_upstream_tls_free(SSL_CTX *tls)
{
	SSL_CTX_free(tls);
}

static bool identity_set(SSL *ssl, const struct rb_upstream_plan *plan, const char *name)
{
	bool verify = *name || plan->verify_unnamed;

	SSL_set_verify(ssl, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
	if (!*name)
		return true;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(ssl, name) && (!plan->use_sni || SSL_set_tlsext_host_name(ssl, name));
}

static void session_offer(SSL *ssl, struct rb_upstream_server *server)
{
	if (!server->session)
		return;
	SSL_set_session(ssl, server->session);
	if (SSL_SESSION_get_protocol_version(server->session) == TLS1_3_VERSION) {
		SSL_SESSION_free(server->session);
		server->session = NULL;
	}
}

SSL *rb_upstream_tls_open(SSL_CTX *tls, const struct rb_upstream_plan *plan,
			  struct rb_upstream_server *server)
{
	SSL *ssl = SSL_new(tls);

	if (!ssl)
		return NULL;
	if (!identity_set(ssl, plan, server->plan->name)) {
		SSL_free(ssl);
		return NULL;
	}
	SSL_set_app_data(ssl, server);
	session_offer(ssl, server);
	return ssl;
}

enum rb_upstream_failure rb_upstream_tls_failure(SSL *ssl, unsigned long error, int socket_error,
						 const char **ret_text)
{
	long verified = SSL_get_verify_result(ssl);
	const char *text = error ? ERR_reason_error_string(error) : NULL;

	if (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER && verified != X509_V_OK) {
		*ret_text = X509_verify_cert_error_string(verified);
		return RB_UPSTREAM_CERTIFICATE;
	}
	if (error) {
		*ret_text = text ? text : "TLS fails";
		return RB_UPSTREAM_TLS;
	}
	*ret_text = socket_error ? strerror(socket_error) : "it closes the connection";
	if (!BIO_number_read(SSL_get_rbio(ssl)) && socket_error)
		return RB_UPSTREAM_CONNECT;
	return RB_UPSTREAM_CLOSED;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the certificates of remote-control. */
#include "control/certificate.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509err.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/log.h"

static void tls_free(SSL_CTX **tls)
{
	SSL_CTX_free(*tls);
}

/* For a file that no line names, the message has the line that switches remote-control on. */
static void say(const struct rb_config *config, const char *directive, const char *file,
		struct rb_remote_origin origin, const char *why)
{
	const struct rb_remote_origin at = origin.file ? origin : config->remote.enabled_at;

	rb_log_error("%s:%u: %s: '%s': %s (unbound-control-setup makes it; or control-use-cert: "
		     "no, with a path as control-interface:)",
		     at.file, at.line, directive, file, why);
}

/* The reason of the failure, from OpenSSL or from the system. */
static const char *reason(const char *file)
{
	const char *text;

	if (access(file, R_OK))
		return strerror(errno);
	text = ERR_reason_error_string(ERR_peek_error());
	return text ? text : "not readable";
}

/* A daemon cannot ask anybody for a password. */
static int no_password(char *buffer, int size, int writing, void *context)
{
	(void)buffer, (void)size, (void)writing, (void)context;
	return 0;
}

static int files_use(const struct rb_config *config, SSL_CTX *tls)
{
	const struct rb_remote *remote = &config->remote;
	const char *cert = remote->cert_file, *key = remote->key_file;

	ERR_clear_error();
	if (SSL_CTX_use_certificate_chain_file(tls, cert) != 1 ||
	    SSL_CTX_load_verify_locations(tls, cert, NULL) != 1) {
		say(config, "server-cert-file", cert, remote->cert_at, reason(cert));
		return -EINVAL;
	}
	if (SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) == 1)
		return 0;
	say(config, "server-key-file", key, remote->key_at,
	    ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH
		    ? "it is not the key of server-cert-file"
		    : reason(key));
	return -EINVAL;
}

int rb_certificate_load(const struct rb_config *config, SSL_CTX **ret_tls)
{
	_cleanup_(tls_free) SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	int err;

	if (!tls)
		return -ENOMEM;
	SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
	SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
	SSL_CTX_set_default_passwd_cb(tls, no_password);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(tls, 0);
	SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	err = files_use(config, tls);
	ERR_clear_error();
	if (err)
		return err;
	SSL_CTX_set_client_CA_list(tls, SSL_load_client_CA_file(config->remote.cert_file));
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	*ret_tls = TAKE_PTR(tls);
	return 0;
}

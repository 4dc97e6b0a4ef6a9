/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of session tickets that the operator gives. */
#include "serve/tickets.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

#define NAME_BYTES   16
#define CIPHER_BYTES 32 /* of AES-256-CBC */
#define MAC_BYTES    32 /* of HMAC-SHA256 */
#define KEY_BYTES    (NAME_BYTES + CIPHER_BYTES + MAC_BYTES)
#define TICKETS_AT   2 /* behind key and certificates */

struct ticket_key {
	unsigned char name[NAME_BYTES], cipher[CIPHER_BYTES], mac[MAC_BYTES];
};

_Static_assert(sizeof(struct ticket_key) == KEY_BYTES, "as in the file");

/* The first key encrypts new tickets; the others are still accepted. */
struct ticket_keys {
	size_t count;
	struct ticket_key list[];
};

/* The index under which an SSL_CTX has its keys, which OpenSSL gives out once in a process. */
static int ex_index = -1;

static bool key_use(const struct ticket_key *key, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac,
		    unsigned char *iv, int encrypt)
{
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)key->mac, MAC_BYTES),
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"sha256"}, 0),
		OSSL_PARAM_construct_end(),
	};

	return EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key->cipher, iv, encrypt) == 1 &&
	       EVP_MAC_CTX_set_params(mac, params) == 1;
}

/* -1: failure, 0: not our ticket, 1: valid, 2: valid, and the client gets a new one. */
static int on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
		     EVP_MAC_CTX *mac, int encrypt)
{
	const struct ticket_keys *keys = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), ex_index);

	if (encrypt) {
		if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1)
			return -1;
		memcpy(name, keys->list[0].name, NAME_BYTES);
		return key_use(&keys->list[0], cipher, mac, iv, 1) ? 1 : -1;
	}
	for (size_t i = 0; i < keys->count; i++) {
		if (memcmp(name, keys->list[i].name, NAME_BYTES) != 0)
			continue;
		if (!key_use(&keys->list[i], cipher, mac, iv, 0))
			return -1;
		/* In TLS 1.3 each ticket is good for only one connection. */
		return i || SSL_version(ssl) == TLS1_3_VERSION ? 2 : 1;
	}
	return 0;
}

static void on_free(void *parent, void *data, CRYPTO_EX_DATA *all, int index, long argument,
		    void *context)
{
	struct ticket_keys *keys = data;

	(void)parent, (void)all, (void)index, (void)argument, (void)context;
	if (keys)
		explicit_bzero(keys->list, keys->count * sizeof(keys->list[0]));
	free(keys);
}

static void ex_index_get(void)
{
	ex_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, on_free);
}

/* Read the keys from the files behind TICKETS_AT. */
static int keys_read(const struct rb_tls_files *files, struct ticket_keys *keys,
		     struct rb_tls_finding *error)
{
	for (size_t i = 0; i < keys->count; i++) {
		const struct rb_tls_file *file = &files->list[TICKETS_AT + i];

		if (file->bytes != KEY_BYTES) {
			error->location = (struct rb_location){file->named_in, file->line};
			snprintf(error->text, sizeof(error->text),
				 "%s: '%s': it has %zu bytes, and a key of session tickets has %d "
				 "(openssl rand -out FILE %d)",
				 file->directive, file->path, file->bytes, KEY_BYTES, KEY_BYTES);
			return -EINVAL;
		}
		memcpy(&keys->list[i], file->text, KEY_BYTES);
	}
	return 0;
}

int rb_tickets_set(SSL_CTX *tls, const struct rb_tls_files *files, struct rb_tls_finding *error)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	size_t count = files->count - TICKETS_AT;
	struct ticket_keys *keys;
	int err;

	if (!count)
		return 0;
	pthread_once(&once, ex_index_get);
	keys = calloc(1, sizeof(*keys) + count * sizeof(keys->list[0]));
	if (!keys)
		return -ENOMEM;
	keys->count = count;
	err = keys_read(files, keys, error);
	if (!err && SSL_CTX_set_ex_data(tls, ex_index, keys) != 1)
		err = -ENOMEM;
	if (err) {
		free(keys);
		return err;
	}
	SSL_CTX_set_tlsext_ticket_key_evp_cb(tls, on_ticket);
	return 0;
}

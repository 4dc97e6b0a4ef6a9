/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads what DNS over TLS and HTTPS for clients needs. */
#include "config/secure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/named_files.h"
#include "config/reader.h"
#include "util/cleanup.h"

int rb_handle_service_key(struct rb_reader *reader, const struct rb_directive *directive,
			  const struct rb_value *values)
{
	(void)directive;
	return rb_named_set(reader, &reader->service_key, values[0].text);
}

int rb_handle_service_pem(struct rb_reader *reader, const struct rb_directive *directive,
			  const struct rb_value *values)
{
	(void)directive;
	return rb_named_set(reader, &reader->service_pem, values[0].text);
}

int rb_handle_ticket_keys(struct rb_reader *reader, const struct rb_directive *directive,
			  const struct rb_value *values)
{
	struct rb_named named = {0};
	int err;

	(void)directive;
	if (!*values[0].text)
		return 0;
	err = rb_named_set(reader, &named, values[0].text);
	if (!err)
		err = rb_array_append(&reader->ticket_keys, &reader->ticket_key_count,
				      sizeof(named), &named);
	if (err)
		free(named.path);
	return err;
}

int rb_handle_http_endpoint(struct rb_reader *reader, const struct rb_directive *directive,
			    const struct rb_value *values)
{
	if (*values[0].text == '/' && !strpbrk(values[0].text, "?# \t"))
		return 0;
	return rb_config_error(reader->config, reader->location,
			       "%s: expected a path that begins with '/', not '%.60s'",
			       directive->name, values[0].text);
}

static int file_add(struct rb_reader *reader, const char *directive, const struct rb_named *named)
{
	return rb_tls_files_add(&reader->config->secure.files, directive, &named->location,
				rb_named_file_path_outside(reader, named->path));
}

/* A key without its certificate, or the other way round, serves nobody. */
static int say_lacking(struct rb_reader *reader)
{
	const struct rb_named *key = &reader->service_key, *pem = &reader->service_pem;

	if (key->path && !pem->path)
		return rb_config_error(reader->config, key->location,
				       "tls-service-key: there is no tls-service-pem: with the "
				       "certificate that it belongs to");
	return rb_config_error(reader->config, pem->location,
			       "tls-service-pem: there is no tls-service-key: with the key that "
			       "it belongs to");
}

int rb_secure_finish(struct rb_reader *reader)
{
	struct rb_tls_files *files = &reader->config->secure.files;
	const struct rb_tls_file *failed = NULL;
	int err;

	if (!reader->service_key.path && !reader->service_pem.path)
		return 0;
	if (!reader->service_key.path || !reader->service_pem.path)
		return say_lacking(reader);
	err = file_add(reader, "tls-service-key", &reader->service_key);
	if (!err)
		err = file_add(reader, "tls-service-pem", &reader->service_pem);
	for (size_t i = 0; i < reader->ticket_key_count && !err; i++)
		err = file_add(reader, "tls-session-ticket-keys", &reader->ticket_keys[i]);
	if (err)
		return err;
	err = rb_tls_files_read(files, &failed);
	if (!err || err == -ENOMEM)
		return err;
	return rb_config_error(reader->config, (struct rb_location){failed->named_in, failed->line},
			       "%s: cannot read '%s': %s", failed->directive, failed->path,
			       rb_file_strerror(err));
}

void rb_secure_reader_free(struct rb_reader *reader)
{
	free(reader->service_key.path);
	free(reader->service_pem.path);
	for (size_t i = 0; i < reader->ticket_key_count; i++)
		free(reader->ticket_keys[i].path);
	free(reader->ticket_keys);
}

bool rb_secure_has_key(const struct rb_secure *secure)
{
	return secure->files.count;
}

void rb_secure_free(struct rb_secure *secure)
{
	rb_tls_files_free(&secure->files);
	free(secure->http_endpoint);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The clause dnstap. */
#include "config/dnstap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/named_files.h"
#include "config/reader.h"
#include "config/values.h"
#include "util/cleanup.h"

int rb_handle_dnstap_enable(struct rb_reader *reader, const struct rb_directive *directive,
			    const struct rb_value *values)
{
	struct rb_config_dnstap *dnstap = &reader->config->dnstap;

	rb_value_yesno(values[0].text, &dnstap->enabled);
	reader->dnstap_at = reader->location;
	(void)directive;
	return 0;
}

/* In the order in which they are used: the key has to fit the certificate. */
static const char *const file_directives[] = {RB_DNSTAP_BUNDLE, RB_DNSTAP_CERT_FILE,
					      RB_DNSTAP_KEY_FILE};

/* "" is none. */
int rb_handle_dnstap_ip(struct rb_reader *reader, const struct rb_directive *directive,
			const struct rb_value *values)
{
	const char *text = values[0].text;
	struct sockaddr_storage addr;

	if (!*text || (strchr(text, '@') && rb_value_address(text, 0, &addr)))
		return 0;
	return rb_config_error(reader->config, reader->location,
			       "%s: expected an address and a port, such as 192.0.2.1@6000, not "
			       "'%s'",
			       directive->name, text);
}

static bool is_given(const char *text)
{
	return text && *text;
}

int rb_handle_dnstap_file(struct rb_reader *reader, const struct rb_directive *directive,
			  const struct rb_value *values)
{
	for (size_t i = 0; i < ARRAY_SIZE(file_directives); i++)
		if (!strcmp(directive->name, file_directives[i]))
			return rb_named_set(reader, &reader->dnstap_files[i], values[0].text);
	return -EINVAL;
}

static int file_add(struct rb_reader *reader, const char *directive, const struct rb_named *named)
{
	return rb_tls_files_add(&reader->config->dnstap.files, directive, &named->location,
				rb_named_file_path_outside(reader, named->path));
}

/* As in Unbound, tls-cert-bundle: stands in for one that is not named. */
static int authorities_name(struct rb_reader *reader)
{
	struct rb_named *bundle = &reader->dnstap_files[0];
	const char *others = reader->config->tls_cert_bundle;

	if (!bundle->path && is_given(others)) {
		bundle->location = reader->dnstap_at;
		bundle->path = strdup(others);
		return bundle->path ? 0 : -ENOMEM;
	}
	if (bundle->path)
		return 0;
	return rb_config_warn(reader->config, reader->dnstap_at,
			      "dnstap-tls: whoever answers at dnstap-ip: gets the copies, since "
			      "there is no " RB_DNSTAP_BUNDLE ": to verify it by");
}

static int files_read(struct rb_reader *reader)
{
	const struct rb_tls_file *failed = NULL;
	int err = authorities_name(reader);

	for (size_t i = 0; i < ARRAY_SIZE(file_directives) && !err; i++)
		if (reader->dnstap_files[i].path)
			err = file_add(reader, file_directives[i], &reader->dnstap_files[i]);
	if (!err)
		err = rb_tls_files_read(&reader->config->dnstap.files, &failed);
	if (!failed || err == -ENOMEM)
		return err;
	return rb_config_error(reader->config, (struct rb_location){failed->named_in, failed->line},
			       "%s: cannot read '%s': %s", failed->directive, failed->path,
			       rb_file_strerror(err));
}

int rb_dnstap_finish(struct rb_reader *reader)
{
	struct rb_config_dnstap *dnstap = &reader->config->dnstap;

	if (!dnstap->enabled)
		return 0;
	if (!is_given(dnstap->socket_path) && !is_given(dnstap->ip)) {
		free(dnstap->socket_path);
		dnstap->socket_path = strdup(RB_DNSTAP_SOCKET);
		return dnstap->socket_path ? 0 : -ENOMEM;
	}
	return is_given(dnstap->socket_path) || !dnstap->tls ? 0 : files_read(reader);
}

void rb_dnstap_reader_free(struct rb_reader *reader)
{
	for (size_t i = 0; i < ARRAY_SIZE(reader->dnstap_files); i++)
		free(reader->dnstap_files[i].path);
}

void rb_config_dnstap_free(struct rb_config_dnstap *dnstap)
{
	free(dnstap->socket_path);
	free(dnstap->ip);
	free(dnstap->tls_server_name);
	rb_tls_files_free(&dnstap->files);
	free(dnstap->identity);
	free(dnstap->version);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* rpz: and what is in it. The zone's file is read when the policy is compiled. */
#include "config/rpz_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/local_read.h"
#include "config/named_files.h"
#include "config/reader.h"
#include "config/transfer_read.h"
#include "dns/name.h"
#include "util/cleanup.h"

static struct rb_local_rpz *current(struct rb_reader *reader)
{
	struct rb_local *local = &reader->config->local;

	return &local->rpzs[local->rpz_count - 1];
}

static struct rb_location location_of(const struct rb_reader *reader, struct rb_local_origin origin)
{
	return (struct rb_location){reader->config->files[origin.file], origin.line};
}

int rb_rpz_open(struct rb_reader *reader)
{
	struct rb_local_rpz rpz = {.origin = rb_local_origin(reader)};
	int err = rb_local_add_rpz(&reader->config->local, &rpz);

	rb_transfer_begin(reader);

	if (err == -E2BIG)
		return rb_config_error(reader->config, reader->location, "more than %d rpz",
				       RB_RPZS_MAX);
	reader->in_rpz = !err;
	return err;
}

int rb_rpz_close(struct rb_reader *reader)
{
	struct rb_local_rpz *rpz;
	struct rb_location location;
	int err;

	if (!reader->in_rpz)
		return 0;
	reader->in_rpz = false;
	rpz = current(reader);
	location = location_of(reader, rpz->origin);
	if (!rpz->name_len)
		return rb_config_error(reader->config, location, "rpz: name: is missing");
	err = rb_transfer_end(reader, reader->rpz_name, rpz->file, true, &rpz->transfer);
	if (err)
		return err;
	if (!rpz->file && !rpz->transfer)
		return rb_config_error(reader->config, location,
				       "rpz: zonefile:, primary: or url: is missing");
	if (rpz->override == RB_RPZ_CNAME && !rpz->cname_len)
		return rb_config_error(reader->config, location,
				       "rpz: rpz-action-override: cname asks for "
				       "rpz-cname-override:");
	return 0;
}

int rb_handle_rpz_name(struct rb_reader *reader, const struct rb_directive *directive,
		       const struct rb_value *values)
{
	struct rb_local_rpz *rpz = current(reader);

	(void)directive;
	snprintf(reader->rpz_name, sizeof(reader->rpz_name), "%s", values[0].text);
	return rb_local_name(reader, values[0].text, &rpz->name, &rpz->name_len);
}

int rb_handle_rpz_file(struct rb_reader *reader, const struct rb_directive *directive,
		       const struct rb_value *values)
{
	struct rb_local_rpz *rpz = current(reader);

	(void)directive;
	free(rpz->file);
	rpz->file = *values[0].text ? strdup(values[0].text) : NULL;
	return rpz->file || !*values[0].text ? 0 : -ENOMEM;
}

int rb_handle_rpz_tags(struct rb_reader *reader, const struct rb_directive *directive,
		       const struct rb_value *values)
{
	bool wrong;

	return rb_local_tags(reader, directive->name, values[0].text, &current(reader)->tags,
			     &wrong);
}

int rb_handle_rpz_override(struct rb_reader *reader, const struct rb_directive *directive,
			   const struct rb_value *values)
{
	enum rb_rpz_action action = rb_rpz_action_of(values[0].text);

	if (action == RB_RPZ_NONE)
		return rb_config_error(reader->config, reader->location,
				       "%s: expected nxdomain, nodata, passthru, drop, disabled or "
				       "cname, not '%.60s'",
				       directive->name, values[0].text);
	current(reader)->override = (uint8_t)action;
	return 0;
}

int rb_handle_rpz_cname(struct rb_reader *reader, const struct rb_directive *directive,
			const struct rb_value *values)
{
	struct rb_local_rpz *rpz = current(reader);

	(void)directive;
	return rb_local_name(reader, values[0].text, &rpz->cname, &rpz->cname_len);
}

int rb_handle_rpz_log(struct rb_reader *reader, const struct rb_directive *directive,
		      const struct rb_value *values)
{
	(void)directive;
	rb_value_yesno(values[0].text, &current(reader)->log);
	return 0;
}

int rb_handle_rpz_log_name(struct rb_reader *reader, const struct rb_directive *directive,
			   const struct rb_value *values)
{
	struct rb_local_rpz *rpz = current(reader);

	(void)directive;
	free(rpz->log_name);
	rpz->log_name = strndup(values[0].text, UINT8_MAX);
	return rpz->log_name ? 0 : -ENOMEM;
}

int rb_handle_rpz_signal(struct rb_reader *reader, const struct rb_directive *directive,
			 const struct rb_value *values)
{
	(void)directive;
	rb_value_yesno(values[0].text, &current(reader)->signal_ra);
	return 0;
}

/* The whole path, and the file among those of the configuration. */
static int file_finish(struct rb_reader *reader, struct rb_local_rpz *rpz)
{
	struct rb_config *config = reader->config;
	char *path = rpz->transfer ? strdup(config->transfers[rpz->transfer - 1].path)
				   : rb_named_file_path(reader, rpz->file);
	char *name;
	int err = 0;

	if (!path)
		return -ENOMEM;
	free(rpz->file);
	rpz->file = path;
	/* Others say what a transferred zone is, and are not to have files of ours read. */
	if (!rpz->transfer)
		rpz->base = rb_named_files_base(reader);
	if (!rpz->transfer && !rpz->base)
		return -ENOMEM;
	/* What is transferred need not be there yet. */
	if (!rpz->transfer || !access(path, F_OK))
		err = rb_named_file_check(reader, "rpz: zonefile", path,
					  location_of(reader, rpz->origin));
	if (err)
		return err;
	name = strdup(path);
	if (!name)
		return -ENOMEM;
	rpz->file_number = (uint16_t)config->file_count;
	err = rb_array_append(&config->files, &config->file_count, sizeof(name), &name);
	if (err)
		free(name);
	return err;
}

int rb_rpz_finish(struct rb_reader *reader)
{
	struct rb_local *local = &reader->config->local;
	int err = 0;

	for (size_t i = 0; i < local->rpz_count && !err; i++)
		if (local->rpzs[i].file || local->rpzs[i].transfer)
			err = file_finish(reader, &local->rpzs[i]);
	return err;
}

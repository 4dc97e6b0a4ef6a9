/* SPDX-License-Identifier: BSD-2-Clause */
/* How many connections or queries clients may have at a time. */
#include "config/client_limits.h"

#include <string.h>

#include "config/reader.h"

/* Of one directive. */
struct limits {
	struct rb_client_limit **list;
	size_t *count;
	const char *what;
	const char *none; /* says that there is no limit, as 0 does; "": nothing does */
};

/* As in Unbound the first of two for the same netblock counts; here that is said. */
static bool is_known(const struct limits *limits, const struct rb_netblock *block)
{
	for (size_t i = 0; i < *limits->count; i++) {
		const struct rb_netblock *known = &(*limits->list)[i].block;

		if (known->prefix == block->prefix &&
		    !memcmp(known->addr, block->addr, sizeof(block->addr)))
			return true;
	}
	return false;
}

static int limit_add(struct rb_reader *reader, const struct rb_directive *directive,
		     const struct rb_value *values, const struct limits *limits)
{
	struct rb_config *config = reader->config;
	struct rb_client_limit limit;
	uint64_t max = 0;

	rb_value_netblock(values[0].text, limit.block.addr, &limit.block.prefix);
	if (strcmp(values[1].text, limits->none) != 0 &&
	    !rb_value_number(values[1].text, 0, UINT32_MAX, &max))
		return rb_config_error(config, reader->location, "%s: '%s' is no number of %s",
				       directive->name, values[1].text, limits->what);
	if (is_known(limits, &limit.block))
		return rb_config_warn(config, reader->location,
				      "%s: %s has a limit already, which counts", directive->name,
				      values[0].text);
	limit.max = (uint32_t)max;
	return rb_array_append(limits->list, limits->count, sizeof(limit), &limit);
}

int rb_handle_connection_limit(struct rb_reader *reader, const struct rb_directive *directive,
			       const struct rb_value *values)
{
	struct rb_config *config = reader->config;
	const struct limits limits = {&config->connection_limits, &config->connection_limit_count,
				      "connections", ""};

	return limit_add(reader, directive, values, &limits);
}

int rb_handle_wait_limit(struct rb_reader *reader, const struct rb_directive *directive,
			 const struct rb_value *values)
{
	struct rb_config *config = reader->config;
	const struct limits limits = {&config->wait_limits, &config->wait_limit_count, "queries",
				      "-1"};

	return limit_add(reader, directive, values, &limits);
}

/* It is no promise that a client gets no more. */
int rb_handle_ip_ratelimit(struct rb_reader *reader, const struct rb_directive *directive,
			   const struct rb_value *values)
{
	(void)values;
	if (!reader->config->ip_ratelimit)
		return 0;
	return rb_config_warn(reader->config, reader->location,
			      "%s: what the kernel answers from the hot table is not counted",
			      directive->name);
}

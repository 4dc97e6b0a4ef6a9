/* SPDX-License-Identifier: BSD-2-Clause */
/* How many connections clients of a netblock may have at a time. */
#include "config/client_limits.h"

#include <string.h>

#include "config/reader.h"

/* As in Unbound the first of two for the same netblock counts; here that is said. */
static bool is_known(const struct rb_config *config, const struct rb_netblock *block)
{
	for (size_t i = 0; i < config->connection_limit_count; i++)
		if (config->connection_limits[i].block.prefix == block->prefix &&
		    !memcmp(config->connection_limits[i].block.addr, block->addr,
			    sizeof(block->addr)))
			return true;
	return false;
}

int rb_handle_connection_limit(struct rb_reader *reader, const struct rb_directive *directive,
			       const struct rb_value *values)
{
	struct rb_config *config = reader->config;
	struct rb_connection_limit limit;
	uint64_t max;

	rb_value_netblock(values[0].text, limit.block.addr, &limit.block.prefix);
	if (!rb_value_number(values[1].text, 0, UINT32_MAX, &max))
		return rb_config_error(config, reader->location,
				       "%s: '%s' is no number of connections", directive->name,
				       values[1].text);
	if (is_known(config, &limit.block))
		return rb_config_warn(config, reader->location,
				      "%s: %s has a limit already, which counts", directive->name,
				      values[0].text);
	limit.max = (uint32_t)max;
	return rb_array_append(&config->connection_limits, &config->connection_limit_count,
			       sizeof(limit), &limit);
}

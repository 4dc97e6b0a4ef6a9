/* SPDX-License-Identifier: BSD-2-Clause */
/* How many threads there are, and how large the rings and memory of their AF_XDP sockets. */
#include "config/handlers.h"
#include "config/reader.h"

int rb_handle_num_threads(struct rb_reader *reader, const struct rb_directive *directive,
			  const struct rb_value *values)
{
	(void)directive;
	(void)values;
	reader->config->num_threads_set = true;
	return 0;
}

/* The kernel's rings are such: their indexes wrap by a mask. */
int rb_handle_power_of_two(struct rb_reader *reader, const struct rb_directive *directive,
			   const struct rb_value *values)
{
	uint64_t number = 0, power;

	if (!rb_value_number(values[0].text, directive->min, directive->max, &number) ||
	    !(number & (number - 1)))
		return 0;
	for (power = 1; power * 2 < number; power *= 2)
		;
	return rb_config_error(reader->config, reader->location,
			       "%s: expected a power of two, such as %u or %u, not '%s'",
			       directive->name, (unsigned int)power, (unsigned int)(2 * power),
			       values[0].text);
}

int rb_handle_xdp_frames(struct rb_reader *reader, const struct rb_directive *directive,
			 const struct rb_value *values)
{
	reader->frames_location = reader->location;
	return rb_handle_power_of_two(reader, directive, values);
}

/* A ring's worth to receive into, and as much to answer from. */
int rb_rings_finish(struct rb_reader *reader)
{
	struct rb_config *config = reader->config;

	if (!config->xdp_frames || config->xdp_frames >= 2 * config->xdp_ring_size)
		return 0;
	return rb_config_error(config, reader->frames_location,
			       "xdp-frames: %u are too few for xdp-ring-size: %u, which takes %u",
			       config->xdp_frames, config->xdp_ring_size,
			       2 * config->xdp_ring_size);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiles the local policy of a configuration. */
#include "policy/attach.h"

#include <errno.h>

#include "config/messages.h"
#include "policy/apart.h"
#include "policy/compile.h"
#include "util/blob.h"
#include "util/random.h"

static struct rb_location location_of(const struct rb_config *config, struct rb_local_origin origin)
{
	return (struct rb_location){config->files[origin.file], origin.line};
}

static int warn(void *context, struct rb_local_origin origin, const char *text)
{
	struct rb_config *config = context;

	return rb_config_warn(config, location_of(config, origin), "%s", text);
}

/* The seed of the one in force: where both are alike, a sweep of the table sees that at once. */
static int seed_choose(const struct rb_config *in_force, uint64_t *ret_seed)
{
	struct rb_policy policy;

	if (!in_force || !in_force->policy.zones ||
	    rb_policy_open_images(&in_force->policy, &policy))
		return rb_random_bytes(ret_seed, sizeof(*ret_seed));
	*ret_seed = rb_policy_feeds(&policy).header->seed;
	return 0;
}

int rb_policy_attach(struct rb_config *config, const struct rb_config *in_force)
{
	const struct rb_policy_say say = {warn, config, !in_force};
	struct rb_policy_compiled compiled;
	struct rb_policy_fault fault = {0};
	struct rb_policy policy;
	uint64_t seed;
	int err = seed_choose(in_force, &seed);

	if (!err)
		err = rb_policy_compile(&config->local, seed, &say, &compiled, &fault);
	if (err == -EINVAL)
		return rb_config_error(config, location_of(config, fault.origin),
				       "local policy: %s", fault.why)
			       ?: -EINVAL;
	if (err)
		return err;
	config->local.contents = compiled.contents;
	err = rb_blob_new(compiled.image, compiled.bytes, &config->policy.zones);
	if (!err)
		err = rb_policy_open(compiled.image, compiled.bytes, &policy);
	return err ?: rb_apart_mark(config, &policy);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiles the local policy of a configuration. */
#include "policy/attach.h"

#include <errno.h>

#include "config/messages.h"
#include "policy/compile.h"
#include "util/blob.h"
#include "util/random.h"

int rb_policy_attach(struct rb_config *config)
{
	struct rb_policy_fault fault = {0};
	uint64_t seed;
	size_t bytes;
	void *image;
	int err = rb_random_bytes(&seed, sizeof(seed));

	if (!err)
		err = rb_policy_compile(&config->local, seed, &image, &bytes, &fault);
	if (err == -EINVAL) {
		struct rb_place place = {config->files[fault.origin.file], fault.origin.line};

		return rb_config_error(config, place, "local policy: %s", fault.why) ?: -EINVAL;
	}
	return err ?: rb_blob_new(image, bytes, &config->policy);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzing: any bytes as a configuration. What is accepted must be complete. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "config/config.h"
#include "config/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct rb_config *config = NULL;
	int err = rb_config_read_text("fuzz.conf", (const char *)data, len, &config);

	check(err == 0 || err == -EINVAL);
	check(config);
	check(rb_config_has_errors(config) == (err == -EINVAL));
	if (!err) {
		check(config->listen_count && config->acl_count && config->resolver_text);
		check(config->num_threads >= 1 && config->num_threads <= RB_SHARDS);
	}
	rb_config_free(config);
	return 0;
}

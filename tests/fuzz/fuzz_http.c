/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a path of DNS over HTTPS, and as a response whose age is asked for. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns/age.h"
#include "serve/http_request.h"
#include "util/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ uint8_t *out = malloc(size ? size : 1);
	size_t len;

	if (!out)
		return 0;
	(void)rb_message_age_s(data, size);
	(void)rb_http_method_of(data, size);
	(void)rb_http_is_dns_message(data, size);
	(void)rb_http_is_endpoint((const char *)data, size, "/dns-query");
	if (rb_http_path_decode((const char *)data, size, out, &len) == RB_HTTP_OK && len > size)
		abort();
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The library and its functions, by their names. */
#include "fetch/curl.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>

#include "fetch/order.h"
#include "util/cleanup.h"

#define LIBRARY "libcurl.so.4"

int rb_curl_load(struct rb_curl *ret_curl, char *why)
{
	void *library = dlopen(LIBRARY, RTLD_NOW);
	struct rb_curl found;
	const struct {
		const char *name;
		void **call;
	} wanted[] = {
		{"curl_global_init", (void **)&found.global_init},
		{"curl_easy_init", (void **)&found.init},
		{"curl_easy_setopt", (void **)&found.setopt},
		{"curl_easy_perform", (void **)&found.perform},
		{"curl_easy_getinfo", (void **)&found.getinfo},
		{"curl_easy_strerror", (void **)&found.strerror},
		{"curl_slist_append", (void **)&found.append},
		{"curl_slist_free_all", (void **)&found.free_all},
		{"curl_url", (void **)&found.url},
		{"curl_url_cleanup", (void **)&found.url_cleanup},
		{"curl_url_set", (void **)&found.url_set},
		{"curl_url_get", (void **)&found.url_get},
		{"curl_free", (void **)&found.free},
	};

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		*wanted[i].call = library ? dlsym(library, wanted[i].name) : NULL;
		if (!*wanted[i].call) {
			snprintf(why, RB_FETCH_WHY_MAX, LIBRARY " cannot be loaded: %.120s",
				 dlerror());
			return -ENOSYS;
		}
	}
	*ret_curl = found;
	return 0;
}

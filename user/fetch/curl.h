/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libcurl, which is loaded by the process that downloads, and by no other: it brings twenty libraries
 * along.
 *
 * Thread: one. Lifetime: that of the process. Errors: -ENOSYS with a reason.
 */
#ifndef RB_FETCH_CURL_H
#define RB_FETCH_CURL_H

#include <curl/curl.h>

/* What we use of the library. */
struct rb_curl {
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_easy_init) *init;
	__typeof__(curl_easy_setopt) *setopt;
	__typeof__(curl_easy_perform) *perform;
	__typeof__(curl_easy_getinfo) *getinfo;
	__typeof__(curl_easy_strerror) *strerror;
	__typeof__(curl_slist_append) *append;
	__typeof__(curl_slist_free_all) *free_all;
	__typeof__(curl_url) *url;
	__typeof__(curl_url_cleanup) *url_cleanup;
	__typeof__(curl_url_set) *url_set;
	__typeof__(curl_url_get) *url_get;
	__typeof__(curl_free) *free;
};

/* why: RB_FETCH_WHY_MAX bytes. */
int rb_curl_load(struct rb_curl *ret_curl, char *why);

#endif

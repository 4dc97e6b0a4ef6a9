/* SPDX-License-Identifier: BSD-2-Clause */
/* libcurl, told what it may do. */
#include "fetch/download.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "fetch/curl.h"
#include "fetch/lookup.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/file.h"

#define REDIRECTS_MAX   5
#define CONNECT_S       15L
#define SLOW_BYTES      64L /* a second, for ... */
#define SLOW_S          30L
#define AUTHORITIES_MAX (16 << 20)
#define HEAD_BYTES      512

#define STATUS_NOT_MODIFIED 304

struct rb_download {
	struct rb_curl calls;
	CURL *handle;
	char *authorities; /* PEM */
	size_t authorities_bytes;
	/* Of one run. */
	struct rb_fetch_report *report;
	int output_fd;
	uint64_t bytes, bytes_max;
	char head[HEAD_BYTES]; /* of what has come */
	bool too_large;
	char trouble[CURL_ERROR_SIZE]; /* in the library's words, longer than those of its code */
};

static int authorities_read(const char *path, struct rb_download *download)
{
	_cleanup_fclose_ FILE *file = NULL;
	int err = rb_file_open(path, RB_FILE_PLAIN, &file);

	if (err)
		return err;
	download->authorities = malloc(AUTHORITIES_MAX);
	if (!download->authorities)
		return -ENOMEM;
	download->authorities_bytes = fread(download->authorities, 1, AUTHORITIES_MAX, file);
	return ferror(file) ? -EIO : 0;
}

int rb_download_new(const struct rb_fetch_order *order, struct rb_download **ret_download,
		    char *why)
{
	struct rb_download *download = calloc(1, sizeof(*download));
	int err;

	if (!download)
		return -ENOMEM;
	err = rb_curl_load(&download->calls, why);
	if (err)
		return err;
	err = authorities_read(order->bundle, download);
	/* Without authorities, https fails and says so; http does not need them. */
	if (err && !strncasecmp(order->source, "https:", 6)) {
		snprintf(why, RB_FETCH_WHY_MAX, "%.120s: %s", order->bundle, rb_file_strerror(err));
		return err;
	}
	if (download->calls.global_init(CURL_GLOBAL_DEFAULT))
		return -ENOMEM;
	download->handle = download->calls.init();
	if (!download->handle)
		return -ENOMEM;
	*ret_download = download;
	return 0;
}

static size_t on_data(char *data, size_t size, size_t count, void *context)
{
	struct rb_download *download = context;
	size_t len = size * count, written = 0;

	if (len > download->bytes_max - download->bytes) {
		download->too_large = true;
		return 0;
	}
	for (size_t i = 0; i < len && download->bytes + i < sizeof(download->head); i++)
		download->head[download->bytes + i] = data[i];
	while (written < len) {
		ssize_t now = write(download->output_fd, data + written, len - written);

		if (now <= 0)
			return 0;
		written += (size_t)now;
	}
	download->bytes += len;
	return len;
}

/* "name: value" of a header's line. */
static void header_take(const char *line, size_t len, const char *name, char *out, size_t room)
{
	size_t name_len = strlen(name);

	if (len <= name_len || strncasecmp(line, name, name_len) != 0)
		return;
	line += name_len;
	len -= name_len;
	while (len && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	while (len && (unsigned char)line[len - 1] <= ' ')
		len--;
	/* A truncated value would be a different one. */
	if (len < room)
		snprintf(out, room, "%.*s", (int)len, line);
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
	struct rb_fetch_report *report = ((struct rb_download *)context)->report;

	header_take(line, size * count, "ETag:", report->etag, sizeof(report->etag));
	header_take(line, size * count, "Last-Modified:", report->modified,
		    sizeof(report->modified));
	return size * count;
}

/* Host and port of a URL. -EINVAL: it is not a URL of http or https. */
static int url_parse(const struct rb_curl *calls, const char *url, char host[RB_NAME_TEXT_MAX],
		     uint16_t *ret_port)
{
	CURLU *parts = calls->url();
	char *text = NULL;
	int err = -EINVAL;

	if (parts && !calls->url_set(parts, CURLUPART_URL, url, 0) &&
	    !calls->url_get(parts, CURLUPART_HOST, &text, CURLU_PUNYCODE)) {
		size_t len = strlen(text);

		/* [2001:db8::1] */
		if (*text == '[' && len > 2)
			snprintf(host, RB_NAME_TEXT_MAX, "%.*s", (int)len - 2, text + 1);
		else
			snprintf(host, RB_NAME_TEXT_MAX, "%s", text);
		calls->free(text);
		text = NULL;
		if (!calls->url_get(parts, CURLUPART_PORT, &text, CURLU_DEFAULT_PORT)) {
			*ret_port = (uint16_t)atoi(text);
			calls->free(text);
			err = 0;
		}
	}
	calls->url_cleanup(parts);
	return err;
}

static bool is_address(const char *host)
{
	uint8_t addr[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, host, addr) == 1 || inet_pton(AF_INET6, host, addr) == 1;
}

/* "HOST:PORT:ADDRESS,ADDRESS", as the library takes it in place of a look-up; NULL: there is none. */
static struct curl_slist *resolve_list(const struct rb_curl *calls, const char *host, uint16_t port,
				       const struct rb_fetch_addresses *addresses)
{
	char text[RB_NAME_TEXT_MAX + 16 + RB_FETCH_ADDRESSES * (INET6_ADDRSTRLEN + 3)];
	size_t len = (size_t)snprintf(text, sizeof(text), "%s:%u:", host, port);

	if (is_address(host))
		return NULL;
	for (size_t i = 0; i < addresses->count && len < sizeof(text); i++) {
		const struct sockaddr_storage *addr = &addresses->list[i];
		bool is_ipv6 = addr->ss_family == AF_INET6;
		const void *bytes =
			is_ipv6 ? (const void *)&((const struct sockaddr_in6 *)addr)->sin6_addr
				: &((const struct sockaddr_in *)addr)->sin_addr;
		char one[INET6_ADDRSTRLEN];

		inet_ntop(addr->ss_family, bytes, one, sizeof(one));
		len += (size_t)snprintf(text + len, sizeof(text) - len, is_ipv6 ? "%s[%s]" : "%s%s",
					i ? "," : "", one);
	}
	return calls->append(NULL, text);
}

/* The headers of a conditional request (RFC 9110 13.1). */
static struct curl_slist *conditions(const struct rb_curl *calls,
				     const struct rb_fetch_order *order)
{
	char line[RB_FETCH_ETAG_MAX + 32];
	struct curl_slist *lines = NULL;

	if (!order->has_kept)
		return NULL;
	if (*order->etag) {
		snprintf(line, sizeof(line), "If-None-Match: %s", order->etag);
		lines = calls->append(lines, line);
	}
	if (*order->modified) {
		snprintf(line, sizeof(line), "If-Modified-Since: %s", order->modified);
		lines = calls->append(lines, line);
	}
	return lines;
}

static void options_set(struct rb_download *download, const char *url, uint64_t deadline_ns,
			struct curl_slist *lines, struct curl_slist *resolve)
{
	__typeof__(curl_easy_setopt) *set = download->calls.setopt;
	uint64_t now_ns = rb_clock_ns();
	uint64_t left_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 1;
	CURL *handle = download->handle;
	struct curl_blob authorities = {.data = download->authorities,
					.len = download->authorities_bytes,
					.flags = CURL_BLOB_NOCOPY};

	*download->trouble = '\0';
	set(handle, CURLOPT_ERRORBUFFER, download->trouble);
	set(handle, CURLOPT_URL, url);
	set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
	set(handle, CURLOPT_PROXY, "");
	set(handle, CURLOPT_NOSIGNAL, 1L);
	set(handle, CURLOPT_TIMEOUT_MS, (long)(left_ns / RB_NS_PER_MS) + 1);
	set(handle, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	set(handle, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
	set(handle, CURLOPT_LOW_SPEED_TIME, SLOW_S);
	set(handle, CURLOPT_FRESH_CONNECT, 1L);
	set(handle, CURLOPT_USERAGENT, "runbound/" RB_VERSION);
	set(handle, CURLOPT_ACCEPT_ENCODING, "");
	set(handle, CURLOPT_HTTPHEADER, lines);
	set(handle, CURLOPT_RESOLVE, resolve);
	set(handle, CURLOPT_CAINFO_BLOB, &authorities);
	set(handle, CURLOPT_WRITEFUNCTION, on_data);
	set(handle, CURLOPT_WRITEDATA, download);
	set(handle, CURLOPT_HEADERFUNCTION, on_header);
	set(handle, CURLOPT_HEADERDATA, download);
}

/* What a captive portal, or a mirror that has moved, sends instead of a list. */
static bool is_page(const struct rb_download *download)
{
	const char *type = NULL;

	download->calls.getinfo(download->handle, CURLINFO_CONTENT_TYPE, &type);
	return type && !strncasecmp(type, "text/html", strlen("text/html"));
}

/* What no list and no zone begins with: a page that is called text, a compressed file. */
static bool is_other(const struct rb_download *download)
{
	bool is_first = true;

	for (size_t i = 0; i < sizeof(download->head) && i < download->bytes; i++) {
		unsigned char byte = (unsigned char)download->head[i];
		bool is_blank = strchr(" \t\r\n\f", byte) != NULL;

		if ((byte < ' ' && (!byte || !is_blank)) || (is_first && byte == '<'))
			return true;
		is_first &= is_blank;
	}
	return false;
}

/* Why a request has failed. The library does not tell what the system said of a connection. */
static int say_trouble(const struct rb_download *download, const char *host, CURLcode code)
{
	const char *what = *download->trouble ? download->trouble : download->calls.strerror(code);
	long error = 0;

	if (download->too_large)
		what = "larger than max-size";
	if (code == CURLE_COULDNT_CONNECT)
		download->calls.getinfo(download->handle, CURLINFO_OS_ERRNO, &error);
	if (error)
		what = strerror((int)error);
	snprintf(download->report->why, sizeof(download->report->why), "%.80s: %.110s", host, what);
	return download->too_large ? -EFBIG : -EIO;
}

/* One request. *ret_next: where it is redirected to; NULL: nowhere. */
static int request(struct rb_download *download, const struct rb_fetch_order *order,
		   const char *url, uint64_t deadline_ns, const char **ret_next)
{
	const struct rb_curl *calls = &download->calls;
	struct rb_fetch_report *report = download->report;
	struct rb_fetch_addresses addresses;
	struct curl_slist *lines, *resolve;
	char host[RB_NAME_TEXT_MAX];
	uint16_t port = 0;
	CURLcode code;
	long status = 0;
	int err = url_parse(calls, url, host, &port);

	*ret_next = NULL;
	if (err) {
		snprintf(report->why, sizeof(report->why), "%.120s: not a URL of http or https",
			 url);
		return err;
	}
	err = rb_fetch_lookup(order, host, port, deadline_ns, &addresses, report->why);
	if (err)
		return err;
	*report->etag = *report->modified = '\0';
	lines = conditions(calls, order);
	resolve = resolve_list(calls, host, port, &addresses);
	options_set(download, url, deadline_ns, lines, resolve);
	code = calls->perform(download->handle);
	calls->free_all(lines);
	calls->free_all(resolve);
	calls->getinfo(download->handle, CURLINFO_RESPONSE_CODE, &status);
	if (code)
		return say_trouble(download, host, code);
	if (status >= 300 && status < 400 && status != STATUS_NOT_MODIFIED)
		calls->getinfo(download->handle, CURLINFO_REDIRECT_URL, ret_next);
	if (*ret_next)
		return 0;
	if (status != 200 && status != STATUS_NOT_MODIFIED) {
		snprintf(report->why, sizeof(report->why), "%.100s: HTTP status %ld", host, status);
		return -EIO;
	}
	if (status == 200 && is_page(download)) {
		snprintf(report->why, sizeof(report->why), "%.100s: sends a page (text/html)",
			 host);
		return -EBADMSG;
	}
	if (status == 200 && is_other(download)) {
		snprintf(report->why, sizeof(report->why),
			 "%.100s: sends a page or a file that is no text", host);
		return -EBADMSG;
	}
	report->outcome = status == 200 ? RB_FETCH_CHANGED : RB_FETCH_UNCHANGED;
	return 0;
}

/* Empty the output again: a redirection may have come with a page. */
static int output_clear(struct rb_download *download)
{
	download->bytes = 0;
	return lseek(download->output_fd, 0, SEEK_SET) < 0 || ftruncate(download->output_fd, 0)
		       ? -errno
		       : 0;
}

void rb_download_run(struct rb_download *download, const struct rb_fetch_order *order,
		     int output_fd, uint64_t deadline_ns, struct rb_fetch_report *report)
{
	char url[RB_FETCH_SOURCE_MAX];
	const char *next = NULL;
	bool secure;
	int err = 0;

	download->report = report;
	download->output_fd = output_fd;
	download->bytes_max = order->bytes_max;
	snprintf(url, sizeof(url), "%s", order->source);
	for (unsigned int i = 0; i <= REDIRECTS_MAX; i++) {
		err = output_clear(download);
		if (!err)
			err = request(download, order, url, deadline_ns, &next);
		if (err || !next)
			return;
		secure = !strncasecmp(url, "https:", 6);
		if (strlen(next) >= sizeof(url) ||
		    (secure && strncasecmp(next, "https:", 6) != 0)) {
			snprintf(report->why, sizeof(report->why),
				 "redirected from https to %.120s, which is not https", next);
			return;
		}
		snprintf(url, sizeof(url), "%s", next);
	}
	snprintf(report->why, sizeof(report->why), "redirected more than %d times", REDIRECTS_MAX);
}

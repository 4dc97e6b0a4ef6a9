/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes one page of three files. */
#include "control/page/page.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <string.h>

/* Relative to where make runs. */
#define FILE_INCLUDE(symbol, path)                                                                 \
	__asm__(".pushsection .rodata\n" #symbol ": .incbin \"" path "\"\n" #symbol                \
		"_end: .byte 0\n.popsection\n");                                                   \
	extern const char symbol[] __attribute__((visibility("hidden")));                          \
	extern const char symbol##_end[] __attribute__((visibility("hidden")))

FILE_INCLUDE(page_html, "user/control/page/page.html");
FILE_INCLUDE(page_css, "user/control/page/page.css");
FILE_INCLUDE(page_js, "user/control/page/page.js");

#define STYLE_MARK  "<style></style>"
#define SCRIPT_MARK "<script></script>"
#define HASH_BYTES  48 /* in base64, with its zero byte */

static char headers[512];
static pthread_once_t headers_once = PTHREAD_ONCE_INIT;

static void hash_make(const char *from, const char *end, char hash[HASH_BYTES])
{
	unsigned char digest[SHA256_DIGEST_LENGTH];

	SHA256((const unsigned char *)from, (size_t)(end - from), digest);
	EVP_EncodeBlock((unsigned char *)hash, digest, sizeof(digest));
}

static void headers_make(void)
{
	char style[HASH_BYTES], script[HASH_BYTES];

	hash_make(page_css, page_css_end, style);
	hash_make(page_js, page_js_end, script);
	snprintf(headers, sizeof(headers),
		 "Content-Security-Policy: default-src 'none'; style-src 'sha256-%s'; "
		 "script-src 'sha256-%s'; connect-src 'self'; img-src data:; base-uri 'none'; "
		 "form-action 'none'; frame-ancestors 'none'\r\n"
		 "Referrer-Policy: no-referrer\r\n",
		 style, script);
}

const char *rb_page_headers(void)
{
	pthread_once(&headers_once, headers_make);
	return headers;
}

/* Print the text before the mark, and its element's content. Returns where the page goes on. */
static const char *part_print(const char *at, const char *mark, const char *content, FILE *out)
{
	const char *found = strstr(at, mark), *inside = found ? strchr(found, '>') + 1 : NULL;

	if (!found)
		return at;
	fprintf(out, "%.*s%s", (int)(inside - at), at, content);
	return inside;
}

void rb_page_print(const struct rb_control_view *view, FILE *out)
{
	const char *at = page_html;

	(void)view;
	at = part_print(at, STYLE_MARK, page_css, out);
	at = part_print(at, SCRIPT_MARK, page_js, out);
	fputs(at, out);
}

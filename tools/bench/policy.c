/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What local policy costs: compiles the configuration's, and asks it for names. Prints JSON: how long
 * that took and what memory, then nanoseconds of one decision, the least of many short batches.
 *
 * cold: names in an order that no cache foresees; hot: a few of them again and again.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "config/config.h"
#include "config/reader.h"
#include "dns/name.h"
#include "policy/attach.h"
#include "policy/decide.h"
#include "util/blob.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define BATCH      256
#define BATCHES    2000
#define HOT        64
#define NAME_BYTES 64
#define STRIDE     7368787 /* odd: visits every number of a power of two */

struct asked {
	const char *title;
	const char *format; /* of a name, by its number */
	uint32_t names;     /* so many different ones */
};

static uint64_t blocked;

/* The n-th name, in lower case and wire format; its length. */
static size_t name_make(const struct asked *asked, uint32_t number, uint8_t *name)
{
	uint8_t wire[RB_NAME_MAX];
	char text[NAME_BYTES - 2];
	int len;

	snprintf(text, sizeof(text), asked->format, number);
	len = rb_name_from_text(text, wire);
	if (len < 0)
		return 0;
	memcpy(name, wire, (size_t)len);
	return (size_t)len;
}

static uint64_t batch_ns(const struct rb_policy *policy, const struct asked *asked,
			 uint32_t *number, uint8_t (*names)[NAME_BYTES],
			 struct rb_policy_question *questions)
{
	const struct rb_policy_client client = {0};
	uint64_t began_ns;

	for (size_t i = 0; i < BATCH; i++) {
		*number += STRIDE;
		questions[i] = (struct rb_policy_question){
			.qname = names[i],
			.qname_len = (uint16_t)name_make(asked, *number % asked->names, names[i]),
			.qtype = RB_TYPE_A,
			.qclass = RB_CLASS_IN,
		};
	}
	began_ns = rb_clock_ns();
	for (size_t i = 0; i < BATCH; i++) {
		struct rb_policy_verdict verdict;

		blocked += rb_policy_decide(policy, &questions[i], &client, &verdict);
	}
	return rb_clock_ns() - began_ns;
}

static void measure(const struct rb_policy *policy, const struct asked *asked)
{
	static uint8_t names[BATCH][NAME_BYTES];
	static struct rb_policy_question questions[BATCH];
	uint64_t least_ns = UINT64_MAX;
	uint32_t number = 1;

	blocked = 0;
	for (unsigned int i = 0; i < BATCHES; i++) {
		uint64_t ns = batch_ns(policy, asked, &number, names, questions);

		if (ns < least_ns)
			least_ns = ns;
	}
	printf("{\"asked\":\"%s\",\"ns\":%" PRIu64 ",\"blocked\":%.2f}\n", asked->title,
	       least_ns / BATCH, (double)blocked / BATCHES / BATCH);
}

static long peak_kb(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) ? 0 : usage.ru_maxrss;
}

/* "VmRSS:" and the like, of this process. */
static long status_kb(const char *what)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/status", "re");
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, what, strlen(what)))
			return strtol(line + strlen(what), NULL, 10);
	return 0;
}

int main(int argc, char **argv)
{
	const uint32_t names = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1;
	const struct asked asked[] = {
		{"blocked cold", argc > 3 ? argv[3] : "%u", names},
		{"blocked hot", argc > 3 ? argv[3] : "%u", HOT},
		{"allowed cold", "www.site%u.example", 1 << 24},
		{"allowed hot", "www.site%u.example", HOT},
	};
	long before_kb = status_kb("VmRSS:");
	struct rb_config *config;
	struct rb_policy policy;
	int err;

	if (argc < 2) {
		fprintf(stderr, "usage: policy CONFIGURATION [NAMES FORMAT]\n"
				"FORMAT: of a listed name by its number, such as n%%u.example\n");
		return 2;
	}
	err = rb_config_read(argv[1], NULL, NULL, &config);
	if (!err)
		err = rb_policy_attach(config, NULL);
	if (!err)
		err = rb_policy_open_images(&config->policy, &policy);
	if (err) {
		fprintf(stderr, "policy: %s: %s\n", argv[1], strerror(-err));
		return 1;
	}
	printf("{\"names\":%u,\"compile_cpu_ms\":%ld,\"image_kb\":%zu,\"peak_kb\":%ld,"
	       "\"rss_kb\":%ld}\n",
	       names, clock() / (CLOCKS_PER_SEC / 1000), rb_blob_len(config->policy.zones) >> 10,
	       peak_kb() - before_kb, status_kb("VmRSS:") - before_kb);
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		measure(&policy, &asked[i]);
	rb_config_free(config);
	return 0;
}

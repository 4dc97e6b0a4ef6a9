/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of the default zones. */
#include "config/default_zones.h"

#include <stddef.h>
#include <stdio.h>

#include "util/cleanup.h"

#define ZEROS_31 "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."

static const struct rb_default_zone zones[] = {
	{"localhost.", false},
	{"127.in-addr.arpa.", false},
	{"1." ZEROS_31 "ip6.arpa.", false},
	{"home.arpa.", false},
	{"onion.", false},
	{"test.", false},
	{"invalid.", false},
	{"resolver.arpa.", false},
	{"service.arpa.", false},
	{"10.in-addr.arpa.", true},
	{"168.192.in-addr.arpa.", true},
	{"0.in-addr.arpa.", true},
	{"254.169.in-addr.arpa.", true},
	{"2.0.192.in-addr.arpa.", true},
	{"100.51.198.in-addr.arpa.", true},
	{"113.0.203.in-addr.arpa.", true},
	{"255.255.255.255.in-addr.arpa.", true},
	{"0." ZEROS_31 "ip6.arpa.", true},
	{"d.f.ip6.arpa.", true},
	{"8.e.f.ip6.arpa.", true},
	{"9.e.f.ip6.arpa.", true},
	{"a.e.f.ip6.arpa.", true},
	{"b.e.f.ip6.arpa.", true},
	{"8.b.d.0.1.0.0.2.ip6.arpa.", true},
};

/* Reverse zones that differ in their first number alone. */
static const struct {
	unsigned int first, last;
	const char *above;
} ranges[] = {
	{16, 31, "172.in-addr.arpa."},  /* 172.16.0.0/12 */
	{64, 127, "100.in-addr.arpa."}, /* 100.64.0.0/10 */
};

int rb_default_zones(int (*visit)(const struct rb_default_zone *zone, void *context), void *context)
{
	int stop = 0;

	for (size_t i = 0; i < ARRAY_SIZE(zones) && !stop; i++)
		stop = visit(&zones[i], context);
	for (size_t i = 0; i < ARRAY_SIZE(ranges) && !stop; i++) {
		for (unsigned int n = ranges[i].first; n <= ranges[i].last && !stop; n++) {
			char name[32];

			snprintf(name, sizeof(name), "%u.%s", n, ranges[i].above);
			stop = visit(&(struct rb_default_zone){name, true}, context);
		}
	}
	return stop;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A number that differs if two configurations may give different answers, so that records of an
 * older one are not served. Thread: any.
 */
#ifndef RB_CONFIG_FINGERPRINT_H
#define RB_CONFIG_FINGERPRINT_H

#include "config/config.h"

uint32_t rb_config_fingerprint(const struct rb_config *config);

/* The same for everything except local policy. */
uint32_t rb_config_fingerprint_of_rest(const struct rb_config *config);

/* The same for everything except what the files of auth-zones contain. */
uint32_t rb_config_fingerprint_without_zones(const struct rb_config *config);

/* How lines of the resolver's text begin: an auth-zone; in it or elsewhere, what a file contains. */
#define RB_AUTH_ZONE_LINE "auth-zone:"
#define RB_CONTENTS_LINE  "\t# contents "

/* What follows in the latter: eight digits, or this if there is no file. */
#define RB_CONTENTS_NONE "--------"

#endif

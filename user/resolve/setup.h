/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the resolver processes of a configuration read: the text for libunbound, and the files that
 * it names, copied into memory that nobody can write to. So a process that replaces another reads
 * the same, even if the files have changed, and needs no permission to read files.
 *
 * Thread:   main.
 * Lifetime: counted; config must outlive it.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_RESOLVE_SETUP_H
#define RB_RESOLVE_SETUP_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "config/zone_lines.h"

struct rb_forwards;
struct rb_setup_kept;

/* The file of a zone that a former setup has copied, as it is now. */
struct rb_zone_copy {
	const char *path; /* as its line has it */
	int fd;           /* -1: there is none any more */
	const uint8_t *name;
	uint8_t name_len; /* of the zone: wire form, lower case */
};

struct rb_setup {
	const struct rb_config *config;
	unsigned int references;
	unsigned int contexts; /* as in struct rb_exchange */
	bool memory_is_total;  /* memory_bytes is configured, as the limit of a whole process */
	uint64_t memory_bytes; /* for caches and all other work */
	unsigned int tap;      /* as in struct rb_exchange */
	struct rb_forwards *forwards; /* the zones with forwarders */
	int text_fd;
	int upstreams_fd; /* struct rb_upstream_plan; -1: no upstream servers with TLS */
	int cd_text_fd;   /* for RB_CONTEXT_CD; -1: there is none */
	int first_fd;     /* the number of the first file in the process */
	int *file_fds;    /* the text names them by the numbers that they get in the process */
	size_t file_count;
	struct rb_zone_lines zone;  /* that of the zone file being copied */
	char zone_name[PATH_MAX];   /* as its line has it */
	struct rb_setup_kept *kept; /* lines that name files, and what replaces them */
	size_t kept_count;
};

/*
 * first_fd: the number of the first file in the process. former: an earlier setup, whose files are
 * not read again, since we may no longer have the permission; NULL: none.
 */
int rb_setup_new(const struct rb_config *config, int first_fd, const struct rb_setup *former,
		 struct rb_setup **ret_setup);

/* The same, with the files of these zones as they are now. */
int rb_setup_follow(const struct rb_setup *former, const struct rb_config *config,
		    const struct rb_zone_copy *copies, size_t copy_count,
		    struct rb_setup **ret_setup);

struct rb_setup *rb_setup_ref(struct rb_setup *setup);
void rb_setup_unref(struct rb_setup *setup);
void rb_setup_unrefp(struct rb_setup **setup);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a process that fetches is to do, and what it says when it has done: two structures of fixed
 * form. The order lies in a memfd; the report is one message on the control socket, behind which the
 * process ends.
 *
 * Trust: the report and what was fetched may be anything. Texts in a report end within their room
 *	  once rb_fetch_report_clean() has seen it.
 * Units: times in seconds; serials as in SOA records.
 */
#ifndef RB_FETCH_ORDER_H
#define RB_FETCH_ORDER_H

#include <stdint.h>
#include <sys/socket.h>

#include "dns/name.h"

#define RB_FETCH_SOURCE_MAX   2048
#define RB_FETCH_ETAG_MAX     256
#define RB_FETCH_MODIFIED_MAX 64
#define RB_FETCH_WHY_MAX      200

/* The process's descriptors, as RB_PROCESS_FD() numbers them. */
enum rb_fetch_fd {
	RB_FETCH_FD_ORDER,
	RB_FETCH_FD_OUTPUT, /* a memfd, empty */
	RB_FETCH_FD_KEPT,   /* the stored copy; /dev/null: none */
	RB_FETCH_FDS,
};

enum rb_fetch_kind {
	RB_FETCH_URL,
	RB_FETCH_ZONE, /* from a primary */
};

struct rb_fetch_order {
	uint32_t kind;
	uint32_t deadline_s;              /* of all of it */
	uint64_t bytes_max;               /* of the output */
	struct sockaddr_storage resolver; /* who is asked for the addresses of names */
	char source[RB_FETCH_SOURCE_MAX]; /* a URL; of a zone an address or a name, with @PORT */
	char bundle[RB_FETCH_SOURCE_MAX]; /* the file with the authorities of https */
	char etag[RB_FETCH_ETAG_MAX];     /* of the stored copy; "": unknown */
	char modified[RB_FETCH_MODIFIED_MAX];
	uint8_t zone[RB_NAME_MAX];
	uint8_t zone_len; /* 0: it is a list ... */
	uint8_t format;   /* ... of this enum rb_list_format */
	uint8_t has_kept; /* and it is of this zone, with this serial */
	uint32_t serial;
};

enum rb_fetch_outcome {
	RB_FETCH_FAILED, /* for the reason in why */
	RB_FETCH_UNCHANGED,
	RB_FETCH_CHANGED, /* the new contents are in the output */
};

struct rb_fetch_report {
	uint32_t outcome;
	uint32_t serial, refresh_s, retry_s, expire_s; /* of a zone */
	uint32_t is_incremental;                       /* IXFR */
	uint64_t records;
	char etag[RB_FETCH_ETAG_MAX], modified[RB_FETCH_MODIFIED_MAX];
	char why[RB_FETCH_WHY_MAX];
};

#endif

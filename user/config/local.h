/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local policy as the configuration has it: zones with a type, resource records, views and tags.
 * Plain data in the order of the file; user/policy/ compiles it into an image that decides queries.
 *
 * Thread:   filled by the one that reads the configuration, then read by any.
 * Lifetime: rb_local_free(). Names and rdata are offsets into bytes, which moves while it grows.
 * Errors:   0 or -errno. Lengths in bytes; names in wire form (RFC 1035 3.1), in lower case.
 */
#ifndef RB_CONFIG_LOCAL_H
#define RB_CONFIG_LOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RB_TAGS_MAX           64  /* in define-tag: a set of tags is a mask */
#define RB_VIEWS_MAX          255 /* view 0: none */
#define RB_LISTS_MAX          256
#define RB_RPZS_MAX           256
#define RB_CLIENT_CLASSES_MAX 256 /* class 0: clients without view and tags */

/* The types of unbound.conf(5), local-zone:. */
enum rb_zone_type {
	RB_ZONE_NONE, /* a tag without an action of its own */
	RB_ZONE_DENY,
	RB_ZONE_REFUSE,
	RB_ZONE_STATIC,
	RB_ZONE_TRANSPARENT,
	RB_ZONE_REDIRECT,
	RB_ZONE_TYPETRANSPARENT,
	RB_ZONE_INFORM,
	RB_ZONE_INFORM_DENY,
	RB_ZONE_INFORM_REDIRECT,
	RB_ZONE_ALWAYS_TRANSPARENT,
	RB_ZONE_BLOCK_A,
	RB_ZONE_BLOCK_AAAA,
	RB_ZONE_BLOCK_A_WDATA,
	RB_ZONE_BLOCK_AAAA_WDATA,
	RB_ZONE_ALWAYS_REFUSE,
	RB_ZONE_ALWAYS_NXDOMAIN,
	RB_ZONE_ALWAYS_NODATA,
	RB_ZONE_ALWAYS_DENY,
	RB_ZONE_ALWAYS_NULL,
	RB_ZONE_NOVIEW,
	RB_ZONE_TYPES,
};

/* What a response policy zone does: for one trigger or, by rpz-action-override, for all. */
enum rb_rpz_action {
	RB_RPZ_NONE,
	RB_RPZ_NXDOMAIN,
	RB_RPZ_NODATA,
	RB_RPZ_PASSTHRU,
	RB_RPZ_DROP,
	RB_RPZ_TCP_ONLY,
	RB_RPZ_DATA,
	RB_RPZ_CNAME,    /* rpz-cname-override */
	RB_RPZ_DISABLED, /* the log says what would be done */
	RB_RPZ_ACTIONS,
};

/* What a blocklist does with queries for its names; below, the format of its file. */
enum rb_list_action {
	RB_LIST_NXDOMAIN,
	RB_LIST_NODATA,
	RB_LIST_NULL, /* addresses of zeros */
	RB_LIST_REFUSE,
	RB_LIST_ADDRESS, /* addresses that the operator names */
	RB_LIST_ALLOW,   /* no blocklist blocks them */
	RB_LIST_ACTIONS,
};

enum rb_list_format {
	RB_LIST_AUTO, /* recognised by its contents */
	RB_LIST_HOSTS,
	RB_LIST_DOMAINS,
	RB_LIST_ADBLOCK,
	RB_LIST_RPZ, /* a zone file: the names of its triggers are the list */
	RB_LIST_FORMATS,
};

/* In place of a file's number: the line came at run time. */
#define RB_LOCAL_RUN_TIME UINT16_MAX

/* Where something was written: FILE:LINE, the file as an index of rb_config.files. */
struct rb_local_origin {
	uint32_t line;
	uint16_t file;
};

struct rb_local_zone {
	uint32_t name; /* offset into bytes */
	uint8_t name_len;
	uint8_t type; /* enum rb_zone_type */
	uint8_t view; /* 0: in no view */
	uint16_t qclass;
	uint64_t tags; /* for clients with one of these; 0: for all */
	struct rb_local_origin origin;
};

/* local-zone-override: another type for clients of a netblock. */
struct rb_local_override {
	uint32_t name;
	uint8_t name_len;
	uint8_t type;
	uint8_t prefix; /* of 128 bits, as in struct rb_acl_rule */
	uint8_t addr[16];
	struct rb_local_origin origin;
};

struct rb_local_rr {
	uint32_t owner;
	uint32_t rdata; /* uncompressed */
	uint32_t ttl_s;
	uint16_t rdata_len;
	uint16_t type;
	uint16_t qclass;
	uint8_t owner_len;
	uint8_t view;
	struct rb_local_origin origin;
};

/* A name whose default zone is left out: nodefault, in the server clause or in a view. */
struct rb_local_nodefault {
	uint32_t name;
	uint8_t name_len;
	uint8_t view;
	struct rb_local_origin origin;
};

struct rb_local_view {
	char *name;
	bool first; /* view-first: names that the view does not decide are looked for outside */
	struct rb_local_origin origin;
};

/*
 * What access-control gives a client in addition to an action: a view, tags, and the actions of
 * tags. Class 0, of clients without any of these, is not stored.
 */
struct rb_local_class {
	uint64_t tags;
	uint8_t view;
	uint8_t actions[RB_TAGS_MAX]; /* access-control-tag-action: enum rb_zone_type */
};

/* access-control-tag-data: a record that redirect zones give to clients of the class. */
struct rb_local_tag_rr {
	uint8_t client_class;
	uint8_t tag;
	struct rb_local_rr rr; /* without an owner */
};

/* response-ip: what is done with a response that has an address of this netblock. */
struct rb_local_net {
	uint8_t addr[16];
	uint8_t prefix; /* of 128 bits */
	uint8_t type;   /* enum rb_zone_type; RB_ZONE_NONE: only its tags' actions */
	uint8_t view;
	uint64_t tags;
	struct rb_local_origin origin;
};

/* response-ip-data; rr has the view. */
struct rb_local_net_rr {
	uint8_t addr[16];
	uint8_t prefix;
	struct rb_local_rr rr; /* without an owner */
};

/* A response policy zone, in the order of the file. */
struct rb_local_rpz {
	char *file;     /* its path; NULL: there is none */
	char *base;     /* where relative names of its $INCLUDE begin; NULL: it may not have any */
	char *log_name; /* NULL: the zone's name */
	uint64_t tags;
	uint32_t name;
	uint32_t cname; /* rpz-cname-override */
	uint8_t name_len;
	uint8_t cname_len;    /* 0: none */
	uint8_t override;     /* enum rb_rpz_action */
	uint16_t file_number; /* of rb_config.files */
	bool log;
	bool signal_ra;
	size_t transfer; /* number in config->transfers, from 1 on; 0: none */
	struct rb_local_origin origin;
};

/* A blocklist, in the order of the file. */
struct rb_local_list {
	char *file; /* its path */
	char *name; /* NULL: none */
	char *url;  /* where file is fetched from; NULL: it is not fetched */
	uint32_t refresh_s;
	uint64_t max_bytes; /* when it is fetched */
	uint64_t tags;
	uint8_t addr4[4], addr16[16]; /* for RB_LIST_ADDRESS */
	bool has4, has16;
	uint8_t action;       /* enum rb_list_action */
	uint8_t format;       /* enum rb_list_format */
	uint16_t file_number; /* of rb_config.files */
	struct rb_local_origin origin;
};

struct rb_local {
	uint8_t *bytes;
	size_t bytes_len, bytes_room;
	struct rb_local_zone *zones;
	size_t zone_count;
	struct rb_local_rr *rrs;
	size_t rr_count;
	struct rb_local_override *overrides;
	size_t override_count;
	struct rb_local_nodefault *nodefaults;
	size_t nodefault_count;
	struct rb_local_view *views; /* number n is view n + 1 */
	size_t view_count;
	char **tags; /* names, in the order of define-tag: */
	size_t tag_count;
	struct rb_local_class *classes; /* number n is class n + 1 */
	size_t class_count;
	struct rb_local_tag_rr *tag_rrs;
	size_t tag_rr_count;
	struct rb_local_net *nets;
	size_t net_count;
	struct rb_local_net_rr *net_rrs;
	size_t net_rr_count;
	struct rb_local_rpz *rpzs;
	size_t rpz_count;
	struct rb_local_list *lists;
	size_t list_count;
	uint32_t numbering;     /* a hash of what the classes are, by their numbers; 0: none */
	uint32_t contents;      /* a hash of the files' contents, as the compiler has read them */
	bool is_complete;       /* its zones are all zones: there are no default ones */
	size_t kept_count;      /* this many records, the first, were there before a change */
	bool unblock_lan_zones; /* the default zones of private addresses are left out */
};

void rb_local_free(struct rb_local *local);

/* A hash of the contents, without the lines that they come from. hash: the value to start with. */
uint32_t rb_local_hash(const struct rb_local *local, uint32_t hash);

/* Store a name, in lower case, or data. */
int rb_local_put_name(struct rb_local *local, const uint8_t *name, size_t len,
		      uint32_t *ret_offset);
int rb_local_put_bytes(struct rb_local *local, const void *bytes, size_t len, uint32_t *ret_offset);

/* Append an element, after its name, owner and rdata have been put. */
int rb_local_add_zone(struct rb_local *local, const struct rb_local_zone *zone);
int rb_local_add_rr(struct rb_local *local, const struct rb_local_rr *rr);
int rb_local_add_override(struct rb_local *local, const struct rb_local_override *override);
int rb_local_add_nodefault(struct rb_local *local, const struct rb_local_nodefault *nodefault);
int rb_local_add_view(struct rb_local *local, const struct rb_local_view *view);
int rb_local_add_class(struct rb_local *local, const struct rb_local_class *one);
int rb_local_add_tag_rr(struct rb_local *local, const struct rb_local_tag_rr *tag_rr);

int rb_local_add_net(struct rb_local *local, const struct rb_local_net *net);
int rb_local_add_net_rr(struct rb_local *local, const struct rb_local_net_rr *net_rr);
int rb_local_add_list(struct rb_local *local, const struct rb_local_list *list);
int rb_local_add_rpz(struct rb_local *local, const struct rb_local_rpz *rpz);

/* Whether the view has zones or data of its own. */
bool rb_local_view_has_zones(const struct rb_local *local, uint8_t view);

/* RB_ZONE_NONE: there is no such type. */
enum rb_zone_type rb_zone_type_of(const char *text);
const char *rb_zone_type_name(enum rb_zone_type type);

/* RB_LIST_ACTIONS, RB_LIST_FORMATS: there is no such action or format. */
enum rb_list_action rb_list_action_of(const char *text);
const char *rb_list_action_name(enum rb_list_action action);
enum rb_list_format rb_list_format_of(const char *text);

/* The actions of rpz-action-override. RB_RPZ_NONE: there is no such action. */
enum rb_rpz_action rb_rpz_action_of(const char *text);
const char *rb_rpz_action_name(enum rb_rpz_action action); /* as Unbound logs it */

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the text of a configuration: clauses, directives, included files.
 *
 * Thread: main. Lifetime: of one reading; what lasts moves into struct rb_config.
 * Errors: 0 or -errno for what ends the reading (-ENOMEM); what is wrong in a file becomes a
 * message.
 */
#ifndef RB_CONFIG_READER_H
#define RB_CONFIG_READER_H

#include <stdio.h>

#include "config/config.h"
#include "config/directives.h"
#include "config/lines.h"
#include "config/messages.h"
#include "config/outgoing.h"
#include "config/upstreams.h"
#include "util/array.h"
#include "util/file.h"

/* An address to listen on, as written: the port may be told later. */
struct rb_interface {
	char *text;
	struct rb_location location;
};

/* A file that a line names. */
struct rb_named {
	char *path; /* as written; NULL: none */
	struct rb_location location;
};

/* A line for libunbound that must wait for directory: or num-threads:, which may be told later. */
struct rb_deferred {
	const struct rb_directive *directive;
	struct rb_value values[RB_VALUES_MAX];
	struct rb_location location;
};

/* A forward-zone:, stub-zone: or auth-zone: with its lines for libunbound. */
struct rb_zone {
	const struct rb_clause *clause;
	struct rb_location location;
	struct rb_lines lines; /* but name: and zonefile: */
	struct rb_value name;
	char *zonefile; /* as written */
	struct rb_location zonefile_location;
	size_t transfer;           /* of config->transfers, from 1 on; 0: it has none */
	struct rb_location zonemd; /* of zonemd-check: yes; line 0: there is none */
	struct rb_zone_upstreams upstreams;
};

/* A port where clients speak something else than plain DNS. */
struct rb_other_port {
	const struct rb_directive *directive; /* its note says what, where we do not speak it */
	uint16_t port;
	enum rb_speech speech;
	bool proxied; /* whatever is spoken there, the PROXY protocol is in front of it */
};

/* A local-zone-tag:, whose zone may stand further down. */
struct rb_zone_tags {
	struct rb_location location;
	uint64_t tags;
	uint32_t name; /* in rb_local.bytes */
	uint8_t name_len;
};

/* A netblock with a view or tags, which becomes a client class. */
struct rb_client_block {
	struct rb_location location;
	uint8_t addr[16];
	uint8_t prefix;
	char *interface;           /* in place of a netblock: as written; NULL: of one */
	enum rb_acl_action action; /* interface-action */
	char *view;                /* its name; NULL: none */
	struct rb_local_class client;
};

struct rb_reader {
	struct rb_config *config;
	const struct rb_config *in_force; /* see rb_config_read() */
	struct rb_location location;      /* of the directive at hand */
	const struct rb_clause *clause;   /* NULL: none is open */
	struct rb_location
		toplevel_location; /* of the last include-toplevel; line 0: there is none */
	bool text_only;            /* includes are not followed */
	unsigned int include_depth;
	unsigned int include_count;

	char *directory;              /* as far as the file has told; "": where we were started */
	char *chroot;                 /* below which files would be; NULL: there is no such place */
	struct rb_lines server_lines; /* for libunbound */
	struct rb_lines zone_lines;   /* of the last of zones, while it is open */
	struct rb_newer_line *newer;  /* of server_lines */
	size_t newer_count;

	char **insecure; /* names of domain-insecure: */
	size_t insecure_count;
	struct rb_zone *zones;
	size_t zone_count;
	struct rb_deferred *deferred;
	size_t deferred_count;
	struct rb_interface *interfaces;
	size_t interface_count;
	bool automatic; /* interface-automatic */
	char *automatic_ports;
	struct rb_location automatic_location;
	struct rb_location log_file_location, pidfile_location;
	char *modules; /* module-config, as far as libunbound has them */
	struct rb_other_port *other_ports;
	size_t other_port_count;
	struct rb_named service_key, service_pem; /* tls-service-key:, tls-service-pem: */
	struct rb_location designated_location,
		info_location;           /* designated-resolver:, resolver-info: */
	struct rb_location dnstap_at;    /* dnstap-enable: */
	struct rb_named dnstap_files[3]; /* see dnstap.c */
	struct rb_named *ticket_keys;    /* tls-session-ticket-keys: */
	size_t ticket_key_count;
	struct rb_outgoing outgoing;
	struct rb_server_upstreams upstreams;
	struct rb_location frames_location; /* of the last xdp-frames */
	struct rb_transfer transfer;        /* of the clause that is open */
	uint8_t view;                       /* that is open, as in struct rb_local_zone; 0: none */
	bool in_list;                       /* the last of local.lists is open */
	char rpz_name[RB_NAME_TEXT_MAX];    /* as written */
	bool in_rpz;                        /* the last of local.rpzs is open */
	struct rb_zone_tags *zone_tags;
	size_t zone_tag_count;
	struct rb_client_block *blocks;
	size_t block_count;
	const void **warned; /* directives and clauses that a warning named */
	size_t warned_count;
};

int rb_reader_init(struct rb_reader *reader, struct rb_config *config,
		   const struct rb_config *in_force);
void rb_reader_free(struct rb_reader *reader);

/* Text of a file whose name belongs to the configuration. */
int rb_reader_text(struct rb_reader *reader, const char *file, const char *text, size_t bytes);

/* After the last text: what depends on the whole (listens, resolver_text). */
int rb_reader_finish(struct rb_reader *reader);

/* apply.c: what the table says of a directive. Values are checked; what is wrong is a message. */
int rb_reader_apply(struct rb_reader *reader, const struct rb_directive *directive,
		    struct rb_value *values);

/* Keep a line for libunbound until the whole is read. */
int rb_reader_defer(struct rb_reader *reader, const struct rb_directive *directive,
		    const struct rb_value *values);

/* One warning for each directive or clause, at its first location. */
int rb_reader_ignored(struct rb_reader *reader, const void *what, const char *name,
		      const char *note);

/* What makes a pattern of a file's name. */
#define RB_WILDCARDS "*?[{~"

/* include.c: the value of an include: as Unbound finds files by it. */
int rb_reader_include(struct rb_reader *reader, const char *pattern);
/* All of a file; -errno as of rb_file_open(), -ENODATA of a pipe where nothing is left. */
int rb_reader_load(const char *path, enum rb_file_kind kind, char **ret_text, size_t *ret_bytes);
/* path: of the file itself; -errno where it cannot be read. */
int rb_reader_file(struct rb_reader *reader, const char *path, enum rb_file_kind kind);

/* A relative path under a directory, or as it is, where that is NULL or "". NULL: no memory. */
char *rb_reader_path(const char *directory, const char *path);

/* zones.c: the clause that opens a zone, and its end. */
int rb_zone_open(struct rb_reader *reader);
int rb_zone_close(struct rb_reader *reader);

/* Call it once all trust anchors are known: warn of digests that are not verified. */
int rb_zones_finish(const struct rb_reader *reader);

/* listens.c: config->listens from interface:, port:, do-ip4: and do-ip6:. */
int rb_other_ports_init(struct rb_reader *reader);
int rb_listens_finish(struct rb_reader *reader);

/* secure.c */
void rb_secure_reader_free(struct rb_reader *reader);
void rb_dnstap_reader_free(struct rb_reader *reader);

/* rings.c: what xdp-frames: and xdp-ring-size: ask for together. */
int rb_rings_finish(struct rb_reader *reader);

/* resolver_text.c */
int rb_resolver_text_finish(struct rb_reader *reader);
void rb_resolver_text_put(struct rb_lines *lines, struct rb_location location, const char *name,
			  const struct rb_value *values);

/* A line's value that holds a path; false where no quotes can hold it. */
bool rb_resolver_text_put_path(struct rb_lines *lines, struct rb_location location,
			       const char *name, const char *path);

/*
 * Read a text as if it were a file of this name; include: is an error in it. As rb_config_read(),
 * for those who test.
 */
int rb_config_read_text(const char *name, const char *text, size_t bytes,
			struct rb_config **ret_config);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration: unbound.conf and what runbound adds to it, read once into plain data.
 *
 * Thread:   read by main; immutable afterwards, shared by all threads.
 * Lifetime: rb_config_free(). Strings and arrays belong to the configuration.
 * Errors:   0 or -errno; what is wrong is in messages, with file and line.
 */
#ifndef RB_CONFIG_CONFIG_H
#define RB_CONFIG_CONFIG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../kern/abi.h"
#include "config/anchors.h"
#include "config/images.h"
#include "config/discovery.h"
#include "config/dnstap.h"
#include "config/local.h"
#include "config/values.h"
#include "config/remote.h"
#include "config/secure.h"
#include "config/transfers.h"
#include "config/values.h"

#define RB_CONTROL_SOCKET  "/run/runbound/control.sock"
#define RB_STATE_DIRECTORY "/var/lib/runbound"
#define RB_XDP_RING_SIZE   1024 /* entries */

/* A line of a file. The name belongs to the configuration (files). */
struct rb_location {
	const char *file;
	unsigned int line; /* 0: the file as a whole */
};

/* Where the lines of resolver_text come from: a run lasts until the next one begins. */
struct rb_source_run {
	unsigned int first; /* counted from 1 */
	struct rb_location location;
};

/* A line of resolver_text with a directive that an older libunbound does not know. */
struct rb_newer_line {
	unsigned int line;
	bool inert; /* leaving it out changes nothing */
};

/* An address to serve. */
struct rb_listen {
	struct sockaddr_storage addr; /* with the port */
	enum rb_speech speech;
	bool proxied;     /* the PROXY protocol names the client */
	char *text;       /* as written, for messages; maybe an interface's name */
	const char *file; /* NULL: it is not in a file, but the default */
	unsigned int line;
};

/*
 * An access-control rule, in the order of the file; of two for one netblock the later applies.
 * Unbound's default rules come first.
 */
enum rb_acl_action {
	RB_ACL_DENY,
	RB_ACL_REFUSE,
	RB_ACL_ALLOW,
	RB_ACL_ALLOW_SETRD,
	RB_ACL_ALLOW_SNOOP,
	RB_ACL_DENY_NON_LOCAL,
	RB_ACL_REFUSE_NON_LOCAL,
};

struct rb_acl_rule {
	uint8_t addr[16]; /* v4-mapped for IPv4; bits past the prefix are zero */
	uint8_t prefix;   /* of the 128 bits: 96 + n for IPv4 */
	enum rb_acl_action action;
	uint8_t client_class; /* of struct rb_local; 0: no view, no tags */
	bool apart;           /* a response policy zone names the address: userspace decides */
	bool open;            /* the file has no rule for it: rules of interfaces apply */
};

/*
 * interface-action: and similar directives: a rule for those clients of one of our addresses that
 * access-control does not name.
 */
struct rb_acl_interface {
	uint8_t addr[16]; /* v4-mapped for IPv4; all zeros (behind the mapping): every address */
	uint16_t port;    /* host order */
	enum rb_acl_action action;
	uint8_t client_class;
};

enum rb_message_kind {
	RB_MESSAGE_ERROR,   /* the file is refused */
	RB_MESSAGE_WARNING, /* something that was asked for will not be done */
};

struct rb_message {
	enum rb_message_kind kind;
	char *text; /* "FILE:LINE: ..." */
};

/* A server that receives queries over TLS. */
struct rb_tls_server {
	struct sockaddr_storage addr; /* with the port; unused if there is a host */
	char *host;                   /* its addresses have to be looked up; NULL: addr is known */
	uint16_t port;                /* of the host; host order */
	char *text;                   /* as written */
	char *name;                   /* which its certificate must be for; NULL: any will do */
	unsigned int zone; /* number of its zone among those with TLS, from 0; ascending */
};

#define RB_OVERRIDE_ANY_DATE (-1) /* val-override-date: signatures' dates do not matter */

struct rb_blob;

/* How many connections, or waiting queries, the clients of a netblock may have at a time. */
struct rb_client_limit {
	struct rb_netblock block;
	uint32_t max;
};

struct rb_config {
	struct rb_listen *listens; /* at least one: Unbound's default is 127.0.0.1 and ::1 */
	size_t listen_count;
	size_t plain_count; /* this many, the first ones, are for plain DNS, also in the kernel */
	struct rb_acl_rule *acl;
	size_t acl_count;
	struct rb_acl_interface *acl_interfaces;
	size_t acl_interface_count;
	bool allow_snoop;                /* some rule has this action */
	struct rb_netblock *proxy_allow; /* runbound's own: who may name clients by PROXY */
	size_t proxy_allow_count;        /* 0: only this machine */
	struct rb_client_limit *connection_limits; /* tcp-connection-limit: */
	size_t connection_limit_count;
	struct rb_client_limit *wait_limits; /* wait-limit-netblock: */
	size_t wait_limit_count;
	uint32_t wait_limit;   /* of each client's address; 0: none */
	uint32_t ip_ratelimit; /* queries a second of each client's address; 0: none */
	uint32_t ip_ratelimit_factor;
	bool ip_ratelimit_backoff;
	size_t ip_ratelimit_bytes;
	uint16_t port;
	bool do_ip4, do_ip6, do_udp, do_tcp;
	bool ip_freebind, ip_transparent; /* listen on addresses that this machine lacks */
	unsigned int num_threads;         /* Unbound's defaults throughout */
	bool num_threads_set; /* in the file: as many workers; else by queues and CPUs */
	unsigned int verbosity;
	unsigned int edns_buffer_size;           /* bytes, advertised in our OPT: 1232 */
	size_t so_rcvbuf_bytes, so_sndbuf_bytes; /* of UDP sockets; 0: the system's */
	unsigned int max_udp_size; /* bytes, of a reply by UDP: 1232 (as Unbound from 1.18 on) */
	unsigned int tcp_mss;      /* of connections from clients; 0: the system's */
	unsigned int ip_dscp;      /* of replies: 0 */
	unsigned int sock_queue_timeout_s; /* queries that waited longer are dropped; 0: none */
	unsigned int discard_timeout_ms;   /* later replies are not sent; 0: all are */
	unsigned int incoming_num_tcp;     /* connections per thread: 10 */
	unsigned int tcp_idle_timeout_ms;  /* 30000 */
	bool edns_tcp_keepalive;           /* no */
	unsigned int edns_tcp_keepalive_timeout_ms; /* in place of tcp_idle_timeout_ms: 120000 */
	unsigned int outgoing_range;                /* upstream sockets per thread: 1024 */
	unsigned int outgoing_num_tcp;              /* and over TCP: 10 */
	unsigned int num_queries_per_thread;        /* outstanding in the resolver: 1024 */
	unsigned int jostle_timeout_ms;             /* how long one above that limit waits: 200 */
	uint32_t cache_min_ttl_s;                   /* 0 */
	uint32_t cache_max_ttl_s;                   /* 86400 */
	uint32_t cache_max_negative_ttl_s;          /* 3600 */
	uint32_t cache_min_negative_ttl_s;          /* 0: cache_min_ttl_s */
	bool prefetch;                              /* no */
	bool rrset_roundrobin;                      /* yes */
	bool ede, ede_serve_expired;                /* no: see enum rb_ede_said */
	bool serve_expired;                         /* no */
	uint32_t serve_expired_ttl_s;               /* 0: for ever */
	uint32_t serve_expired_reply_ttl_s;         /* 30 */
	uint32_t serve_expired_client_timeout_ms;   /* 0: at once */
	bool serve_expired_ttl_reset;               /* no */
	bool serve_original_ttl;                    /* no */
	int64_t val_override_date;                  /* since 1970; 0: today's */
	uint32_t val_sig_skew_min_s;                /* 3600 */
	uint32_t val_sig_skew_max_s;                /* 86400 */
	bool ignore_cd_flag;                        /* no */
	bool root_key_sentinel;                     /* yes */
	uint32_t statistics_interval_s;             /* 0: not in the log */
	bool statistics_cumulative;                 /* no */
	bool extended_statistics;                   /* no */
	bool statistics_inhibit_zero;               /* yes */
	char *identity, *version;                   /* in class CH; NULL, "": host name, ours */
	bool hide_identity, hide_version;           /* no */
	bool hide_trustanchor;                      /* no */
	bool deny_any;                              /* no */
	uint8_t *nsid;                              /* the NSID option's contents */
	uint16_t nsid_len;                          /* 0: no such option */
	char *log_file;                             /* logfile: the whole path; NULL, "": none */
	char *pidfile;                              /* NULL, "": none */
	char *log_identity;                         /* NULL, "": runbound */
	bool use_syslog;                            /* no, unlike Unbound */
	bool log_time_ascii, log_time_iso;          /* no */
	bool log_thread_id;                         /* no */
	bool log_queries, log_replies;              /* no */
	bool log_tag_queryreply, log_servfail;      /* no */
	bool log_local_actions;                     /* no */
	unsigned int log_prefix_ipv4, log_prefix_ipv6; /* runbound's own, in bits: 32, 128 */
	unsigned int top_sample;    /* runbound's own: one query in this many; 0: none */
	unsigned int log_sample;    /* runbound's own: one kernel reply in this many: 1 */
	bool log_destaddr;          /* no */
	unsigned int val_log_level; /* 0 */
	bool xdp;                   /* runbound's own: yes */
	char *xdp_interfaces;       /* runbound's own: names, a blank after each; NULL: auto, all */
	size_t hot_cache_bytes;     /* runbound's own: 64m */
	char *pin_dir;              /* runbound's own: RB_PIN_DIR; in a bpffs */
	char *username;             /* to become when started as root; NULL, "": stay root */
	char *resolver_username;    /* runbound's own: of resolver processes; NULL: see
				    runbound.conf(5) */
	size_t resolver_memory_bytes; /* runbound's own: for each of them; 0: by its caches */
	char *directory;              /* where zone files look for those that they include */
	char *state_directory;        /* runbound's own: RB_STATE_DIRECTORY; for fetched copies */
	char *control_socket;         /* runbound's own: RB_CONTROL_SOCKET; "": none */
	char *metrics_interface;      /* runbound's own: IP[@PORT] for HTTP; NULL: none */
	char *metrics_token; /* runbound's own: requests there must have it; NULL, "": none */

	/* runbound's own, for the table's records across restarts */
	char *cache_file;               /* NULL: none */
	uint32_t cache_file_interval_s; /* 300 */

	/* runbound's own, for AF_XDP sockets */
	bool xdp_steer;             /* no */
	bool xdp_zero_copy;         /* no */
	bool xdp_busy_poll;         /* no */
	unsigned int xdp_ring_size; /* RB_XDP_RING_SIZE, a power of two */
	unsigned int xdp_frames;    /* for each, a power of two; 0: twice xdp_ring_size */

	struct rb_remote remote; /* control by unbound-control */
	struct rb_config_dnstap dnstap;
	struct rb_secure secure; /* DNS over TLS and HTTPS for clients */
	struct rb_discovery discovery;

	struct rb_tls_server *tls_servers; /* upstream servers with TLS */
	size_t tls_server_count;
	unsigned int tls_zone_count; /* zones that are asked for over TLS, some without servers */
	struct rb_netblock *not_queried; /* do-not-query-address: */
	size_t not_queried_count;
	struct sockaddr_storage *tls_sources; /* our addresses; none: the system's choice */
	size_t tls_source_count;
	char *tls_authorities; /* certificates that verify the servers', as PEM; NULL: none */
	char *tls_cert_bundle; /* as written; NULL, "": none */
	char *tls_ciphers, *tls_ciphersuites; /* NULL, "": OpenSSL's */
	struct rb_location tls_ciphers_location;
	bool tls_system_cert;                /* no */
	bool tls_use_sni;                    /* yes */
	bool pad_queries;                    /* over TLS: yes */
	unsigned int pad_queries_block_size; /* 128 */
	bool do_not_query_localhost;         /* yes */

	struct rb_transfer *transfers; /* zones from elsewhere, in the order of the file */
	size_t transfer_count;

	struct rb_local local;          /* zones, data, views and tags of local policy */
	struct rb_policy_images policy; /* the same compiled, see policy/attach.h */
	uint32_t changed; /* a hash of all zones and data if they changed at run time; else 0 */

	char *resolver_text; /* the part that libunbound reads, as an unbound.conf of its own, with
			      * the daemon's defaults where the library's differ */
	char *cd_modules;    /* module-config without dns64, which does not apply to queries with
			      * CD=1 (RFC 6147 5.5); NULL: dns64 is not in it */
	struct rb_anchors anchors;
	bool follows_keys;                   /* auto-trust-anchor-file */
	bool lacks_root_key;                 /* validates, and rb_anchors_lack_root_key() */
	struct rb_source_run *resolver_runs; /* where resolver_text comes from */
	size_t resolver_run_count;
	struct rb_newer_line *newer; /* in the order of the lines */
	size_t newer_count;
	struct rb_message *messages; /* in the order in which they were found */
	size_t message_count;
	char **files; /* every file that was read, in that order */
	size_t file_count;
};

/* serve-expired: how long past its expiry a record may be served; UINT64_MAX: without end. */
uint64_t rb_config_stale_ns(const struct rb_config *config);

/* The listen entry with this address; NULL: it is not served. */
const struct rb_listen *rb_config_listen_at(const struct rb_config *config,
					    const struct sockaddr_storage *addr);

/* How many libunbound contexts each resolver process needs: see enum rb_context. */
unsigned int rb_config_contexts(const struct rb_config *config);

/* Which extended errors replies may name: bits of enum rb_ede_said. */
uint32_t rb_config_ede_said(const struct rb_config *config);

/* Whether clients' queries or the responses to them go to dnstap. */
bool rb_config_is_tapped(const struct rb_config *config);

/* The same of what resolvers ask servers. */
bool rb_config_taps_upstreams(const struct rb_config *config);

/* Userspace sees one in this many of the kernel's replies: log, dnstap, top-sample. 0: none. */
unsigned int rb_config_kernel_sample(const struct rb_config *config);

/*
 * Read path and the files that it includes. set: lines of set_option, which follow those of the
 * file; NULL: none. in_force: the configuration that a reload replaces, NULL at a start. Settings
 * that libunbound's part depends on and that only a restart can change are taken from it. On
 * -EINVAL (errors in the file) *ret_config is set nevertheless, for its messages; otherwise it is
 * untouched on failure. -ENOENT and so on: path cannot be read.
 */
int rb_config_read(const char *path, const char *set, const struct rb_config *in_force,
		   struct rb_config **ret_config);

/* Where this line of resolver_text, counted from 1, comes from. */
struct rb_location rb_config_resolver_location(const struct rb_config *config, unsigned int line);

/* Leave the line out. The others keep their numbers. False if there is nothing in it. */
bool rb_config_resolver_drop(struct rb_config *config, unsigned int line);

void rb_config_free(struct rb_config *config);
void rb_config_freep(struct rb_config **config);

#endif

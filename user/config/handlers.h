/* SPDX-License-Identifier: BSD-2-Clause */
/* The directives that need more than a field or a line for libunbound. See struct rb_directive. */
#ifndef RB_CONFIG_HANDLERS_H
#define RB_CONFIG_HANDLERS_H

#include "config/config.h"
#include "config/directives.h"

/* server: */
rb_handler rb_handle_interface;

/* What access-control: does; *ret_wrong: it is none, which was said. */
int rb_acl_action_read(struct rb_reader *reader, const struct rb_directive *directive,
		       const char *text, enum rb_acl_action *ret_action, bool *ret_wrong);

rb_handler rb_handle_interface_automatic;
rb_handler rb_handle_automatic_ports;
rb_handler rb_handle_xdp_interface;
rb_handler rb_handle_power_of_two;
rb_handler rb_handle_xdp_frames;
rb_handler rb_handle_num_threads;
rb_handler rb_handle_other_port; /* one where something is spoken that we do not */
rb_handler rb_handle_tls_port;
rb_handler rb_handle_https_port;
rb_handler rb_handle_proxy_port;
rb_handler rb_handle_proxy_allow;
rb_handler rb_handle_access_control;
rb_handler rb_handle_directory;
rb_handler rb_handle_chroot;
rb_handler rb_handle_username;
rb_handler rb_handle_hot_cache_size;
rb_handler rb_handle_nsid;
rb_handler rb_handle_keysize_iterations;
rb_handler rb_handle_own_path; /* what is there already is of the right kind */
rb_handler rb_handle_control_socket;
rb_handler rb_handle_module_config;
rb_handler rb_handle_override_date;
rb_handler rb_handle_statistics_interval;
rb_handler rb_handle_log_file;
rb_handler rb_handle_pidfile;
rb_handler rb_handle_file;
rb_handler rb_handle_auto_anchor_file;
rb_handler rb_handle_trust_anchor;

/* forward-zone:, stub-zone:, auth-zone: */
rb_handler rb_handle_zone_name;
rb_handler rb_handle_zone_file;
rb_handler rb_handle_zonemd;
rb_handler rb_handle_insecure;

#endif

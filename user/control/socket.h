/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket itself. Errors: 0 or -errno; ret_ arguments untouched on failure. */
#ifndef RB_CONTROL_SOCKET_H
#define RB_CONTROL_SOCKET_H

#define RB_CONTROL_GROUP "runbound" /* may use it, like root */

/* Listening, non-blocking. See rb_clients_open(). */
int rb_control_socket_open(const char *path, int *ret_fd);

/* Connected, blocking. */
int rb_control_socket_connect(const char *path, int *ret_fd);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What the daemon may do, at its start and afterwards. */
#include "daemon/privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeper/sandbox.h"
#include "table/pins.h"
#include "util/cleanup.h"
#include "util/log.h"
#include "util/log_sink.h"
#include "util/privileges.h"

/*
 * For the start as another user. CAP_DAC_READ_SEARCH: bpffs lets only root in, whatever the modes
 * below it, and the configuration may be readable only by root. CAP_SETPCAP: to lower the bounding
 * set. The last three: servers and resolver processes run as other users, and are killed when they
 * hang.
 */
static const cap_value_t for_start[] = {
	CAP_BPF,      CAP_PERFMON,         CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE,
	CAP_IPC_LOCK, CAP_DAC_READ_SEARCH, CAP_SETPCAP,   CAP_SETUID,  CAP_SETGID,
	CAP_KILL,
};

/*
 * For a keeper that is root, which starts processes later: to lower their bounding sets, to become
 * their users, and to kill them; and to give the control socket to its group.
 */
static const cap_value_t for_keeping_as_root[] = {
	CAP_BPF,          CAP_PERFMON,  CAP_NET_ADMIN,
	CAP_NET_RAW,      CAP_IPC_LOCK, CAP_NET_BIND_SERVICE,
	CAP_DAC_OVERRIDE, CAP_SETUID,   CAP_SETGID,
	CAP_KILL,         CAP_SETPCAP,  CAP_CHOWN,
};

/* Create the directory of the control socket for this user. An existing one is left as it is. */
static void give_socket_directory(const char *path, const struct passwd *user)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return;
	snprintf(directory, sizeof(directory), "%.*s", (int)(slash - path), path);
	if (!mkdir(directory, 0755) && chown(directory, user->pw_uid, user->pw_gid))
		rb_log_warn("%s: cannot be given to %s (%s)", directory, user->pw_name,
			    strerror(errno));
}

static void give(const struct rb_config *config, const struct passwd *user)
{
	const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
	int err = config->xdp ? rb_pins_give(config->pin_dir, user->pw_uid, user->pw_gid) : 0;

	if (err)
		rb_log_warn("%s: cannot be given to %s (%s)", config->pin_dir, user->pw_name,
			    strerror(-err));
	if (*config->control_socket)
		give_socket_directory(config->control_socket, user);
	rb_log_sink_give(user->pw_uid, user->pw_gid);
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
}

static int change_user(const struct passwd *user)
{
	if (initgroups(user->pw_name, user->pw_gid) ||
	    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) ||
	    prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid))
		return -errno;
	/* For our own /proc/self/fd. Processes with fewer capabilities still may not open it. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	return rb_privileges_keep(for_start, ARRAY_SIZE(for_start));
}

int rb_privileges_become(const struct rb_config *config)
{
	const struct passwd *user;
	int err;

	/* No program that we execute can have more privileges than we have. */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!config->username || !*config->username)
		return 0;
	if (geteuid()) {
		rb_log_notice("username: %s: not started as root, so the user stays",
			      config->username);
		return 0;
	}
	user = getpwnam(config->username);
	if (!user) {
		rb_log_error("username: %s: there is no such user", config->username);
		return -ENOENT;
	}
	give(config, user);
	err = change_user(user);
	if (err)
		rb_log_error("username: %s: cannot become that user (%s)", config->username,
			     strerror(-err));
	return err;
}

void rb_privileges_settle_keeper(void)
{
	int err = geteuid() ? 0
			    : rb_privileges_keep(for_keeping_as_root,
						 ARRAY_SIZE(for_keeping_as_root));

	if (err)
		rb_log_warn("the keeper cannot give up capabilities (%s)", strerror(-err));
}

static int server_user_become(const struct rb_process_user *user)
{
	if (!user->change)
		return 0;
	rb_privileges_bound();
	if (setgroups(0, NULL) || setresgid(user->gid, user->gid, user->gid) ||
	    setresuid(user->uid, user->uid, user->uid))
		return -errno;
	/* Other processes of that user must not look into it; AddressSanitizer has to. */
	if (RB_SANDBOX_IS_OFF)
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	return 0;
}

int rb_privileges_end(const struct rb_process_user *user)
{
	char left[RB_PRIVILEGES_TEXT];
	int err = server_user_become(user);

	if (!err)
		err = rb_privileges_drop();
	if (err) {
		rb_log_error("rb-server cannot give up what the keeper may (%s)", strerror(-err));
		return err;
	}
	rb_privileges_text(left);
	rb_log(strcmp(left, "none") ? RB_LOG_WARN : RB_LOG_NOTICE,
	       "rb-server: user %u, capabilities: %s", geteuid(), left);
	return 0;
}

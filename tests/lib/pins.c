/* SPDX-License-Identifier: BSD-2-Clause */
/* Directories of pins that carry their process's id. */
#include "lib/pins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

#define BPFFS  "/sys/fs/bpf"
#define PREFIX "rbtest-"

void pins_remove(const char *dir)
{
	DIR *stream = opendir(dir);
	const struct dirent *entry;

	if (!stream)
		return;
	while ((entry = readdir(stream)))
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(stream), entry->d_name, 0);
	closedir(stream);
	rmdir(dir);
}

/* The directory's process is no more: as yet, our own id can only have been another's. */
static bool is_left_over(const char *name)
{
	int pid;

	if (sscanf(name, PREFIX "%d-", &pid) != 1 || pid <= 0)
		return false;
	return pid == getpid() || (kill(pid, 0) && errno == ESRCH);
}

static void left_overs_remove(void)
{
	DIR *stream = opendir(BPFFS);
	const struct dirent *entry;

	if (!stream)
		return;
	while ((entry = readdir(stream))) {
		char path[sizeof(BPFFS "/") + sizeof(entry->d_name)];

		if (!is_left_over(entry->d_name))
			continue;
		snprintf(path, sizeof(path), BPFFS "/%s", entry->d_name);
		pins_remove(path);
	}
	closedir(stream);
}

void pins_name(char out[PINS_PATH_MAX])
{
	static unsigned int serial;

	if (!serial)
		left_overs_remove();
	snprintf(out, PINS_PATH_MAX, BPFFS "/" PREFIX "%d-%u", (int)getpid(), serial++);
}

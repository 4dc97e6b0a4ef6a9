/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes to systemd's journal. */
#include "util/journal.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "util/cleanup.h"

/* systemd.exec(5): "DEVICE:INODE" of the stream that a service was given. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char ours[64];
	struct stat about;

	if (!stream || fstat(STDERR_FILENO, &about))
		return false;
	snprintf(ours, sizeof(ours), "%llu:%llu", (unsigned long long)about.st_dev,
		 (unsigned long long)about.st_ino);
	return !strcmp(stream, ours);
}

int rb_journal_open(const char *path, int *ret_fd)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	_cleanup_close_ int fd = -1;

	if (!stderr_is_journal())
		return -ENOENT;
	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return -errno;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* A field whose text may hold anything: its length stands in front, of 8 bytes from the lowest. */
static size_t message_put(const char *text, char *out, size_t room)
{
	static const char name[] = "MESSAGE\n";
	size_t name_len = sizeof(name) - 1, head = name_len + sizeof(uint64_t), len;

	if (room < head + 1)
		return 0;
	len = strnlen(text, room - head - 1);
	memcpy(out, name, name_len);
	for (unsigned int i = 0; i < sizeof(uint64_t); i++)
		out[name_len + i] = (char)((uint64_t)len >> 8 * i);
	memcpy(out + head, text, len);
	out[head + len] = '\n';
	return head + len + 1;
}

size_t rb_journal_entry_make(const struct rb_journal_entry *entry, char *out, size_t room)
{
	int used = snprintf(out, room,
			    "PRIORITY=%d\nSYSLOG_FACILITY=%d\nSYSLOG_IDENTIFIER=%.64s\n"
			    "SYSLOG_PID=%d\nTID=%d\nRUNBOUND_THREAD=%u\nRUNBOUND_TYPE=%.32s\n",
			    entry->level, LOG_FAC(LOG_DAEMON), entry->identity, (int)getpid(),
			    (int)syscall(SYS_gettid), entry->thread, entry->type);

	if (used < 0 || (size_t)used >= room)
		return 0;
	return (size_t)used + message_put(entry->text, out + used, room - (size_t)used);
}

int rb_journal_send(int fd, const char *bytes, size_t len, bool waits)
{
	ssize_t sent;

	do
		sent = send(fd, bytes, len, MSG_NOSIGNAL | (waits ? 0 : MSG_DONTWAIT));
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

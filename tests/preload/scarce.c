/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that runs out: a library to be preloaded, which lets one allocation of the program's own
 * code fail. Own are those that the program makes itself or through libc (strdup(), fopen(), a
 * stream in memory that grows); what libraries allocate for themselves does not count, but for
 * ldns, which ends the process when it gets no memory.
 *
 * SCARCE names a file of 16 bytes, four numbers in the machine's order:
 *	count	of the allocations so far
 *	fail	the one that fails; 0: none
 *	failed	how many did
 *	log	1: a line for each allocation on SCARCE_LOG, with its number and a hash of the
 *		functions that asked for it
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <glob.h>
#include <link.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CALLERS    3 /* of the program's functions make a place; how they were reached does not */
#define FRAMES_MAX 24
#define RANGES_MAX 64

enum owner { OWNER_PROGRAM, OWNER_LIBC, OWNER_LIBRARY };

struct range {
	uintptr_t first, last;
	enum owner owner;
};

static struct {
	_Atomic uint32_t count, fail, failed, log;
} * control;

static struct range ranges[RANGES_MAX];
static size_t range_count;
static int log_fd = -1;
static _Thread_local bool inside; /* looking at the stack may itself allocate */

/* glibc's own, behind the names that we take. */
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *memory, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);

static int range_add(struct dl_phdr_info *info, size_t size, void *context)
{
	static const char *const transparent[] = {"libc.so", "ld-linux", "scarce"};
	bool is_own = !*info->dlpi_name || strstr(info->dlpi_name, "libldns");
	enum owner owner = is_own ? OWNER_PROGRAM : OWNER_LIBRARY;

	(void)size;
	(void)context;
	for (size_t i = 0; i < sizeof(transparent) / sizeof(transparent[0]); i++)
		if (strstr(info->dlpi_name, transparent[i]))
			owner = OWNER_LIBC;
	for (int i = 0; i < info->dlpi_phnum && range_count < RANGES_MAX; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_LOAD && segment->p_flags & PF_X)
			ranges[range_count++] = (struct range){
				info->dlpi_addr + segment->p_vaddr,
				info->dlpi_addr + segment->p_vaddr + segment->p_memsz, owner};
	}
	return 0;
}

static void __attribute__((constructor)) begin(void)
{
	const char *path = getenv("SCARCE"), *log = getenv("SCARCE_LOG");
	void *frames[2], *mapped;
	int fd;

	if (!path)
		return;
	fd = open(path, O_RDWR | O_CLOEXEC);
	mapped = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd < 0 || mapped == MAP_FAILED)
		abort();
	close(fd);
	if (log)
		log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	inside = true;
	backtrace(frames, 2); /* loads what it needs */
	inside = false;
	dl_iterate_phdr(range_add, NULL);
	control = mapped;
}

static enum owner owner_of(const void *address)
{
	for (size_t i = 0; i < range_count; i++)
		if ((uintptr_t)address >= ranges[i].first && (uintptr_t)address < ranges[i].last)
			return ranges[i].owner;
	return OWNER_LIBC; /* none, such as the end of a thread's stack */
}

static void log_allocation(uint32_t number, void *const *frames, int count)
{
	uint32_t hash = 2166136261u;
	char line[64];
	int len;

	for (int i = 0, callers = 0; i < count && callers < CALLERS; i++) {
		if (owner_of(frames[i]) != OWNER_PROGRAM)
			continue;
		hash = (hash ^ (uint32_t)((uintptr_t)frames[i] - ranges[0].first)) * 16777619u;
		callers++;
	}
	len = snprintf(line, sizeof(line), "%u %08x\n", number, hash);
	if (write(log_fd, line, (size_t)len) < 0)
		abort();
}

/* Whose the first function is that is not libc's: most often the caller itself, without a look at the stack. */
static enum owner owner_on_whose_behalf(const void *caller, void *const *frames, int count)
{
	enum owner owner = owner_of(caller);

	for (int i = 0; i < count && owner == OWNER_LIBC; i++)
		owner = owner_of(frames[i]);
	return owner;
}

static bool is_scarce(const void *caller)
{
	void *frames[FRAMES_MAX];
	bool fails = false;
	int count = 0;

	if (!control || inside || !(control->log || control->count < control->fail))
		return false;
	inside = true;
	if (control->log || owner_of(caller) == OWNER_LIBC)
		count = backtrace(frames, FRAMES_MAX);
	if (owner_on_whose_behalf(caller, frames, count) == OWNER_PROGRAM) {
		uint32_t number = ++control->count;

		if (control->log)
			log_allocation(number, frames, count);
		fails = number == control->fail;
		control->failed += fails;
	}
	inside = false;
	if (fails)
		errno = ENOMEM;
	return fails;
}

/* For the functions below, each of which is called by who asks for memory. */
#define IS_SCARCE() is_scarce(__builtin_return_address(0))

void *malloc(size_t bytes)
{
	return IS_SCARCE() ? NULL : __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
	return IS_SCARCE() ? NULL : __libc_calloc(count, bytes);
}

void *realloc(void *memory, size_t bytes)
{
	return IS_SCARCE() ? NULL : __libc_realloc(memory, bytes);
}

void *reallocarray(void *memory, size_t count, size_t bytes)
{
	size_t total;

	if (__builtin_mul_overflow(count, bytes, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	return IS_SCARCE() ? NULL : __libc_realloc(memory, total);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
	return IS_SCARCE() ? NULL : __libc_memalign(alignment, bytes);
}

int posix_memalign(void **ret_memory, size_t alignment, size_t bytes)
{
	void *memory = IS_SCARCE() ? NULL : __libc_memalign(alignment, bytes);

	if (!memory)
		return ENOMEM;
	*ret_memory = memory;
	return 0;
}

/* glibc's search for a user does not look at whether it got its memory (nss/nss_database.c). */
struct passwd *getpwnam(const char *name)
{
	struct passwd *(*find)(const char *);
	struct passwd *found;
	bool was_inside = inside;

	*(void **)&find = dlsym(RTLD_NEXT, "getpwnam");
	inside = true;
	found = find(name);
	inside = was_inside;
	return found;
}

/* glibc's frees twice what it has found if it gets no memory for more (posix/glob.c). */
int glob(const char *pattern, int flags, int (*failed)(const char *path, int error),
	 glob_t *ret_found)
{
	int (*find)(const char *, int, int (*)(const char *, int), glob_t *);
	bool was_inside = inside;
	int err;

	*(void **)&find = dlsym(RTLD_NEXT, "glob");
	inside = true;
	err = find(pattern, flags, failed, ret_found);
	inside = was_inside;
	return err;
}

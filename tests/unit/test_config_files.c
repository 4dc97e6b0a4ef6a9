/* SPDX-License-Identifier: BSD-2-Clause */
/* Configurations of several files: those that are included, and those that are named. */
#include "unit/config_fixture.h"

/* Otherwise: a configuration in a directory of snippets is read in part or out of order. */
static void glob_includes_in_order(void **state)
{
	struct lab *lab = *state;

	lab_file(lab, "20-b.inc", "port: 20\n");
	lab_file(lab, "10-a.inc", "port: 10\nnum-threads: 3\n");
	{
		_cleanup_(rb_config_freep) struct rb_config *config =
			read_main(lab, "server:\n\tinclude: \"@@/*.inc\"\n\tprefetch: yes\n", 0);

		assert_int_equal(config->port, 20);
		assert_int_equal(config->num_threads, 3);
		assert_true(config->prefetch);
		assert_int_equal(config->file_count, 3);
	}
}

/* Otherwise: an empty conf.d keeps the resolver from starting. */
static void glob_without_match_is_no_error(void **state)
{
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_main(*state, "include: \"@@/*.none\"\n", 0);

	assert_int_equal(config->message_count, 0);
}

/* Otherwise: an error is searched for in the wrong file. */
static void errors_name_the_included_file(void **state)
{
	struct lab *lab = *state;

	lab_file(lab, "inner.inc", "\n\nprot: 53\n");
	lab_file(lab, "outer.inc", "# nested\ninclude: inner.inc\nverbosity: x\n");
	{
		_cleanup_(rb_config_freep) struct rb_config *config =
			read_main(lab,
				  "server:\n\tdirectory: \"@@\"\n\tinclude: outer.inc\n"
				  "\tinclude: missing.inc\n\tport: x\n",
				  -EINVAL);

		assert_message(lab, config, 0,
			       "@@/inner.inc:3: unknown directive 'prot', did you mean 'port'?");
		assert_message(lab, config, 1,
			       "@@/outer.inc:3: verbosity: expected a number from 0 to 2147483647, "
			       "not 'x'");
		assert_message(lab, config, 2,
			       "@@/main.conf:4: include: cannot read '@@/missing.inc': No such "
			       "file or directory");
		assert_message(lab, config, 3,
			       "@@/main.conf:5: port: expected a number from 1 to 65535, not 'x'");
		assert_int_equal(config->message_count, 4);
	}
}

/* Otherwise: a file that includes itself eats all memory. */
static void include_of_itself_ends(void **state)
{
	struct lab *lab = *state;
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_main(lab, "include: @@/main.conf\ninclude: \"@@/main.c*\"\n", -EINVAL);

	assert_non_null(strstr(config->messages[0].text, "main.conf:1: include: nested more than"));
	assert_true(config->file_count <= 10001);
}

/* Otherwise: what follows include-toplevel: falls into the clause of an included file. */
static void toplevel_include_closes_clauses(void **state)
{
	struct lab *lab = *state;

	lab_file(lab, "zone.inc", "forward-zone:\n name: a.example\n forward-addr: 192.0.2.1\n");
	{
		_cleanup_(rb_config_freep) struct rb_config *config =
			read_main(lab,
				  "server:\n\tinclude-toplevel: @@/zone.inc\n"
				  "forward-first: yes\n",
				  -EINVAL);

		assert_message(
			lab, config, 0,
			"@@/main.conf:3: directive 'forward-first' outside of a clause, it "
			"belongs to 'forward-zone:' (include-toplevel: at @@/main.conf:2 leaves no clause open)");
	}
}

/* Otherwise: relative names of hints and keys are looked for in another place than Unbound's. */
static void relative_files_are_those_of_directory(void **state)
{
	struct lab *lab = *state;

	lab_file(lab, "hints", ". NS a.\na. A 192.0.2.1\n");
	lab_file(lab, "zone", "z. SOA a. b. 1 1 1 1 1\nz. NS a.z.\n");
	{
		_cleanup_(rb_config_freep) struct rb_config *config =
			read_main(lab,
				  "server:\n\troot-hints: hints\n"
				  "auth-zone:\n\tname: z\n\tzonefile: \"zone\"\n"
				  "server:\n\tdirectory: \"@@\"\n",
				  0);
		_cleanup_free_ char *hints = with_directory(lab, "\troot-hints: \"@@/hints\"\n");
		_cleanup_free_ char *zone = with_directory(lab, "\tzonefile: \"@@/zone\"\n");

		assert_non_null(strstr(config->resolver_text, hints));
		assert_non_null(strstr(config->resolver_text, zone));
		assert_null(strstr(config->resolver_text, "directory"));
	}
}

/* Otherwise: a line is taken for the value of the one before it. */
static void toplevel_include_is_no_value(void **state)
{
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_main(*state, "server:\n\tport:\n\tinclude-toplevel: \"@@/*.none\"\n", -EINVAL);

	assert_message(*state, config, 0, "@@/main.conf:2: port: its value is missing");
	assert_int_equal(config->message_count, 1);
}

/*
 * Each names the files hints and key, which are in @@ and in @@/jail/etc; '%' is where they are
 * found, below the lab's directory. The test stands in @@/start, where they are, too.
 */
static const struct {
	const char *name, *text, *where;
} locations[] = {
	{"relative to directory", "directory: @@\nroot-hints: hints\ntrust-anchor-file: key\n", ""},
	{"whole", "directory: /nonexistent\nroot-hints: @@/hints\ntrust-anchor-file: @@/key\n", ""},
	{"no directory: where we stand",
	 "directory: \"\"\nroot-hints: hints\ntrust-anchor-file: key\n", "/start"},
	{"no directory after one: the one",
	 "directory: @@\ndirectory: \"\"\nroot-hints: hints\ntrust-anchor-file: key\n", ""},
	{"relative directory",
	 "directory: ../jail/etc\nroot-hints: hints\ntrust-anchor-file: key\n",
	 "/start/../jail/etc"},
	{"chroot that names begin with",
	 "root-hints: @@/jail/etc/hints\ntrust-anchor-file: \"key\"\ndirectory: @@/jail/etc\n"
	 "chroot: \"@@/jail\"\n",
	 "/jail/etc"},
	{"chroot that names do not begin with",
	 "chroot: \"@@/jail/\"\ndirectory: /etc\nroot-hints: hints\ntrust-anchor-file: /etc/key\n",
	 "/jail/etc"},
	{"one directory after the other below a chroot",
	 "chroot: @@/jail\ndirectory: l\ndirectory: ../etc\n"
	 "root-hints: hints\ntrust-anchor-file: key\n",
	 "/jail/l/../etc"},
	{"chroot without directory",
	 "directory: \"\"\nchroot: @@/jail\nroot-hints: etc/hints\ntrust-anchor-file: etc/key\n",
	 "/jail/etc"},
	{"chroot that is none",
	 "chroot: /\ndirectory: @@\nroot-hints: hints\ntrust-anchor-file: key\n", ""},
};

static void assert_names(const struct lab *lab, const struct rb_config *config, size_t number)
{
	char expected[256];

	snprintf(expected, sizeof(expected), "\troot-hints: \"%s%s/hints\"\n", lab->path,
		 locations[number].where);
	if (!strstr(config->resolver_text, expected))
		fail_msg("%s: no %s in %s", locations[number].name, expected,
			 config->resolver_text);
	snprintf(expected, sizeof(expected), "\ttrust-anchor-file: \"%s%s/key\"\n", lab->path,
		 locations[number].where);
	if (!strstr(config->resolver_text, expected))
		fail_msg("%s: no %s in %s", locations[number].name, expected,
			 config->resolver_text);
}

/* Otherwise: runbound reads other files than Unbound does by the same configuration, or none. */
static void files_are_found_where_unbound_would_find_them(void **state)
{
	static const char *const directories[] = {"start", "jail", "jail/etc", "jail/l"};
	static const char *const homes[] = {"", "start/", "jail/etc/"};
	struct lab *lab = *state;
	_cleanup_free_ char *before = getcwd(NULL, 0);
	char path[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(directories); i++) {
		snprintf(path, sizeof(path), "%s/%s", lab->path, directories[i]);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	for (i = 0; i < ARRAY_SIZE(homes); i++) {
		snprintf(path, sizeof(path), "%shints", homes[i]);
		lab_file(lab, path, ". NS a.\na. A 192.0.2.1\n");
		snprintf(path, sizeof(path), "%skey", homes[i]);
		lab_file(lab, path, ". DS 1 13 2 00\n");
	}
	snprintf(path, sizeof(path), "%s/start", lab->path);
	assert_int_equal(chdir(path), 0);
	for (i = 0; i < ARRAY_SIZE(locations); i++) {
		_cleanup_free_ char *clause = NULL;
		_cleanup_(rb_config_freep) struct rb_config *config = NULL;

		assert_true(asprintf(&clause, "server:\n%s", locations[i].text) > 0);
		config = read_main(lab, clause, 0);
		assert_int_equal(config->message_count,
				 strstr(locations[i].text, "chroot") ? 1 : 0);
		assert_names(lab, config, i);
	}
	assert_int_equal(chdir(before), 0);
	while (lab->count) {
		unlink(lab->files[--lab->count]);
		free(lab->files[lab->count]);
	}
	for (i = ARRAY_SIZE(directories); i-- > 0;) {
		snprintf(path, sizeof(path), "%s/%s", lab->path, directories[i]);
		assert_int_equal(rmdir(path), 0);
	}
}

/* Otherwise: a reload gives caches and limits to threads that are not there, or too much. */
static void reload_shares_among_the_threads_that_there_are(void **state)
{
	struct lab *lab = *state;
	const char *path = lab_file(lab, "next.conf",
				    "server:\nnum-threads: 8\nmsg-cache-size: 800\n"
				    "num-queries-per-thread: 77\nratelimit: 80\nprefetch: yes\n");
	_cleanup_(rb_config_freep) struct rb_config *in_force =
		read_main(lab, "server:\nnum-threads: 2\nnum-queries-per-thread: 55\n", 0);
	_cleanup_(rb_config_freep) struct rb_config *config = NULL;
	const char *queries;

	assert_int_equal(rb_config_read(path, NULL, in_force, &config), 0);
	assert_non_null(strstr(config->resolver_text, "\tmsg-cache-size: 200\n"));
	assert_non_null(strstr(config->resolver_text, "\tratelimit: 20\n"));
	queries = strstr(config->resolver_text, "\tnum-queries-per-thread: 55\n");
	assert_non_null(queries);
	assert_null(strstr(queries + 1, "\tnum-queries-per-thread:"));
	assert_int_equal(config->num_threads, 2);
	assert_int_equal(config->num_queries_per_thread, 55);
	assert_int_equal(config->message_count, 2);
	assert_message(
		lab, config, 0,
		"@@/next.conf: num-threads: a change requires a restart; the old value stays in force");
	assert_message(
		lab, config, 1,
		"@@/next.conf: num-queries-per-thread: a change requires a restart; the old value stays in force");
}

/* Otherwise: a missing file or a directory is taken for an empty configuration. */
static void unreadable_configuration_is_no_configuration(void **state)
{
	struct lab *lab = *state;
	struct rb_config *config = NULL;

	assert_int_equal(rb_config_read("/nonexistent/unbound.conf", NULL, NULL, &config), -ENOENT);
	assert_int_equal(rb_config_read(lab->path, NULL, NULL, &config), -EISDIR);
	assert_null(config);
}

/* What is at @@/odd, and what of it an error says. */
static const struct {
	const char *what, *error;
	mode_t kind;
} oddities[] = {
	{"a directory", "Is a directory", S_IFDIR},
	{"a FIFO", "Not a regular file", S_IFIFO},
	{"a socket", "Not a regular file", S_IFSOCK},
};

/* Directives that name it, in @@/main.conf:2, and how messages about it begin. */
static const struct {
	const char *text, *error;
} naming[] = {
	{"root-hints: @@/odd", "root-hints: cannot read '@@/odd': "},
	{"trust-anchor-file: @@/odd", "trust-anchor-file: cannot read '@@/odd': "},
	{"trusted-keys-file: @@/odd", "trusted-keys-file: cannot read '@@/odd': "},
	{"trusted-keys-file: @@/o?d", "trusted-keys-file: cannot read '@@/odd': "},
	{"include: @@/odd", "include: cannot read '@@/odd': "},
	{"include: @@/o?d", "include: cannot read '@@/odd': "},
	{"include-toplevel: @@/odd", "include: cannot read '@@/odd': "},
	{"auth-zone: name: z zonefile: @@/odd", "zonefile: cannot read '@@/odd': "},
	{"auth-zone: name: z zonefile: @@/zone", "zonefile: cannot read '@@/odd': "},
	{"rpz: name: z zonefile: @@/odd", "rpz: zonefile: cannot read '@@/odd': "},
	{"rpz: name: z zonefile: @@/odd primary: 192.0.2.1",
	 "rpz: zonefile: cannot read '@@/odd': "},
	{"blocklist: file: @@/odd", "blocklist: cannot read '@@/odd': "},
	{"cache-file: @@/odd", "cache-file: '@@/odd' is there, and is not a regular file"},
};

static void odd_file_make(const char *path, mode_t kind)
{
	if (kind == S_IFDIR)
		assert_int_equal(mkdir(path, 0755), 0);
	else
		assert_int_equal(mknod(path, kind | 0644, 0), 0);
}

/* Otherwise: libunbound reads a directory for ever, or a start waits for a FIFO's writer. */
static void what_is_no_file_is_an_error_of_its_place(void **state)
{
	struct lab *lab = *state;
	_cleanup_free_ char *zone =
		with_directory(lab, "z. SOA a. b. 1 1 1 1 1\n$INCLUDE @@/odd\n");
	_cleanup_free_ char *odd = with_directory(lab, "@@/odd");

	lab_file(lab, "zone", zone);
	for (size_t i = 0; i < ARRAY_SIZE(oddities) * ARRAY_SIZE(naming); i++) {
		size_t which = i / ARRAY_SIZE(naming), by = i % ARRAY_SIZE(naming);
		const char *end = strstr(naming[by].error, "cannot") ? oddities[which].error : "";
		_cleanup_(rb_config_freep) struct rb_config *config = NULL;
		_cleanup_free_ char *text = NULL, *error = NULL;

		odd_file_make(odd, oddities[which].kind);
		assert_true(asprintf(&text, "server:\n%s\n", naming[by].text) > 0);
		assert_true(asprintf(&error, "@@/main.conf:2: %s%s", naming[by].error, end) > 0);
		config = read_main(lab, text, -EINVAL);
		assert_message(lab, config, 0, error);
		assert_int_equal(remove(odd), 0);
	}
}

/* Files that the server writes, in @@/main.conf:2, and what is said of them; NULL: nothing. */
static const struct {
	const char *text, *warning;
} written[] = {
	{"logfile: @@/none/log", "logfile: cannot write '@@/none/log': No such file or directory"},
	{"logfile: @@/full", "logfile: cannot write '@@/full': Is a directory"},
	{"logfile: @@/zone/log", "logfile: cannot write '@@/zone/log': Not a directory"},
	{"logfile: @@/log", NULL},
	{"logfile: \"\"", NULL},
	{"logfile: @@/none/log use-syslog: yes", NULL},
	{"pidfile: @@/none/pid", "pidfile: cannot write '@@/none/pid': No such file or directory"},
	{"pidfile: none/pid directory: @@",
	 "pidfile: cannot write '@@/none/pid': No such file or directory"},
	{"pidfile: @@/full", "pidfile: cannot write '@@/full': Is a directory"},
	{"pidfile: @@/pid", NULL},
	{"pidfile: @@/zone", NULL},
};

/* Otherwise: a check finds nothing, and the start that follows has no log, or no file of its PID. */
static void files_that_cannot_be_written_are_warned_of(void **state)
{
	struct lab *lab = *state;
	_cleanup_free_ char *full = with_directory(lab, "@@/full");

	lab_file(lab, "zone", "");
	assert_int_equal(mkdir(full, 0755), 0);
	for (size_t i = 0; i < ARRAY_SIZE(written); i++) {
		_cleanup_(rb_config_freep) struct rb_config *config = NULL;
		_cleanup_free_ char *text = NULL, *warning = NULL;

		assert_true(asprintf(&text, "server:\n%s\n", written[i].text) > 0);
		config = read_main(lab, text, 0);
		assert_int_equal(config->message_count, written[i].warning != NULL);
		if (!written[i].warning)
			continue;
		assert_true(asprintf(&warning, "@@/main.conf:2: %s", written[i].warning) > 0);
		assert_message(lab, config, 0, warning);
	}
	assert_int_equal(rmdir(full), 0);
}

/* Otherwise: nobody knows why data of the file is never answered. */
static void records_outside_of_a_zone_are_warned_of(void **state)
{
	struct lab *lab = *state;
	/* A name without a path is looked for from directory:. */
	static const char *const includes[] = {"@@/part", "part"};

	for (size_t i = 0; i < ARRAY_SIZE(includes); i++) {
		_cleanup_free_ char *included = with_directory(lab, includes[i]);
		_cleanup_(rb_config_freep) struct rb_config *config = NULL;
		char zone[256];

		snprintf(zone, sizeof(zone), "$INCLUDE %s\na A 192.0.2.1\n", included);
		lab_file(lab, "zone", zone);
		lab_file(lab, "part", "@ SOA a b 1 1 1 1 1\nexample. A 192.0.2.1\n. NS a\n");
		config = read_main(lab,
				   "server:\ndirectory: @@\n"
				   "auth-zone: name: z.example zonefile: zone\n",
				   0);
		assert_message(lab, config, 0,
			       "@@/main.conf:3: zonefile: @@/part:2: a record outside of the zone "
			       "z.example.: all such are left out");
		assert_int_equal(config->message_count, 1);
	}
}

/* Otherwise: a reload after a start from a pipe takes its end for a configuration. */
static void a_pipe_is_a_configuration_once(void **state)
{
	struct rb_config *config = NULL;
	char path[32];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	assert_int_equal(write(ends[1], "server: port: 5353\n", 19), 19);
	close(ends[1]);
	assert_int_equal(rb_config_read(path, NULL, NULL, &config), 0);
	assert_int_equal(config->port, 5353);
	rb_config_free(config);
	assert_int_equal(rb_config_read(path, NULL, NULL, &config), -ENODATA);
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(glob_includes_in_order),
		LAB_TEST(glob_without_match_is_no_error),
		LAB_TEST(errors_name_the_included_file),
		LAB_TEST(include_of_itself_ends),
		LAB_TEST(toplevel_include_closes_clauses),
		LAB_TEST(toplevel_include_is_no_value),
		LAB_TEST(relative_files_are_those_of_directory),
		LAB_TEST(files_are_found_where_unbound_would_find_them),
		LAB_TEST(reload_shares_among_the_threads_that_there_are),
		LAB_TEST(unreadable_configuration_is_no_configuration),
		LAB_TEST(what_is_no_file_is_an_error_of_its_place),
		LAB_TEST(records_outside_of_a_zone_are_warned_of),
		LAB_TEST(files_that_cannot_be_written_are_warned_of),
		cmocka_unit_test(a_pipe_is_a_configuration_once),
	};

	return cmocka_run_group_tests_name("config files", tests, NULL, NULL);
}

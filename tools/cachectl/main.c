/* SPDX-License-Identifier: BSD-2-Clause */
/* runbound-cachectl: options, the table, and which verb is meant. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cachectl.h"
#include "config/config.h"
#include "util/cleanup.h"
#include "util/clock.h"

enum need {
	NEED_TABLE,
	NEED_DAEMON,
};

struct verb {
	const char *name;
	int words_min, words_max;
	enum need need;
	enum cachectl_exit (*run)(const struct cachectl *ctl, int argc, char **argv);
};

static const struct verb verbs[] = {
	{"status", 0, 0, NEED_DAEMON, cachectl_status}, {"stats", 0, 0, NEED_TABLE, cachectl_stats},
	{"lookup", 1, 2, NEED_TABLE, cachectl_lookup},  {"dump", 0, 0, NEED_TABLE, cachectl_dump},
	{"verify", 0, 0, NEED_TABLE, cachectl_verify},
};

static const char usage[] =
	"Usage: runbound-cachectl [OPTION]... status\n"
	"       runbound-cachectl [OPTION]... stats\n"
	"       runbound-cachectl [OPTION]... lookup NAME [TYPE]\n"
	"       runbound-cachectl [OPTION]... dump\n"
	"       runbound-cachectl [OPTION]... verify\n"
	"\n"
	"Look into runbound's hot table, from which the kernel answers.\n"
	"\n"
	"  status               what the daemon is doing: interfaces, programs, table\n"
	"  stats                how packets ended in the kernel, how full the table is, and\n"
	"                       what the daemon has counted, where it runs\n"
	"  lookup NAME [TYPE]   the records of a name (of every type, where none is given)\n"
	"  dump                 every fresh record, as lines of a zone file\n"
	"  verify               look at every record for what must not be\n"
	"\n"
	"  -j, --json           one JSON document instead of text\n"
	"  -p, --pin-dir DIR    where the table is pinned (" RB_PIN_DIR ")\n"
	"  -s, --socket PATH    the daemon's control socket (" RB_CONTROL_SOCKET ",\n"
	"                       none where --pin-dir is given)\n"
	"  -h, --help           this text\n"
	"  -V, --version        the version\n"
	"\n"
	"Exit code: 0 done, 1 no such record or a fault found, 2 usage, 3 no table or no\n"
	"permission, 4 no daemon.\n";

static const struct option options[] = {
	{"json", no_argument, NULL, 'j'},         {"pin-dir", required_argument, NULL, 'p'},
	{"socket", required_argument, NULL, 's'}, {"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},      {NULL, 0, NULL, 0},
};

static enum cachectl_exit misused(const char *format, const char *word)
{
	fputs("runbound-cachectl: ", stderr);
	fprintf(stderr, format, word);
	fputs("\nTry 'runbound-cachectl --help'.\n", stderr);
	return EXIT_USAGE;
}

static const struct verb *verb_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static const char *open_error_text(int err)
{
	switch (-err) {
	case ENOENT:
		return "no table is pinned there; is runbound running?";
	case EPERM:
	case EACCES:
		return "no permission; it takes root, or CAP_BPF and a bpffs that you may enter";
	case ESTALE:
		return "the table is of another version of runbound than this program";
	default:
		return strerror(-err);
	}
}

static enum cachectl_exit verb_run(struct cachectl *ctl, const struct verb *verb, int argc,
				   char **argv)
{
	_cleanup_(rb_table_closep) struct rb_table *table = NULL;
	enum cachectl_exit result;
	int err = 0;

	if (verb->need == NEED_TABLE)
		err = rb_table_open(ctl->pin_dir, RB_TABLE_READ, 0, &table);
	if (err) {
		fprintf(stderr, "runbound-cachectl: %s: %s\n", ctl->pin_dir, open_error_text(err));
		return EXIT_NO_TABLE;
	}
	ctl->table = table;
	ctl->now_ns = rb_clock_ns();
	result = verb->run(ctl, argc, argv);
	/* A full disk or a closed pipe must not look like a short table. */
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "runbound-cachectl: output: %s\n", strerror(errno));
		return EXIT_NO_TABLE;
	}
	return result;
}

int main(int argc, char **argv)
{
	struct cachectl ctl = {.output = OUTPUT_TEXT};
	const struct verb *verb;
	int option;

	while ((option = getopt_long(argc, argv, "jp:s:hV", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			ctl.output = OUTPUT_JSON;
			break;
		case 'p':
			ctl.pin_dir = optarg;
			break;
		case 's':
			ctl.socket = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_OK;
		case 'V':
			puts("runbound-cachectl " RB_VERSION);
			return EXIT_OK;
		default: /* getopt has said what is wrong */
			fputs("Try 'runbound-cachectl --help'.\n", stderr);
			return EXIT_USAGE;
		}
	}
	/* The daemon at the usual socket is not that of other pins. */
	if (!ctl.socket && !ctl.pin_dir)
		ctl.socket = RB_CONTROL_SOCKET;
	if (!ctl.pin_dir)
		ctl.pin_dir = RB_PIN_DIR;
	argc -= optind;
	argv += optind;
	if (!argc)
		return misused("what is to be done?%s", "");
	verb = verb_find(argv[0]);
	if (!verb)
		return misused("'%s' is none of status, stats, lookup, dump, verify", argv[0]);
	if (argc - 1 < verb->words_min || argc - 1 > verb->words_max)
		return misused("wrong number of words for '%s'", argv[0]);
	if (verb->need == NEED_DAEMON && !ctl.socket)
		return misused("%s: which daemon, with --pin-dir? Give its --socket", argv[0]);
	return verb_run(&ctl, verb, argc - 1, argv + 1);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* runbound: options and verbs. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "checkup/checkup.h"
#include "daemon/daemon.h"
#include "datapath/detach.h"
#include "fetch/process.h"
#include "resolve/process.h"
#include "serve/make_cert.h"
#include "util/cleanup.h"
#include "util/log.h"

enum verb {
	VERB_SERVE,
	VERB_CHECK,   /* --check-config */
	VERB_DETACH,  /* --detach */
	VERB_CERTIFY, /* --make-cert */
};

struct options {
	enum verb verb;
	const char *name; /* of --make-cert */
	struct rb_daemon_opts daemon;
};

static const char usage_text[] =
	"Usage: runbound [OPTION]... FILE\n"
	"DNS resolver that answers what it knows in the kernel. FILE is an unbound.conf.\n"
	"\n"
	"  -c, --config FILE   the configuration; the same as the argument FILE\n"
	"      --check-config  check FILE and this machine, report problems, and exit\n"
	"      --no-xdp        use only sockets, whatever the configuration says\n"
	"      --detach        remove what a killed runbound left; FILE is optional\n"
	"      --make-cert NAME\n"
	"                      make NAME.key and NAME.pem here, to serve TLS with, and exit\n"
	"  -d, -p              accepted and ignored, for compatibility with unbound\n"
	"  -v                  raise the verbosity, by one for each\n"
	"  -V, --version       print the version\n"
	"  -h, --help          print this\n";

static int detach(const struct rb_daemon_opts *opts)
{
	_cleanup_(rb_config_freep) struct rb_config *config = NULL;
	const char *pin_dir = RB_PIN_DIR;
	int links;

	if (opts->file) {
		if (rb_daemon_config_read(opts, NULL, NULL, &config))
			return EXIT_FAILURE;
		pin_dir = config->pin_dir;
	}
	links = rb_xdp_detach_pinned(pin_dir);
	if (links < 0) {
		rb_log_error("%s: %s", pin_dir, strerror(-links));
		return EXIT_FAILURE;
	}
	printf("%s: detached %d program%s, removed the table\n", pin_dir, links,
	       links == 1 ? "" : "s");
	return EXIT_SUCCESS;
}

/* -1: go on; else the exit code. */
static int options_parse(int argc, char **argv, struct options *options)
{
	enum { OPT_CHECK = 256, OPT_NO_XDP, OPT_DETACH, OPT_MAKE_CERT };
	static const struct option longs[] = {
		{"config", required_argument, NULL, 'c'},
		{"check-config", no_argument, NULL, OPT_CHECK},
		{"no-xdp", no_argument, NULL, OPT_NO_XDP},
		{"detach", no_argument, NULL, OPT_DETACH},
		{"make-cert", required_argument, NULL, OPT_MAKE_CERT},
		{"version", no_argument, NULL, 'V'},
		{"help", no_argument, NULL, 'h'},
		{},
	};
	int option;

	while ((option = getopt_long(argc, argv, "c:dpvVh", longs, NULL)) != -1) {
		switch (option) {
		case 'c':
			options->daemon.file = optarg;
			break;
		case OPT_CHECK:
			options->verb = VERB_CHECK;
			break;
		case OPT_NO_XDP:
			options->daemon.no_xdp = true;
			break;
		case OPT_DETACH:
			options->verb = VERB_DETACH;
			break;
		case OPT_MAKE_CERT:
			options->verb = VERB_CERTIFY;
			options->name = optarg;
			break;
		case 'd':
		case 'p':
			break;
		case 'v':
			options->daemon.verbose++;
			break;
		case 'V':
			puts("runbound " RB_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			fputs(usage_text, stdout);
			return EXIT_SUCCESS;
		default:
			fputs(usage_text, stderr);
			return EXIT_FAILURE;
		}
	}
	if (optind < argc)
		options->daemon.file = argv[optind++];
	if (optind < argc || (!options->daemon.file && options->verb < VERB_DETACH)) {
		fputs(usage_text, stderr);
		return EXIT_FAILURE;
	}
	return -1;
}

int main(int argc, char **argv)
{
	_cleanup_(rb_config_freep) struct rb_config *config = NULL;
	struct options options = {};
	int exit_code;

	if (rb_resolver_is(argc, argv))
		return rb_resolver_main(argv);
	if (rb_fetch_is(argc, argv))
		return rb_fetch_main(argv);
	exit_code = options_parse(argc, argv, &options);

	if (exit_code >= 0)
		return exit_code;
	if (options.verb == VERB_DETACH)
		return detach(&options.daemon);
	if (options.verb == VERB_CERTIFY)
		return rb_make_cert(options.name) ? EXIT_FAILURE : EXIT_SUCCESS;
	if (rb_daemon_config_read(&options.daemon, NULL, NULL, &config))
		return EXIT_FAILURE;
	if (options.verb == VERB_CHECK) {
		if (rb_daemon_config_try(config)) {
			rb_log_error("%s: not usable, because of the errors above",
				     options.daemon.file);
			return EXIT_FAILURE;
		}
		printf("%s: no errors\n", options.daemon.file);
		return rb_checkup(config, stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	return rb_daemon_serve(&options.daemon, TAKE_PTR(config)) ? EXIT_FAILURE : EXIT_SUCCESS;
}

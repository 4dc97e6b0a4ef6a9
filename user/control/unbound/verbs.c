/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of unbound-control's verbs. */
#include "control/unbound/verbs.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "control/commands.h"
#include "control/table_commands.h"
#include "control/unbound/cache_text.h"
#include "control/unbound/bulk.h"
#include "control/unbound/change.h"
#include "control/unbound/figures.h"
#include "control/unbound/local.h"
#include "control/unbound/options.h"
#include "control/unbound/requestlist.h"
#include "control/unbound/stats.h"
#include "control/unbound/upstreams.h"
#include "control/unbound/words.h"
#include "control/unbound/zones.h"
#include "control/view.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/log_sink.h"

/* words: what follows the verb; may be cut up. */
typedef void verb_fn(const struct rb_control_view *view, char *words, FILE *out);

static void status(const struct rb_control_view *view, char *words, FILE *out)
{
	const struct rb_config *config = view->config;
	uint64_t up_ns = rb_clock_ns() - view->vitals->started_ns;
	bool tls = rb_remote_needs_cert(&config->remote);

	(void)words;
	fprintf(out, "version: %s\n", RB_VERSION);
	fprintf(out, "verbosity: %u\n", rb_log_verbosity());
	fprintf(out, "threads: %u\n", rb_server_workers(view->server));
	fprintf(out, "modules: %d [ %s ]\n", config->cd_modules ? 3 : 2,
		config->cd_modules ? "dns64 validator iterator" : "validator iterator");
	fprintf(out, "uptime: %" PRIu64 " seconds\n", up_ns / (uint64_t)RB_NS_PER_S);
	fprintf(out, "options: reuseport control(%s)\n", tls ? "ssl" : "namedpipe");
	fprintf(out, "runbound (pid %d) is running...\n", (int)view->vitals->keeper);
}

static void stop(const struct rb_control_view *view, char *words, FILE *out)
{
	(void)words;
	fputs("ok\n", out);
	view->stop(view->context);
}

static void stats_noreset(const struct rb_control_view *view, char *words, FILE *out)
{
	(void)words;
	rb_unbound_stats_print(view, out);
}

static void stats(const struct rb_control_view *view, char *words, FILE *out)
{
	stats_noreset(view, words, out);
	if (!view->config->statistics_cumulative)
		rb_figures_reset(view);
}

static void flush_stats(const struct rb_control_view *view, char *words, FILE *out)
{
	(void)words;
	rb_figures_reset(view);
	fputs("ok\n", out);
}

static void verbosity(const struct rb_control_view *view, char *words, FILE *out)
{
	(void)view;
	rb_option_set_verbosity(rb_word_next(&words), out);
}

static void log_reopen(const struct rb_control_view *view, char *words, FILE *out)
{
	int err = rb_log_sink_reopen();

	(void)words;
	if (err)
		fprintf(out, "error %s: %s\n", view->config->log_file, strerror(-err));
	else
		fputs("ok\n", out);
}

static void lookup(const struct rb_control_view *view, char *words, FILE *out)
{
	rb_zones_print_lookup(view->config, rb_word_next(&words), out);
}

static void get_option(const struct rb_control_view *view, char *words, FILE *out)
{
	rb_option_print(view->config, rb_word_next(&words), out);
}

static void list_forwards(const struct rb_control_view *view, char *words, FILE *out)
{
	(void)words;
	rb_zones_print_forwards(view->config, out);
}

static void list_stubs(const struct rb_control_view *view, char *words, FILE *out)
{
	(void)words;
	rb_zones_print_stubs(view->config, out);
}

static void list_auth_zones(const struct rb_control_view *view, char *words, FILE *out)
{
	(void)words;
	rb_zones_print_auths(view->config, view->feeds, out);
}

/* As Unbound says it of a zone that there is not. */
static void auth_zone_transfer(const struct rb_control_view *view, char *words, FILE *out)
{
	if (rb_zones_transfer(view->config, view->feeds, words))
		fputs("ok\n", out);
	else
		fprintf(out, "error zone xfr task not found %s\n", words);
}

static void list_insecure(const struct rb_control_view *view, char *words, FILE *out)
{
	(void)words;
	rb_zones_print_insecure(view->config, out);
}

static void list_local_zones(const struct rb_control_view *view, char *words, FILE *out)
{
	(void)words;
	rb_local_print_zones(view->config, 0, out);
}

static void list_local_data(const struct rb_control_view *view, char *words, FILE *out)
{
	(void)words;
	rb_local_print_data(view->config, 0, out);
}

/* The number of the view that is named, 0 after an error. */
static unsigned int view_find(const struct rb_control_view *view, char *words, FILE *out)
{
	const char *name = rb_word_next(&words);
	unsigned int number = rb_local_view_find(view->config, name);

	if (!number)
		fprintf(out, "no view with name: %s\n", name);
	return number;
}

static void view_list_local_zones(const struct rb_control_view *view, char *words, FILE *out)
{
	unsigned int number = view_find(view, words, out);

	if (number)
		rb_local_print_zones(view->config, number, out);
}

static void view_list_local_data(const struct rb_control_view *view, char *words, FILE *out)
{
	unsigned int number = view_find(view, words, out);

	if (number)
		rb_local_print_data(view->config, number, out);
}

static void forward(const struct rb_control_view *view, char *words, FILE *out)
{
	(void)words;
	rb_zones_print_root(view->config, out);
}

static void dump_requestlist(const struct rb_control_view *view, char *words, FILE *out)
{
	(void)words;
	rb_requestlist_print(view, out);
}

static void flush_requestlist(const struct rb_control_view *view, char *words, FILE *out)
{
	(void)words;
	(void)rb_resolvers_drop(view->resolvers, rb_server_workers(view->server));
	fputs("ok\n", out);
}

/* Why a verb is refused, and what there is instead. */
#define INSIDE  "libunbound does not tell it"
#define COOKIES "clients are not asked for cookies"

/* A row: what does it, or why it is refused. */
static const struct verb {
	const char *name;
	verb_fn *run;
	const char *refusal;
} verbs[] = {
	{"status", status, NULL},
	{"stats", stats, NULL},
	{"stats_noreset", stats_noreset, NULL},
	{"flush_stats", flush_stats, NULL},
	{"stop", stop, NULL},
	{"verbosity", verbosity, NULL},
	{"log_reopen", log_reopen, NULL},
	{"lookup", lookup, NULL},
	{"get_option", get_option, NULL},
	{"list_forwards", list_forwards, NULL},
	{"list_stubs", list_stubs, NULL},
	{"list_insecure", list_insecure, NULL},
	{"list_auth_zones", list_auth_zones, NULL},
	{"list_local_zones", list_local_zones, NULL},
	{"list_local_data", list_local_data, NULL},
	{"view_list_local_zones", view_list_local_zones, NULL},
	{"view_list_local_data", view_list_local_data, NULL},
	{"forward", forward, NULL},
	/* reload, fast_reload, set_option, auth_zone_reload, flush, flush_type and so on, dump_cache,
	 * cache_lookup and load_cache: by rb_verb_take(); local_zone and its like: by
	 * rb_change_run(); forward_add and its like: by rb_upstreams_run() */
	{"dump_requestlist", dump_requestlist, NULL},
	{"flush_requestlist", flush_requestlist, NULL},
	{"dump_infra", NULL,
	 INSIDE ": log-servfail names the servers that a question failed at, stats of "
		"runbound-cachectl count what is asked over TLS, flush_infra forgets it all"},
	{"ratelimit_list", NULL,
	 INSIDE ": what 'ratelimit:' lets go is SERVFAIL, which num.answer.rcode counts"},
	{"ip_ratelimit_list", NULL,
	 "what clients ask is counted without their addresses: the log "
	 "names those over ip-ratelimit"},
	{"auth_zone_transfer", auth_zone_transfer, NULL},
	{"add_cookie_secret", NULL, COOKIES},
	{"drop_cookie_secret", NULL, COOKIES},
	{"activate_cookie_secret", NULL, COOKIES},
	{"print_cookie_secrets", NULL, COOKIES},
};

static const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

void rb_verb_run(const char *line, FILE *out, const void *view)
{
	_cleanup_free_ char *copy = strdup(line);
	size_t greeting = strlen(RB_CONTROL_GREETING);
	const struct verb *verb;
	const char *name;
	char *words;

	if (!copy || strncmp(line, RB_CONTROL_GREETING, greeting) != 0) {
		fputs("error expected UBCT1 and a command\n", out);
		return;
	}
	words = copy + greeting;
	name = rb_word_next(&words);
	if (rb_change_run(view, name, words, out) || rb_upstreams_run(view, name, words, out))
		return;
	verb = verb_find(name);
	if (!verb)
		fprintf(out, "error unknown command '%s'\n", name);
	else if (!verb->run)
		fprintf(out, "error %s: not supported: %s\n", name, verb->refusal);
	else
		verb->run(view, words, out);
}

/* The file is read with all others: what has not changed in them stays as it is. */
static bool auth_zone_reload_take(const struct rb_clients_upload *upload, FILE *out,
				  const struct rb_control_view *view)
{
	_cleanup_free_ char *copy = strdup(upload->line);
	size_t greeting = strlen(RB_CONTROL_GREETING);
	char *words;

	if (!copy || strncmp(copy, RB_CONTROL_GREETING, greeting) != 0)
		return false;
	words = copy + greeting;
	if (strcmp(rb_word_next(&words), "auth_zone_reload") != 0)
		return false;
	if (rb_zones_is_auth(view->config, words))
		return rb_reload_ask(upload, out, view);
	fprintf(out, "error no auth-zone %s\n", words);
	return false;
}

bool rb_verb_take(const struct rb_clients_upload *upload, FILE *out, const void *view)
{
	const struct rb_control_view *parts = view;

	return rb_reload_take(upload, out, parts) || auth_zone_reload_take(upload, out, parts) ||
	       rb_option_take(upload, out, parts) ||
	       rb_bulks_take(parts->bulks, upload, parts, out) ||
	       rb_store_take(upload, RB_STORE_UNBOUND, out, view) ||
	       rb_cache_text_take(upload, out, view);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of unbound-control's verbs. */
#include "control/unbound/verbs.h"

#include <inttypes.h>
#include <string.h>

#include "control/commands.h"
#include "control/table_commands.h"
#include "control/unbound/cache_text.h"
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

static void status(struct rb_command_call *call)
{
	const struct rb_config *config = call->view->config;
	uint64_t up_ns = rb_clock_ns() - call->view->vitals->started_ns;
	bool tls = rb_remote_needs_cert(&config->remote);

	fprintf(call->out, "version: %s\n", RB_VERSION);
	fprintf(call->out, "verbosity: %u\n", rb_log_verbosity());
	fprintf(call->out, "threads: %u\n", rb_server_workers(call->view->server));
	fprintf(call->out, "modules: %d [ %s ]\n", config->cd_modules ? 3 : 2,
		config->cd_modules ? "dns64 validator iterator" : "validator iterator");
	fprintf(call->out, "uptime: %" PRIu64 " seconds\n", up_ns / (uint64_t)RB_NS_PER_S);
	fprintf(call->out, "options: reuseport control(%s)\n", tls ? "ssl" : "namedpipe");
	fprintf(call->out, "runbound (pid %d) is running...\n", (int)call->view->vitals->keeper);
}

static void stop(struct rb_command_call *call)
{
	fputs("ok\n", call->out);
	call->view->stop(call->view->context);
}

static void stats_noreset(struct rb_command_call *call)
{
	rb_unbound_stats_print(call->view, call->out);
}

static void stats(struct rb_command_call *call)
{
	stats_noreset(call);
	if (!call->view->config->statistics_cumulative)
		rb_figures_reset(call->view);
}

static void flush_stats(struct rb_command_call *call)
{
	rb_figures_reset(call->view);
	fputs("ok\n", call->out);
}

static void verbosity(struct rb_command_call *call)
{
	rb_option_set_verbosity(rb_word_next(&call->words), call->out);
}

static void log_reopen(struct rb_command_call *call)
{
	int err = rb_log_sink_reopen();

	if (err)
		fprintf(call->out, "error %s: %s\n", call->view->config->log_file, strerror(-err));
	else
		fputs("ok\n", call->out);
}

static void lookup(struct rb_command_call *call)
{
	rb_zones_print_lookup(call->view->config, rb_word_next(&call->words), call->out);
}

static void get_option(struct rb_command_call *call)
{
	rb_option_print(call->view->config, rb_word_next(&call->words), call->out);
}

static void list_forwards(struct rb_command_call *call)
{
	rb_zones_print_forwards(call->view->config, call->out);
}

static void list_stubs(struct rb_command_call *call)
{
	rb_zones_print_stubs(call->view->config, call->out);
}

static void list_auth_zones(struct rb_command_call *call)
{
	rb_zones_print_auths(call->view->config, call->view->feeds, call->out);
}

/* In Unbound's words if there is no such zone. */
static void auth_zone_transfer(struct rb_command_call *call)
{
	if (rb_zones_transfer(call->view->config, call->view->feeds, call->words))
		fputs("ok\n", call->out);
	else
		fprintf(call->out, "error zone xfr task not found %s\n", call->words);
}

static void list_insecure(struct rb_command_call *call)
{
	rb_zones_print_insecure(call->view->config, call->out);
}

static void list_local_zones(struct rb_command_call *call)
{
	rb_local_print_zones(call->view->config, 0, call->out);
}

static void list_local_data(struct rb_command_call *call)
{
	rb_local_print_data(call->view->config, 0, call->out);
}

/* The number of the named view; 0 after an error. */
static unsigned int view_find(struct rb_command_call *call)
{
	const char *name = rb_word_next(&call->words);
	unsigned int number = rb_local_view_find(call->view->config, name);

	if (!number)
		fprintf(call->out, "no view with name: %s\n", name);
	return number;
}

static void view_list_local_zones(struct rb_command_call *call)
{
	unsigned int number = view_find(call);

	if (number)
		rb_local_print_zones(call->view->config, number, call->out);
}

static void view_list_local_data(struct rb_command_call *call)
{
	unsigned int number = view_find(call);

	if (number)
		rb_local_print_data(call->view->config, number, call->out);
}

/* Without words it only prints. */
static void forward(struct rb_command_call *call)
{
	if (call->words[strspn(call->words, " \t\n")])
		rb_upstreams_set_root(call);
	else
		rb_zones_print_root(call->view->config, call->out);
}

static void dump_requestlist(struct rb_command_call *call)
{
	rb_requestlist_print(call->view, call->out);
}

static void flush_requestlist(struct rb_command_call *call)
{
	(void)rb_resolvers_drop(call->view->resolvers, rb_server_workers(call->view->server));
	fputs("ok\n", call->out);
}

/* Why a verb is refused, and the alternative. */
#define INSIDE  "libunbound does not tell it"
#define COOKIES "clients are not asked for cookies"

/* The zone's file is read with all others, which changes nothing for those that are the same. */
static bool auth_zone_reload(struct rb_command_call *call)
{
	if (rb_zones_is_auth(call->view->config, call->words))
		return rb_reload_ask(call, true);
	fprintf(call->out, "error no auth-zone %s\n", call->words);
	return false;
}

static const struct rb_command rows[] = {
	{"status", .print = status},
	{"stats", .print = stats},
	{"stats_noreset", .print = stats_noreset},
	{"flush_stats", .print = flush_stats},
	{"stop", .print = stop},
	{"verbosity", .print = verbosity},
	{"log_reopen", .print = log_reopen},
	{"lookup", .print = lookup},
	{"get_option", .print = get_option},
	{"list_forwards", .print = list_forwards},
	{"list_stubs", .print = list_stubs},
	{"list_insecure", .print = list_insecure},
	{"list_auth_zones", .print = list_auth_zones},
	{"list_local_zones", .print = list_local_zones},
	{"list_local_data", .print = list_local_data},
	{"view_list_local_zones", .print = view_list_local_zones},
	{"view_list_local_data", .print = view_list_local_data},
	{"forward", .print = forward},
	{"dump_requestlist", .print = dump_requestlist},
	{"flush_requestlist", .print = flush_requestlist},
	{"dump_infra",
	 .refusal = INSIDE
	 ": log-servfail names the servers that a question failed at, stats of "
	 "runbound-cachectl count what is asked over TLS, flush_infra forgets it all"},
	{"ratelimit_list",
	 .refusal = INSIDE
	 ": what 'ratelimit:' lets go is SERVFAIL, which num.answer.rcode counts"},
	{"ip_ratelimit_list",
	 .refusal = "what clients ask is counted without their addresses: the log "
		    "names those over ip-ratelimit"},
	{"auth_zone_transfer", .print = auth_zone_transfer},
	{"add_cookie_secret", .refusal = COOKIES},
	{"drop_cookie_secret", .refusal = COOKIES},
	{"activate_cookie_secret", .refusal = COOKIES},
	{"print_cookie_secrets", .refusal = COOKIES},
	{"set_option", .take = rb_option_set},
	{"auth_zone_reload", .take = auth_zone_reload},
};

static const struct rb_command_set verbs = RB_COMMAND_SET(rows);

static const struct rb_command_sets unbounds = {
	RB_DIALECT_UNBOUND,
	{&verbs, &rb_reload_commands, &rb_change_commands, &rb_upstream_commands,
	 &rb_table_commands, &rb_cache_text_commands},
};

void rb_verb_answer(const char *line, FILE *out, const void *view)
{
	rb_command_answer(&unbounds, line, out, view);
}

bool rb_verb_take(const struct rb_clients_upload *upload, FILE *out, const void *view)
{
	return rb_command_take(&unbounds, upload, out, view);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* `top`: the names that are asked for most, live. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cachectl.h"
#include "command.h"
#include "complain.h"
#include "datapath/top.h"
#include "datapath/counters.h"
#include "dns/name.h"
#include "util/json.h"
#include "pace.h"
#include "present.h"
#include "totals.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "verbs.h"

#define NAMES_SHOWN 20
#define HEAD_ROWS   4 /* of a terminal, for what is no name */

enum option {
	OPT_NAMES,
	OPT_INTERVAL,
	OPT_COUNT,
	OPT_SAMPLE,
	OPT_ZONES,
	OPT_CLIENTS,
};

/* What had been counted at one moment. */
struct snapshot {
	uint64_t taken_ns;
	struct rb_top_name *names; /* ascending */
	size_t count;
	uint64_t counters[RB_COUNTER_COUNT];
};

/* A name of the round: what it was asked since the last. */
struct row {
	const struct rb_top_name *name;
	uint64_t asked, answered; /* in this round */
	uint64_t total;           /* since it was first seen */
};

struct round {
	double seconds;
	struct totals totals;
	struct row *rows; /* descending by asked */
	size_t count;
	uint64_t asked;      /* over all rows */
	int watched;         /* programs */
	unsigned long shown; /* rows at most */
};

static int snapshot_take(const struct cachectl *ctl, const struct rb_top *top,
			 struct snapshot *ret_snapshot)
{
	struct snapshot snapshot = {.taken_ns = rb_clock_ns()};
	int err = rb_xdp_counters(ctl->pin_dir, snapshot.counters);

	if (!err)
		err = rb_top_read(top, &snapshot.names, &snapshot.count);
	if (!err)
		*ret_snapshot = snapshot;
	return err;
}

static int compare_names(const void *a, const void *b)
{
	return rb_top_compare(a, b);
}

static uint64_t sum_of(const struct rb_top_name *name)
{
	return name->counts[RB_TOP_ANSWERED] + name->counts[RB_TOP_MISSED] +
	       name->counts[RB_TOP_REFUSED];
}

/* A count that has fallen: the name had given way to others, and came anew. */
static uint64_t grown(uint64_t now, uint64_t before)
{
	return now >= before ? now - before : now;
}

static struct row row_of(const struct rb_top_name *name, const struct snapshot *before)
{
	const struct rb_top_name *was = NULL;
	uint64_t sum = sum_of(name);

	if (before->count)
		was = bsearch(name, before->names, before->count, sizeof(*name), compare_names);
	return (struct row){
		.name = name,
		.asked = grown(sum, was ? sum_of(was) : 0),
		.answered = grown(name->counts[RB_TOP_ANSWERED],
				  was ? was->counts[RB_TOP_ANSWERED] : 0),
		.total = sum,
	};
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *one = a, *other = b;

	if (one->asked != other->asked)
		return one->asked < other->asked ? 1 : -1;
	return rb_top_compare(one->name, other->name);
}

static int round_make(const struct snapshot *before, const struct snapshot *now,
		      struct round *round)
{
	size_t i;

	round->rows = calloc(now->count + 1, sizeof(*round->rows));
	if (!round->rows)
		return -ENOMEM;
	round->seconds = (double)(now->taken_ns - before->taken_ns) / 1e9;
	round->totals = totals_between(before->counters, now->counters);
	for (i = 0; i < now->count; i++) {
		struct row row = row_of(&now->names[i], before);

		round->asked += row.asked;
		if (row.asked)
			round->rows[round->count++] = row;
	}
	qsort(round->rows, round->count, sizeof(*round->rows), compare_rows);
	if (round->count > round->shown)
		round->count = round->shown;
	return 0;
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

static void print_text(const struct round *round)
{
	size_t i;

	printf("%.0f questions/s, %.1f %% answered by the kernel; %d program%s\n",
	       (double)totals_questions(&round->totals) / round->seconds,
	       percent(round->totals.group[RB_GROUP_REPLY], totals_questions(&round->totals)),
	       round->watched, round->watched == 1 ? "" : "s");
	printf("per second: kernel %.0f, handed over %.0f, left to the stack %.0f, dropped %.0f\n",
	       (double)round->totals.group[RB_GROUP_REPLY] / round->seconds,
	       (double)round->totals.group[RB_GROUP_HANDOVER] / round->seconds,
	       (double)round->totals.group[RB_GROUP_PASS] / round->seconds,
	       (double)round->totals.group[RB_GROUP_DROP] / round->seconds);
	printf("%10s %6s %7s %12s  %-8s %s\n", "per second", "share", "kernel", "total", "type",
	       "name");
	for (i = 0; i < round->count; i++) {
		const struct row *row = &round->rows[i];
		_cleanup_free_ char *type = present_type(row->name->qtype);
		char name[RB_NAME_TEXT_MAX];

		rb_name_to_text(row->name->name, row->name->name_len, name);
		printf("%10.1f %5.1f%% %6.1f%% %12" PRIu64 "  %-8s %s\n",
		       (double)row->asked / round->seconds, percent(row->asked, round->asked),
		       percent(row->answered, row->asked), row->total, type ? type : "?", name);
	}
}

static void print_row_json(const struct round *round, const struct row *row)
{
	_cleanup_free_ char *type = present_type(row->name->qtype);
	char name[RB_NAME_TEXT_MAX];

	rb_name_to_text(row->name->name, row->name->name_len, name);
	fputs("{\"name\":", stdout);
	rb_json_string(stdout, name);
	fputs(",\"type\":", stdout);
	rb_json_string(stdout, type ? type : "?");
	printf(",\"per_second\":%.3f,\"share\":%.5f,\"kernel_ratio\":%.5f,\"total\":%" PRIu64,
	       (double)row->asked / round->seconds, percent(row->asked, round->asked) / 100,
	       percent(row->answered, row->asked) / 100, row->total);
	printf(",\"answered\":%" PRIu64 ",\"missed\":%" PRIu64 ",\"refused\":%" PRIu64 "}",
	       row->name->counts[RB_TOP_ANSWERED], row->name->counts[RB_TOP_MISSED],
	       row->name->counts[RB_TOP_REFUSED]);
}

/* A document a line. */
static void print_json(const struct round *round)
{
	int first = 1;
	size_t i;

	printf("{\"seconds\":%.3f,\"programs\":%d,\"per_second\":", round->seconds, round->watched);
	totals_print_json(&round->totals, round->seconds);
	fputs(",\"names\":[", stdout);
	for (i = 0; i < round->count; i++) {
		rb_json_comma(stdout, &first);
		print_row_json(round, &round->rows[i]);
	}
	puts("]}");
}

static int round_show(const struct cachectl *ctl, const struct pace *pace, struct rb_top *top,
		      struct snapshot *last, unsigned long shown)
{
	struct round round = {.shown = shown};
	struct snapshot now;
	int err;

	err = snapshot_take(ctl, top, &now);
	if (err)
		return err;
	err = round_make(last, &now, &round);
	free(last->names);
	if (!err)
		round.watched = rb_top_follow(top);
	if (!err && round.watched < 0)
		err = round.watched;
	if (!err) {
		pace_clear(pace);
		if (ctl->output == OUTPUT_JSON)
			print_json(&round);
		else
			print_text(&round);
		/* Whoever reads a pipe wants each round when it is done. */
		fflush(stdout);
	}
	free(round.rows);
	*last = now;
	return err ? err : -ferror(stdout);
}

static enum cachectl_exit refused(const struct cachectl *ctl, int err)
{
	const char *why = strerror(-err);

	if (err == -ENOENT)
		why = "no XDP program is attached; is runbound running, and natively? See status";
	else if (err == -ESTALE)
		why = "the XDP program is of another version of runbound than this program";
	else if (err == -EPERM || err == -EACCES)
		why = "the kernel lets nobody trace its programs, or not this user; it takes root "
		      "(CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN), and no lockdown or policy against it";
	complain(ctl->output, "%s: cannot look behind the XDP program: %s", ctl->pin_dir, why);
	if (err == -EINVAL || err == -ENOTSUP)
		fputs("That takes a kernel with BTF and the BPF JIT "
		      "(CONFIG_DEBUG_INFO_BTF, net.core.bpf_jit_enable).\n",
		      stderr);
	return EXIT_NO_TABLE;
}

static int rounds(const struct cachectl *ctl, const struct pace *pace, struct rb_top *top,
		  unsigned long shown)
{
	struct snapshot last = {};
	unsigned long done = 0;
	int err = snapshot_take(ctl, top, &last);

	while (!err && pace_wait(pace)) {
		err = round_show(ctl, pace, top, &last, shown);
		if (++done == pace->count)
			break;
	}
	free(last.names);
	return err;
}

static enum cachectl_exit run(const struct cachectl *ctl, const struct verb_args *args)
{
	_cleanup_(rb_top_closep) struct rb_top *top = NULL;
	unsigned long shown = NAMES_SHOWN, sample = 1;
	const char *count = args->options[OPT_COUNT];
	struct pace pace;
	int err;

	if ((args->options[OPT_ZONES] || args->options[OPT_CLIENTS]) && !ctl->socket) {
		complain(ctl->output, "top: which daemon, with --pin-dir? Give its --socket");
		return EXIT_USAGE;
	}
	if (args->options[OPT_ZONES] || args->options[OPT_CLIENTS])
		return command_run(ctl, args->options[OPT_ZONES] ? "asked zones" : "asked clients");
	if (!count && ctl->output == OUTPUT_JSON)
		count = "1";
	if (!pace_open(&pace, ctl->output, args->options[OPT_INTERVAL], count))
		return EXIT_USAGE;
	if (pace.terminal && pace.rows > HEAD_ROWS)
		shown = pace.rows - HEAD_ROWS;
	if ((args->options[OPT_NAMES] &&
	     !pace_number(ctl->output, "names", args->options[OPT_NAMES], &shown)) ||
	    (args->options[OPT_SAMPLE] &&
	     !pace_number(ctl->output, "sample", args->options[OPT_SAMPLE], &sample)))
		return EXIT_USAGE;
	err = rb_top_open(ctl->pin_dir, (unsigned int)sample, &top);
	if (!err)
		err = rounds(ctl, &pace, top, shown);
	pace_close(&pace);
	return err < 0 ? refused(ctl, err) : EXIT_OK;
}

static const struct verb_option options[] = {
	[OPT_NAMES] = {"names", 'n', "N", "show so many (what the terminal holds, or 20)"},
	[OPT_INTERVAL] = {"interval", 'i', "SECONDS", "show anew so often (2)"},
	[OPT_COUNT] = {"count", 'c', "N",
		       "end after so many times (until Ctrl-C; with\n--json after the first)"},
	[OPT_SAMPLE] = {"sample", 'S', "N", "look at one packet of N, and multiply (1)"},
	[OPT_ZONES] = {"zones", 0, NULL, "what the daemon keeps of zones, with its top-sample:"},
	[OPT_CLIENTS] = {"clients", 0, NULL, "the same of clients"},
	{},
};

const struct verb verb_top = {
	.name = "top",
	.summary = "the names that are asked for most, live",
	.help = "Attaches itself behind the XDP programs for as long as it runs: every packet then\n"
		"costs some more time. What clients ask for is personal data.\n",
	.options = options,
	.run = run,
};

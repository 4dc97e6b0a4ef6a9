/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands, of the control socket and of unbound-control: each is a row of a table, and the tables
 * are grouped by subject. A line is "UBCT1 command [word]..."; an answer that begins with "error"
 * gives the reason for a failure.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_COMMAND_H
#define RB_CONTROL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "control/clients.h"
#include "control/view.h"

#define RB_CONTROL_GREETING "UBCT1 "

/* The wording of an answer. */
enum rb_dialect {
	RB_DIALECT_OWN,     /* the control socket's */
	RB_DIALECT_UNBOUND, /* unbound-control's */
};

struct rb_command;

/* One line that was received. */
struct rb_command_call {
	const struct rb_control_view *view;
	const struct rb_command *command;
	enum rb_dialect dialect;
	char *words; /* what follows the name, without blanks before it; may be cut up */
	FILE *out;   /* for the answer */
	const struct rb_clients_upload *upload; /* the connection; NULL for print */
};

/* A row has one of print, take and refusal. */
struct rb_command {
	const char *name;
	void (*print)(struct rb_command_call *call); /* the answer is what it prints */
	/*
	 * Another thread or process answers: returns whether it has taken over the connection. If
	 * not, what was printed is the answer.
	 */
	bool (*take)(struct rb_command_call *call);
	const char *refusal; /* why the command is not supported, and the alternative */
	const void *data;    /* of the row, for functions that serve several */
	bool is_bare;        /* no words may follow */
};

struct rb_command_set {
	const struct rb_command *rows;
	size_t count;
};

#define RB_COMMAND_SET(rows)                                                                       \
	{                                                                                          \
		rows, ARRAY_SIZE(rows)                                                             \
	}
#define RB_COMMAND_SETS_MAX 8

/* The commands of one kind of socket. */
struct rb_command_sets {
	enum rb_dialect dialect;
	const struct rb_command_set *sets[RB_COMMAND_SETS_MAX]; /* up to NULL */
};

/* See rb_clients_answer_fn and rb_clients_take_fn. */
void rb_command_answer(const struct rb_command_sets *sets, const char *line, FILE *out,
		       const struct rb_control_view *view);
bool rb_command_take(const struct rb_command_sets *sets, const struct rb_clients_upload *upload,
		     FILE *out, const struct rb_control_view *view);

#endif

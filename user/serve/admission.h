/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of local policy's answers get a record. To store one costs twice what it takes to make it
 * again, and every record displaces another: a flood of names that are asked for once, such as those
 * below a blocked domain, shall neither cost that nor fill the table. As long as a worker makes few
 * such answers, all are stored, and the kernel gives the second one. What exceeds
 * RB_ADMISSION_PER_SECOND is stored when it is asked for again.
 *
 * Thread: the worker's.
 */
#ifndef RB_SERVE_ADMISSION_H
#define RB_SERVE_ADMISSION_H

#include <stdbool.h>
#include <stdint.h>

#define RB_ADMISSION_PER_SECOND 8192

/* How many questions are remembered at most: as many as a worker is asked in a tenth of a second. */
#define RB_ADMISSION_PLACES 65536

/* All zero at first. */
struct rb_admission {
	uint64_t renews_ns; /* rb_clock_ns() from which on left is RB_ADMISSION_PER_SECOND again */
	uint32_t left;      /* answers that are stored without having been asked for before */
	uint16_t asked[RB_ADMISSION_PLACES]; /* parts of hashes; 0: none */
};

/*
 * Whether the answer to the question with this hash (rb_table_key) is stored. Two questions in
 * 65 536 are taken for one another.
 */
bool rb_admission_takes(struct rb_admission *admission, uint64_t hash, uint64_t now_ns);

/* That will be asked soon. */
void rb_admission_foresee(const struct rb_admission *admission, uint64_t hash);

#endif

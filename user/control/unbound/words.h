/* SPDX-License-Identifier: BSD-2-Clause */
/* The words after a verb. Thread: any; pure. */
#ifndef RB_CONTROL_UNBOUND_WORDS_H
#define RB_CONTROL_UNBOUND_WORDS_H

#include <string.h>

/* Cut off the next word; "": no more words. */
static inline char *rb_word_next(char **words)
{
	char *word = *words + strspn(*words, " \t");
	size_t len = strcspn(word, " \t");

	*words = word + len;
	if (**words)
		*(*words)++ = '\0';
	return word;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sequence lock of one slot of the hot table: no reader that accepts a record has words of two
 * records, nor of another key's. run.sh checks this, and that each MUTANT_ is refused.
 *
 * What it mirrors:
 *	writer	rb_slot_write() and rb_slot_clear() in user/table/slot.c, between the tags that
 *		rb_table_publish() sets (user/table/publish.c); a writer that dies, and the loop with
 *		which the next one adopts the table (user/table/open.c)
 *	reader	the tag: lookup() in kern/lookup.bpf.h. seq before, who the record is for, how long
 *		it lives: record_check() there. What is copied, seq after: reply_build() in
 *		kern/reply.bpf.h. rb_slot_copy() in user/table/slot.c loads in the same order.
 *
 * Memory is weaker than that of x86 and of arm64. What is stored is pending at first, and what is
 * pending becomes visible word by word in any order; only a fence and a release store wait for all
 * before them. Loads between two fences are done in any order, also those that the program does
 * only after it has tested an earlier one. An aligned word is stored and loaded at once.
 *
 * A record is three words. Those of record n for key k all have the value 2n + k; 0: nobody's, or
 * expired. Left out: seq coming round, since no reader sleeps through 2^31 stores to one slot; and
 * the mark that a reader sets behind all this. It is no part of the record, and being atomic it
 * leaves the rest of its word as it was (MUTANT_MARK_NOT_ATOMIC: by a load and a store).
 */
#ifndef STORES
#define STORES 3 /* what is done to the slot: stores and clears */
#endif
#ifndef READERS
#define READERS 2 /* for one key each */
#endif

/* Words of the slot, then its tag. */
#define WHO    0 /* key: name, type, variant */
#define LIFE   1 /* expiry, epoch, what ageing needs */
#define BODY   2
#define SEQ    3
#define TAG    4
#define PLACES 5

/* What a reader loads; who the record is for once to test it, and once more to use it. */
#define GOT_WHO	   1
#define GOT_AGAIN  2
#define GOT_LIFE   4
#define GOT_BODY   8
#define GOT_WORDS  15
#define GOT_BEFORE 16
#define GOT_AFTER  32

#define NONE	      255
#define MIXED	      254
#define TAG_OF(key)   ((key) + 1)
#define KEY_OF(value) ((value) & 1)

byte visible[PLACES];
byte pending[PLACES] = NONE;

/* --- memory ----------------------------------------------------------------------------------- */

inline put(place, value)
{
	assert(pending[place] == NONE);
	pending[place] = value
}

inline become_visible(place)
{
	visible[place] = pending[place];
	pending[place] = NONE
}

active proctype memory()
{
end:
	do
	:: atomic { pending[WHO] != NONE -> become_visible(WHO) }
	:: atomic { pending[LIFE] != NONE -> become_visible(LIFE) }
	:: atomic { pending[BODY] != NONE -> become_visible(BODY) }
	:: atomic { pending[SEQ] != NONE -> become_visible(SEQ) }
	:: atomic { pending[TAG] != NONE -> become_visible(TAG) }
	od
}

/* Waits: a condition that is false blocks. */
#define FENCE                                                                                      \
	(pending[WHO] == NONE && pending[LIFE] == NONE && pending[BODY] == NONE &&                 \
	 pending[SEQ] == NONE && pending[TAG] == NONE)

inline put_release(place, value)
{
	atomic { FENCE -> put(place, value) }
}

/* --- the writer -------------------------------------------------------------------------------- */

inline write_begin()
{
#ifndef MUTANT_NO_ODD
	atomic {
#ifdef MUTANT_PLAIN_INCREMENT
		seq++;
#else
		seq = (seq + 1) | 1;
#endif
		put(SEQ, seq)
	};
#endif
#ifndef MUTANT_NO_WRITER_FENCE
	FENCE;
#endif
#ifdef MUTANT_EVEN_FIRST
	atomic { seq++; put(SEQ, seq) };
#endif
	skip
}

inline write_end()
{
#if defined(MUTANT_NO_RELEASE)
	atomic { pending[SEQ] == NONE -> seq++; put(SEQ, seq) }
#elif defined(MUTANT_NO_ODD)
	atomic { FENCE -> seq = seq + 2; put(SEQ, seq) }
#elif !defined(MUTANT_EVEN_FIRST)
	atomic { FENCE -> seq++; put(SEQ, seq) }
#else
	skip
#endif
}

inline clear()
{
	put_release(TAG, 0);
	write_begin();
	atomic { put(LIFE, 0) };
	write_end()
}

/* Who dies has done any part of it. */
inline word_store(place)
{
	if
	:: put(place, value)
	:: dies -> skip
	fi
}

inline store()
{
	put_release(TAG, 0);
	write_begin();
	/* At once: in which order they are stored is memory's choice. */
	atomic {
		word_store(WHO);
		word_store(LIFE);
		word_store(BODY)
	};
	if
	:: dies ->
		FENCE; /* a process that starts later sees all of it */
		if
		:: seq & 1 -> clear()
		:: else
		fi
	:: else ->
		write_end();
		put_release(TAG, TAG_OF(key))
	fi
}

active proctype writer()
{
	byte seq, number, key, value;
	bool dies;

	do
	:: number < STORES ->
		atomic {
			number++;
			if
			:: key = 0
			:: key = 1
			fi;
			if
			:: dies = true
			:: dies = false
			fi;
#ifdef MUTANT_SEQ_RESET
			if
			:: KEY_OF(value) != key -> seq = 0
			:: else
			fi;
#endif
			value = 2 * number + key
		};
		if
		:: store()
		:: !dies -> clear()
		fi
	:: else -> break
	od
}

/* --- the readers ------------------------------------------------------------------------------- */

/* Whether the words may be loaded: not before the first fence. And seq again: not before the second. */
#ifdef MUTANT_NO_FIRST_FENCE
#define MAY_LOAD true
#else
#define MAY_LOAD (loaded & GOT_BEFORE)
#endif
#ifdef MUTANT_NO_READER_FENCE
#define MAY_LOOK_AGAIN (loaded & GOT_BEFORE)
#else
#define MAY_LOOK_AGAIN ((loaded & GOT_BEFORE) && (loaded & GOT_WORDS) == GOT_WORDS)
#endif

/* copy: what all words had so far; MIXED: not all had the same. */
inline word_load(got, place)
{
	if
	:: copy == NONE -> copy = visible[place]
	:: copy != NONE && copy != visible[place] -> copy = MIXED
	:: copy == visible[place]
	fi;
	loaded = loaded | got
}

proctype reader(byte key)
{
	byte loaded, before, after, copy;

again:
	atomic {
		loaded = 0;
		before = 0;
		after = 0;
		copy = NONE
	};
#ifndef VARIANT_NO_TAG
end:
	visible[TAG] == TAG_OF(key);
#endif
	do
	:: atomic {
		!(loaded & GOT_BEFORE) ->
		before = visible[SEQ];
		loaded = loaded | GOT_BEFORE;
#ifndef MUTANT_BUSY_ACCEPTED
		if
		:: before & 1 -> goto again
		:: else
		fi
#endif
	   }
	:: atomic {
		MAY_LOAD && !(loaded & GOT_WHO) ->
#ifndef MUTANT_NO_IDENTITY
		if
		:: !visible[WHO] || KEY_OF(visible[WHO]) != key -> goto again
		:: else
		fi;
#endif
		word_load(GOT_WHO, WHO)
	   }
	:: atomic {
		MAY_LOAD && !(loaded & GOT_LIFE) ->
		if
		:: !visible[LIFE] -> goto again
		:: else
		fi;
		word_load(GOT_LIFE, LIFE)
	   }
	:: atomic { MAY_LOAD && !(loaded & GOT_AGAIN) -> word_load(GOT_AGAIN, WHO) }
	:: atomic { MAY_LOAD && !(loaded & GOT_BODY) -> word_load(GOT_BODY, BODY) }
	:: atomic {
		MAY_LOOK_AGAIN && !(loaded & GOT_AFTER) ->
		after = visible[SEQ];
		loaded = loaded | GOT_AFTER
	   }
	:: atomic {
		loaded == (GOT_WORDS | GOT_BEFORE | GOT_AFTER) ->
#ifndef MUTANT_NO_RECHECK
		if
		:: after != before -> goto again
		:: else
		fi;
#endif
		/* Accepted: the reply leaves. */
		assert(copy != MIXED && copy != 0 && KEY_OF(copy) == key);
#ifdef WITNESS
		assert(copy < 2 * STORES);
#endif
#ifdef MUTANT_MARK_NOT_ATOMIC
		copy = visible[LIFE]
	   };
	   visible[LIFE] = copy;
	   goto again
#else
		goto again
	   }
#endif
	od
}

init
{
	atomic {
		run reader(0);
#if READERS > 1
		run reader(1)
#endif
	}
}

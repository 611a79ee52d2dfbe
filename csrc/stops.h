/* Stops: breakpoints, guards, and watches of what a run touches.
 *
 * Planned bundles carry the looking (plan.c): only a bundle that stands at a breakpoint or guard, accesses memory or writes
 * a watched register has a step for it. A step that sees something touched ends the run where that can be seen; what
 * touched it is noted with its watch, of several touches in one cycle the first by unit.
 */
#ifndef LPU_STOPS_H
#define LPU_STOPS_H
#include "memory.h"
#include "stops_test.h"
#include "tensor.h"

/* Forget what was noted. */
void lpu_forget_stops(lpu_machine *m);
/* The same, for a run begins. */
void lpu_begin_stops(lpu_machine *m);
/* Whether the run has come to a stop: something was noted, or the bundle about to be fetched has a breakpoint. */
bool lpu_is_stopped(lpu_machine *m);
void lpu_destroy_stops(lpu_machine *m);

/* For planning: whether accesses of a kind are watched; whether a register is; whether a unit is. */
bool lpu_watches_accesses(const lpu_machine *m, lpu_memory memory);
bool lpu_watches_register(const lpu_machine *m, unsigned reg);
bool lpu_watches_unit(const lpu_machine *m, unsigned unit);
bool lpu_tests_register(const lpu_machine *m, unsigned reg);
/* The number of the first guard, by address, that is not before one. */
uint32_t lpu_first_guard(const lpu_machine *m, uint32_t pc);

/* Whether a guard of a bundle that is fetched in a cycle stops the run; the others may count as ignored. */
bool lpu_guards_stop(lpu_machine *m, const lpu_node *node, uint32_t first, uint64_t now);
/* Whether a value of a tested register passes one of its tests. */
bool lpu_value_passes(const lpu_machine *m, unsigned reg, uint32_t value);

/* The landing cycle of the first write in flight that a watch sees; NEVER if there is none. */
uint64_t lpu_next_watched(const lpu_machine *m);
/* A value has landed in a register in a cycle. */
void lpu_note_landing(lpu_machine *m, unsigned reg, uint32_t value, uint32_t pc, uint16_t slot, uint64_t cycle);
/* What the bundle at pc, which issues in a cycle, touches at once: units, and registers that it writes early. */
void lpu_note_issue(lpu_machine *m, uint32_t pc, uint64_t now);
/* Whether the access is watched that the step after a KIND_WATCH_ACCESS, which says its kind, makes in a cycle. */
bool lpu_note_access(lpu_machine *m, uint32_t pc, const lpu_micro *step, uint64_t now);

/* Whether tested elements pass that the store of the step after a KIND_TEST_STORE has touched in a cycle; beside ops of the
 * tensor face that is left for when they have written. */
bool lpu_test_store(lpu_machine *m, uint32_t pc, const lpu_micro *step, uint64_t now);
/* Test what scalar stores have touched, what can be seen from a cycle on; whether anything was noted by then. */
bool lpu_test_stored(lpu_machine *m, uint64_t cycle);
/* Test elements of which these bytes were touched, by units in order. */
void lpu_test_bytes(lpu_machine *m, const lpu_touched *touched, uint64_t cycle);

/* Whether streams or v registers are watched, where things happen that nobody issues. */
bool lpu_watches_flow(const lpu_machine *m);

/* stops_tensor.c: what the elements of this cycle touch; what lands on streams in it, before it does; what leaves the
 * watched places, after that; and the results for v registers that land in the cycle just begun. */
void lpu_note_elements(lpu_machine *m);
/* Whether that of an element may be watched; and of what is on streams, or on its way to them or v registers. */
bool lpu_may_note_element(const lpu_machine *m, const lpu_element *e);
bool lpu_may_note_flow(const lpu_machine *m);
void lpu_note_emitted(lpu_machine *m);
void lpu_note_leaving(lpu_machine *m);
void lpu_note_vectors(lpu_machine *m);
/* All writes of this cycle are done: test elements that they touched. */
void lpu_test_elements(lpu_machine *m);

/* Note with every watch of these kinds, a bit each, and of this place that numbers first to last of it are touched;
 * it can be seen from a cycle on. Returns whether there is such a watch. */
bool lpu_touch(lpu_machine *m, unsigned kinds, int64_t place, int64_t first, int64_t last, lpu_toucher by,
               uint64_t cycle);

static inline unsigned kind_bit(lpu_watch_kind kind) { return 1u << kind; }

/* The kinds of watches of memory that see an access. */
static inline unsigned kinds_of_access(unsigned memory)
{
    bool loads = memory == LPU_MEMORY_LOAD || memory == LPU_MEMORY_READ;
    return kind_bit(loads ? LPU_WATCH_READ : LPU_WATCH_WRITE) | kind_bit(LPU_WATCH_ACCESS);
}

/* Whether any byte near one is watched: a bit for each block of bytes. */
static inline bool is_near(const uint8_t *blocks, size_t byte)
{
    size_t block = byte >> WATCHED_BLOCK_SHIFT;
    return blocks[block / 8] >> block % 8 & 1;
}

static inline bool is_lane(const lpu_micro *access)
{
    return access->kind == LPU_SEM_LDL || access->kind == LPU_SEM_STL;
}

/* Whether an access is to a word of memory that is nowhere near. */
static inline bool is_far(const lpu_machine *m, const uint8_t *blocks, const lpu_micro *access)
{
    uint32_t word = word_address(access);
    return !is_lane(access) && (word >= m->map.words || !is_near(blocks, (size_t)word * WORD_BYTES));
}

/* The same as lpu_note_access, mostly at once: an access to a word that is nowhere near, or not in range. */
static inline bool sees_access(lpu_machine *m, uint32_t pc, const lpu_micro *step, uint64_t now)
{
    return UNLIKELY(!is_far(m, m->stops.blocks, step + 1)) && lpu_note_access(m, pc, step, now);
}

/* The same as lpu_test_store, mostly at once. */
static inline bool sees_store(lpu_machine *m, uint32_t pc, const lpu_micro *step, uint64_t now)
{
    const lpu_micro *store = step + 1;
    if (LIKELY(is_far(m, m->stops.tested_blocks, store)))
        return false;
    bool is_alone = !is_lane(store) && !m->with_tensor; /* nobody else writes what the word is part of */
    return (!is_alone || lpu_word_may_pass(m, word_address(store))) && lpu_test_store(m, pc, step, now);
}

#endif

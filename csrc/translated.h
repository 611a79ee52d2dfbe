/* What the code of a region is made of: vm/translate/emit.py writes one use of these after the other. See region.h.
 *
 * All that a bundle reads is read, and all that may fail is tried, before anything is written but memory; of that a plan
 * has the last access that may fail write. So a bundle that faults has done nothing, and the run loop, which meets it
 * again, finds out why. */
#ifndef LPU_TRANSLATED_H
#define LPU_TRANSLATED_H
#include "control.h"
#include "float.h"
#include "memory.h"
#include "multiply.h"
#include "float.c"
#include "memory.c"

enum { NO_JUMP = -1 };

/* A jump that was taken: the bundle, the op, and what it costs. */
typedef struct {
    uint32_t pc, slot, cost;
} lpu_jump;

static inline void note_taken(lpu_machine *m, const lpu_jump *jump, uint64_t now)
{
    m->jump_pc = jump->pc;
    m->jump_slot = jump->slot;
    m->jump_cycle = (int64_t)now;
    m->jump_fetch = now + jump->cost;
}

/* Leave before a bundle unless something holds. */
#define CHECK(number, holds) do { if (UNLIKELY(!(holds))) goto f##number; } while (0)
#define CONDITION(cc, table) ((table) >> ((cc) & 15) & 1)
#define WORD(disp, a, b, c) ((disp) + (a) * (b) + (c))

/* Accesses that are seldom: the functions of the run loop, operands in places of their own. */
#define LANES(name, kind_, k_, a_, b_, stored_)  \
    const uint32_t name##_a = a_, name##_b = b_, name##_stored = stored_;  \
    const lpu_micro name = {.kind = kind_, .k = k_, .a = &name##_a, .b = &name##_b, .c = &m->zero, .stored = &name##_stored}
#define WORDS(name, kind_, k_, a_, b_, c_)  \
    const uint32_t name##_a = a_, name##_b = b_, name##_c = c_;  \
    const lpu_micro name = {.kind = kind_, .k = k_, .a = &name##_a, .b = &name##_b, .c = &name##_c}

#endif

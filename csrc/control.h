/* B0: jumps and loops. */
#ifndef LPU_CONTROL_H
#define LPU_CONTROL_H
#include "integer.h"

static inline bool is_inside(const lpu_loop *loop, uint32_t pc) { return pc >= loop->start && pc < loop->end; }

/* A jump out of a body leaves its loop, and perhaps the ones around it. */
static inline void leave_loops(lpu_machine *m, uint32_t pc, uint32_t target)
{
    while (m->loop_count) {
        const lpu_loop *top = &m->loops[m->loop_count - 1];
        if (!is_inside(top, pc) || is_inside(top, target))
            return;
        m->loop_count--;
    }
}

/* The bundle of a node has jumped in cycle `now`. */
static inline void note_jump(lpu_machine *m, const lpu_node *node, uint64_t now)
{
    m->jump_pc = node->pc;
    m->jump_slot = node->jump_slot;
    m->jump_cycle = (int64_t)now;
    m->jump_fetch = now + node->taken_cost;
}

static inline bool condition_holds(const lpu_micro *micro) { return micro->k >> (*micro->c & 15) & 1; }

/* The rules of `loop` that depend on the stack: nested loops end apart, and at most four are held. */
static inline bool loop_fits(const lpu_machine *m, uint32_t pc, uint32_t end, uint32_t count)
{
    const lpu_loop *top = &m->loops[m->loop_count ? m->loop_count - 1 : 0];
    if (m->loop_count && is_inside(top, pc) && end >= top->end)
        return false;
    return as_signed(count) <= 0 || m->loop_count < LPU_LOOPS;
}

static inline void push_loop(lpu_machine *m, uint32_t start, uint32_t end, uint32_t count)
{
    m->loops[m->loop_count++] = (lpu_loop){start, end, count};
}

/* Where to go on from the address `next`: at the end of the top loop's body, round again while rounds are left. */
static inline uint32_t go_round(lpu_machine *m, uint32_t next)
{
    lpu_loop *top = &m->loops[m->loop_count ? m->loop_count - 1 : 0];
    if (!m->loop_count || top->end != next)
        return next;
    if (--top->remaining)
        return top->start;
    m->loop_count--;
    return next;
}

#endif

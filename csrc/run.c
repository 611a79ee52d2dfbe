/* The run loop: walk the planned bundles. Each step is a paragraph that ends by dispatching the next. */
#include "control.h"
#include "float.h"
#include "memory.h"
#include "multiply.h"
#include "region.h"
#include "stops.h"
#include "strip.h"

/* With GNU C every step jumps straight to the next one's code, so that the processor predicts each jump apart. */
#if defined(__GNUC__) && !defined(LPU_PORTABLE)
#define LABEL(NAME, name) [LPU_SEM_##NAME] = &&step_##NAME,
#define EXTRA_LABEL(NAME) [KIND_##NAME] = &&extra_##NAME,
#define LABELS                                                                                                        \
    static const void *const labels[] = {LPU_FOR_EACH_SEMANTICS(LABEL) EXTRA_LABEL(LD_SECOND) EXTRA_LABEL(ST_SECOND)  \
        EXTRA_LABEL(PAIR) EXTRA_LABEL(LOOP_CHECK) EXTRA_LABEL(LATE_MOV) EXTRA_LABEL(LOOP_END) EXTRA_LABEL(TEXT_END)  \
        EXTRA_LABEL(TENSOR) EXTRA_LABEL(BREAK) EXTRA_LABEL(WATCH_ISSUE) EXTRA_LABEL(WATCH_LANDING)  \
        EXTRA_LABEL(WATCH_ACCESS) EXTRA_LABEL(GUARD) EXTRA_LABEL(TEST_STORE) EXTRA_LABEL(TEST_REGISTER)  \
        EXTRA_LABEL(REGION) EXTRA_LABEL(STRIP)};
#define DISPATCH_AS(kind) goto *labels[kind]
#define DISPATCH() DISPATCH_AS(step->kind)
#define STEPS_BEGIN DISPATCH();
#define STEPS_END
#define STEP(NAME) step_##NAME:
#define EXTRA(NAME) extra_##NAME:
#else
#define LABELS
#define DISPATCH_AS(as) do { kind = as; goto dispatch; } while (0)
#define DISPATCH() DISPATCH_AS(step->kind)
#define STEPS_BEGIN uint32_t kind = step->kind; dispatch: switch (kind) {
#define STEPS_END }
#define STEP(NAME) case LPU_SEM_##NAME:
#define EXTRA(NAME) case KIND_##NAME:
#endif

#define NEXT() do { step++; DISPATCH(); } while (0)
#define CHECK(holds) do { if (UNLIKELY(!(holds))) goto fault; } while (0)
#define RESULT(name) op_##name(*step->a, *step->b, *step->c, step->k)
#define LAND_LATER(value) do { uint32_t result = value; *step->undo = *step->d; *step->d = result; } while (0)

#define SHORT(NAME, name) STEP(NAME) *step->d = RESULT(name); NEXT();
#define LATE(NAME, name) STEP(NAME) LAND_LATER(RESULT(name)); NEXT();
#define DIVIDE(NAME, name) STEP(NAME) CHECK(!fails_##name(*step->a, *step->b)); LAND_LATER(RESULT(name)); NEXT();

/* Stop after a node that issued in cycle `now`, at `cycle`, no later than the next fetch. */
static void stop_after(lpu_machine *m, const lpu_node *node, uint32_t pc, uint64_t now, uint64_t fetch,
                       uint64_t cycle)
{
    m->pc = pc;
    m->next_fetch = fetch;
    lpu_suspend(m, node->after, node->after_count, now, cycle);
}

/* The bundle has issued in cycle *now; go on at `pc`, `cost` cycles later, over a link that may not be made yet.
 * `varies` when the link may have led elsewhere the last time. NULL when the run pauses there. */
static inline lpu_node *go_on(lpu_machine *m, lpu_node *node, lpu_node **link, uint32_t pc, bool varies,
                              uint64_t cost, uint64_t *now, uint64_t until)
{
    uint64_t fetch = *now + cost;
    lpu_node *to = *link;
    bool unknown = !to || (varies && to->pc != pc);
    ++*node->issued;
    if (UNLIKELY(fetch >= until) || (UNLIKELY(unknown) && m->plans_left-- == 0)) {
        stop_after(m, node, pc, *now, fetch, fetch < until ? fetch : until);
        return NULL;
    }
    *now = fetch;
    return LIKELY(!unknown) ? to : lpu_follow(m, node, pc, cost, link);
}

#define GO(link, pc, varies, cost) do {                                      \
    node = go_on(m, node, &node->link, pc, varies, cost, &now, until);       \
    if (UNLIKELY(!node)) return;                                             \
    step = node->steps;                                                      \
    DISPATCH();                                                              \
} while (0)

/* Stop before a node whose fetch in cycle `now` fails or ends the run. */
static void stop_before(lpu_machine *m, const lpu_node *node, uint64_t now)
{
    m->pc = node->pc;
    m->next_fetch = now;
    lpu_suspend(m, node->before, node->before_count, now, now);
}

static void halt(lpu_machine *m, const lpu_node *node, uint64_t now)
{
    ++*node->issued;
    m->fetch_ended = true;
    m->exit_code = node->exit_code;
    stop_after(m, node, node->next_pc, now, now + 1, now + 1);
}

/* Undo what the steps of a bundle did before the one that faults: they only wrote registers. */
static void undo_steps(const lpu_micro *first, const lpu_micro *step)
{
    while (step-- > first)
        *step->d = *step->undo;
}

/* A node ends a round. */
static inline void note_round(lpu_machine *m, lpu_node *node)
{
    if (UNLIKELY(++node->rounds == ROUNDS_BEFORE_STRIP))
        lpu_try_strip(m, node);
}

/* When the value lands that a tested register takes, if it passes, else NEVER. What lands at once is noted now. */
static uint64_t tested_landing(lpu_machine *m, uint32_t pc, const lpu_micro *step, uint64_t now)
{
    if (LIKELY(!lpu_value_passes(m, step->constant, *step->a)))
        return NEVER;
    if (step->k == 1)
        lpu_note_landing(m, step->constant, *step->a, pc, (uint16_t)step->slot, now + 1);
    return now + step->k;
}

/* Else gcc merges the ends of the steps again, whose jumps are apart on purpose. */
#if defined(__GNUC__) && !defined(__clang__)
__attribute__((optimize("no-crossjumping")))
#endif
void lpu_execute(lpu_machine *m, lpu_node *node, uint64_t now, uint64_t until)
{
    LABELS
    const lpu_memory_map map = m->map;
    const lpu_micro *step = node->steps;
    uint32_t first = 0, word, value, pc;

    STEPS_BEGIN
    LPU_FOR_EACH_SHORT(SHORT)
    LPU_FOR_EACH_LATE(LATE)
    LPU_FOR_EACH_DIVIDE(DIVIDE)
    EXTRA(LATE_MOV) LAND_LATER(*step->a); NEXT();
    STEP(ASSERT) CHECK(*step->a == *step->b); NEXT();
    STEP(LD)
        first = word_address(step);
        CHECK(load_word(m, &map, first, &value)); LAND_LATER(value); NEXT();
    EXTRA(LD_SECOND)
        word = word_address(step);
        CHECK(load_word(m, &map, word, &value) && are_apart(&map, first, word)); LAND_LATER(value); NEXT();
    STEP(ST) CHECK(store_word(&map, word_address(step), *step->stored)); NEXT();
    EXTRA(ST_SECOND)
        word = word_address(step);
        CHECK(word < map.words && are_apart(&map, first, word)); store_word(&map, word, *step->stored); NEXT();
    STEP(LDL) CHECK(lpu_load_lane(m, step, &value)); LAND_LATER(value); NEXT();
    STEP(STL) CHECK(lpu_store_lane(m, step)); NEXT();
    EXTRA(PAIR) CHECK(!lpu_accesses_fail(m, step + 1, step + 2)); step += 3; DISPATCH();
    EXTRA(LOOP_CHECK) CHECK(loop_fits(m, node->pc, node->taken_pc, *step->a)); NEXT();

    STEP(NOP) GO(next, node->next_pc, false, node->cost);
    EXTRA(LOOP_END)
        note_round(m, node);
        pc = go_round(m, node->next_pc);
        if (LIKELY(pc != node->next_pc)) GO(taken, pc, true, 1);
        GO(next, pc, false, 1);
    STEP(BRANCH)
        if (!condition_holds(step)) GO(next, node->next_pc, false, 1);
        goto jump;
    STEP(LOOP)
        if (as_signed(*step->a) > 0) {
            push_loop(m, node->next_pc, node->taken_pc, *step->a);
            GO(next, node->next_pc, false, 1);
        }
        goto jump;
    STEP(JMP) jump:
        leave_loops(m, node->pc, node->taken_pc);
        if (node->taken_pc <= node->pc) note_round(m, node);
        goto call;
    STEP(CALL) call:
        note_jump(m, node, now);
        GO(taken, node->taken_pc, false, node->taken_cost);
    STEP(RET)
        note_jump(m, node, now);
        GO(taken, *step->a, true, node->taken_cost);
    STEP(HALT) halt(m, node, now); return;
    EXTRA(TENSOR)
        if (m->with_tensor) NEXT();
        stop_before(m, node, now); return;
    EXTRA(BREAK)
        if (now == m->cycle) NEXT();
        stop_before(m, node, now); return;
    EXTRA(WATCH_ISSUE) lpu_note_issue(m, node->pc, now); until = now + 1; NEXT();
    EXTRA(WATCH_LANDING) until = least(until, now + step->k); NEXT();
    EXTRA(WATCH_ACCESS) until = sees_access(m, node->pc, step, now) ? now + 1 : until; NEXT();
    EXTRA(GUARD)
        if (now == m->cycle || !lpu_guards_stop(m, node, step->k, now)) NEXT();
        stop_before(m, node, now); return;
    EXTRA(TEST_STORE) until = sees_store(m, node->pc, step, now) ? now + 1 : until; step += 2; DISPATCH();
    EXTRA(TEST_REGISTER) until = least(until, tested_landing(m, node->pc, step, now)); NEXT();
    EXTRA(REGION) {
        const lpu_region *region = node->region;
        lpu_leaving left = lpu_run_region(m, node, now, until);
        node = region->nodes[left.block];
        now = left.now;
        if (left.exit == LPU_ALONG_NEXT) GO(next, left.pc, true, left.cost);
        if (left.exit == LPU_ALONG_TAKEN) GO(taken, left.pc, true, left.cost);
        step = node->steps;
        DISPATCH_AS(first_kind(node));
    }
    EXTRA(STRIP) {
        lpu_strip_end end = lpu_run_strip(m, node, now, until);
        now = end.now;
        node = end.node;
        if (end.leaves) GO(next, node->next_pc, false, 1);
        step = node->steps;
        DISPATCH_AS(node->strip->first_kind);
    }
    EXTRA(TEXT_END) stop_before(m, node, now); return;
    STEP(TRAP) goto fault;
    STEPS_END

fault:
    undo_steps(node->steps, step);
    stop_before(m, node, now);
    lpu_find_fault(m);
}
